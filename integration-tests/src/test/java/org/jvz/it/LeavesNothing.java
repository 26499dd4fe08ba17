package org.jvz.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

    /** What there is before a test; VEs that a class has for all of its tests among it. */
    private record Before(HostSnapshot snapshot, Set<Path> configurations) {}

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        Before before = new Before(whenQuiet(TestHost.get()), configurations(TestHost.get()));
        context.getStore(NAMESPACE).put(Before.class, before);
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
        @Nullable Before before = context.getStore(NAMESPACE).get(Before.class, Before.class);
        if (before == null) {
            return;
        }
        if (context.getExecutionException().isPresent()) {
            removeVes(TestHost.get(), before.configurations);
            return;
        }
        List<String> changes = changesAfterAWhile(before.snapshot);
        if (!changes.isEmpty()) {
            removeVes(TestHost.get(), before.configurations);
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

    private static Set<Path> configurations(TestHost host) throws IOException {
        Set<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> configs = Files.newDirectoryStream(host.path("etc/vz/conf"), "[1-9]*.conf")) {
            configs.forEach(files::add);
        }
        return files;
    }

    private static void removeVes(TestHost host, Set<Path> kept) throws IOException, InterruptedException {
        Set<Path> left = configurations(host);
        left.removeAll(kept);
        for (Path config : left) {
            String id = config.getFileName().toString().replace(".conf", "");
            host.vzctl("--skiplock", "stop", id, "--fast").run();
            host.vzctl("--skiplock", "umount", id).run();
            host.vzctl("--skiplock", "destroy", id).run();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(host.path("etc/vz/conf"), "[1-9]*.destroyed")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }
}
