package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.testing.RootTest;

/** A /proc with what OpenVZ has there, for one thread, and nothing of it for the others. */
@Tag("vm")
class ClientViewTest {
    private static final Path VEINFO = Path.of("/proc/vz/veinfo");

    @TempDir
    Path prefix;

    private TinyHost tiny;

    private interface InView {
        void run(ClientView view) throws Exception;
    }

    @BeforeEach
    void publish() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        new PublishCounters(tiny.host()).run();
        new PublishVz(tiny.host()).run();
    }

    /** Runs something in a thread that ends with its view. */
    private static void inView(VeHost host, InView test) throws Exception {
        FutureTask<Void> task = new FutureTask<>(() -> {
            ClientView view = new ClientView(host);
            view.enter(ProcessHandle.current().pid());
            test.run(view);
            return null;
        });
        Thread thread = new Thread(task);
        thread.start();
        thread.join();
        task.get();
    }

    @RootTest
    void showsWhatIsPublishedBesideWhatTheKernelHas() throws Exception {
        inView(tiny.host(), view -> {
            assertThat(VEINFO).content().matches(" +0 +0 +\\d+\n");
            assertThat(Path.of("/proc/user_beancounters")).content().startsWith("Version: 2.5\n");
            assertThat(Path.of("/proc/bc/0/resources")).content().contains("kmemsize");
            assertThat(Files.readString(Path.of("/proc/sys/kernel/ostype"))).isEqualTo("Linux\n");
            assertThat(Files.readString(Path.of("/proc/self/stat")))
                    .startsWith(ProcessHandle.current().pid() + " ");
        });
        assertThat(VEINFO).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/thread-self/mountinfo"))).doesNotContain("realproc");
    }

    @RootTest
    void showsWhatIsPublishedLater() throws Exception {
        inView(tiny.host(), view -> {
            Files.writeString(tiny.paths.procDir().resolve("vz/new"), "new");
            PublishCounters.write(tiny.paths.procDir().resolve("user_beancounters"), "newer");
            assertThat(Path.of("/proc/vz/new")).hasContent("new");
            assertThat(Path.of("/proc/user_beancounters")).hasContent("newer");
        });
    }

    @RootTest
    void followsProcesses() throws Exception {
        inView(tiny.host(), view -> {
            Process cat = new ProcessBuilder("cat").start();
            Path entry = Path.of("/proc/" + cat.pid());
            try {
                view.follow();
                assertThat(Files.readString(entry.resolve("cmdline"))).startsWith("cat\0");
            } finally {
                // Not destroy(): the JDK looks for the process in /proc.
                cat.getOutputStream().close();
                cat.waitFor();
            }
            view.follow();
            assertThat(Files.isSymbolicLink(entry)).isFalse();
        });
    }

    @RootTest
    void eachStepMayFail() throws Exception {
        List<String> steps = new ArrayList<>();
        inView(tiny.host((name, object) -> steps.add(name), Faults.NONE), view -> {});
        assertThat(steps)
                .containsExactly("unshare mounts", "put tmpfs over proc", "link proc", "show what is published");
        Set<String> before = tiny.traces();
        for (String step : steps) {
            VeHost host = tiny.host(
                    (name, object) -> {
                        if (name.equals(step)) {
                            throw new IOException("injected");
                        }
                    },
                    Faults.NONE);
            try {
                inView(host, view -> {});
                assertThat(step).as("has failed").isEmpty();
            } catch (ExecutionException failure) {
                assertThat(failure.getCause()).hasMessageContaining(step);
            }
            assertThat(tiny.traces()).as(step).isEqualTo(before);
            assertThat(VEINFO).doesNotExist();
        }
    }
}
