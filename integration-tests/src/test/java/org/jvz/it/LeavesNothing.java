package org.jvz.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.jvz.testing.Required;

/** What {@link EndToEnd} does. */
final class LeavesNothing implements ExecutionCondition, BeforeEachCallback, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(LeavesNothing.class);

    /** Private areas are deleted in the background, and the kernel takes its time with namespaces. */
    private static final long PATIENCE_MILLIS = 15_000;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        try {
            String obstacle = TestHost.obstacle();
            return obstacle.isEmpty()
                    ? ConditionEvaluationResult.enabled("root, and commands to install")
                    : Required.skip(context, obstacle);
        } catch (IOException e) {
            return Required.skip(context, e.toString());
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        context.getStore(NAMESPACE).put(HostSnapshot.class, whenQuiet(TestHost.get()));
    }

    /** What the test before has destroyed may still be on its way out. */
    private static HostSnapshot whenQuiet(TestHost host) throws IOException, InterruptedException {
        HostSnapshot last = HostSnapshot.of(host);
        while (true) {
            Thread.sleep(50);
            HostSnapshot now = HostSnapshot.of(host);
            if (now.equals(last)) {
                return now;
            }
            last = now;
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        @Nullable HostSnapshot before = context.getStore(NAMESPACE).get(HostSnapshot.class, HostSnapshot.class);
        if (before == null) {
            return;
        }
        if (context.getExecutionException().isPresent()) {
            removeVes(TestHost.get());
            return;
        }
        List<String> changes = changesAfterAWhile(before);
        if (!changes.isEmpty()) {
            removeVes(TestHost.get());
            throw new AssertionError("Left behind:\n" + String.join("\n", changes));
        }
    }

    private static List<String> changesAfterAWhile(HostSnapshot before) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        List<String> changes = HostSnapshot.of(TestHost.get()).changesSince(before);
        while (!changes.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(50);
            changes = HostSnapshot.of(TestHost.get()).changesSince(before);
        }
        return changes;
    }

    private static void removeVes(TestHost host) throws IOException, InterruptedException {
        try (DirectoryStream<Path> configs = Files.newDirectoryStream(host.path("etc/vz/conf"), "[1-9]*.conf")) {
            for (Path config : configs) {
                String id = config.getFileName().toString().replace(".conf", "");
                host.vzctl("--skiplock", "stop", id, "--fast").run();
                host.vzctl("--skiplock", "umount", id).run();
                host.vzctl("--skiplock", "destroy", id).run();
            }
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(host.path("etc/vz/conf"), "[1-9]*.destroyed")) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
    }
}
