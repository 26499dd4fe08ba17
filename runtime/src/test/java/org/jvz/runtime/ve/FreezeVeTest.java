package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.testing.RootTest;

/** Section 2.8 of vzctl's contract on a real VE that counts: a frozen one stands still, and every command on it says so or works. */
class FreezeVeTest {
    @TempDir
    Path prefix;

    private TinyHost tiny;

    @BeforeEach
    void startVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host());
        start();
        // Not a child of the command's shell: it goes on when that has ended.
        tiny.sh("setsid sh -c 'i=0; while sleep 0.01; do i=$((i+1)); echo $i >/run/count; done' >/dev/null 2>&1 &"
                + " while [ ! -s /run/count ]; do sleep 0.01; done");
        tiny.events.clear();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        assertThat(tiny.traces())
                .noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"))
                .noneMatch(trace -> trace.contains("journal"));
    }

    private void start() throws IOException {
        new StartVe(tiny.host()).run(TinyHost.ID, new StartOptions(false, true, false, false), tiny.listener());
    }

    private void checkpoint(CheckpointVe.Stage stage) throws IOException {
        new CheckpointVe(tiny.host()).run(TinyHost.ID, stage, tiny.listener());
    }

    private void restore(RestoreVe.Stage stage) throws IOException {
        new RestoreVe(tiny.host()).run(TinyHost.ID, stage, null, tiny.listener());
    }

    /** The counter, read from outside, for nothing can be asked inside a frozen VE. */
    private String count() throws IOException {
        VeState state = Objects.requireNonNull(VeState.read(tiny.paths.state(TinyHost.ID)));
        return Files.readString(Path.of("/proc/" + state.initPid() + "/root/run/count"));
    }

    private boolean counts() throws IOException, InterruptedException {
        String before = count();
        Thread.sleep(300);
        return !count().equals(before);
    }

    private static VeException refusal(ThrowingCallable operation) {
        return Objects.requireNonNull(catchThrowableOfType(VeException.class, operation));
    }

    private static void refused(ThrowingCallable operation, VzError error, VeEvent.Kind kind) {
        VeException failure = refusal(operation);
        assertThat(failure.error()).isEqualTo(error);
        assertThat(Objects.requireNonNull(failure.refusal()).kind()).isEqualTo(kind);
    }

    @RootTest
    @Tag("vm")
    void standsStillUntilItIsResumed() throws Exception {
        assertThat(counts()).isTrue();
        checkpoint(CheckpointVe.Stage.SUSPEND);
        assertThat(counts()).isFalse();
        // Again is no failure: it stands still, as asked.
        checkpoint(CheckpointVe.Stage.SUSPEND);
        StatusVe.Status status = new StatusVe(tiny.host()).run(TinyHost.ID);
        assertThat(status).isEqualTo(new StatusVe.Status(true, true, true, false));
        checkpoint(CheckpointVe.Stage.RESUME);
        assertThat(counts()).isTrue();
        assertThat(tiny.events)
                .containsExactly("CHECKPOINTING", "SUSPENDING", "CHECKPOINTING", "SUSPENDING", "RESUMING");
        refused(() -> checkpoint(CheckpointVe.Stage.RESUME), VzError.CHECKPOINT, VeEvent.Kind.CANT_RESUME);
        refused(() -> checkpoint(CheckpointVe.Stage.KILL), VzError.CHECKPOINT, VeEvent.Kind.CANT_KILL);
        refused(() -> restore(RestoreVe.Stage.RESUME), VzError.RESTORE, VeEvent.Kind.CANT_RESUME);
        checkpoint(CheckpointVe.Stage.SUSPEND);
        restore(RestoreVe.Stage.RESUME);
        assertThat(counts()).isTrue();
    }

    @RootTest
    @Tag("vm")
    void refusesWhatWouldHang() throws Exception {
        checkpoint(CheckpointVe.Stage.SUSPEND);
        ExecVe exec = new ExecVe(tiny.host(), pidfd -> {});
        refused(() -> exec.shell(TinyHost.ID, "true"), VzError.SYSTEM, VeEvent.Kind.IS_SUSPENDED);
        refused(() -> exec.program(TinyHost.ID, List.of("/bin/true")), VzError.SYSTEM, VeEvent.Kind.IS_SUSPENDED);
        EnterVe enter = new EnterVe(tiny.host(), pipe -> {});
        refused(
                () -> enter.run(TinyHost.ID, List.of(), "linux", tiny.listener()),
                VzError.SYSTEM,
                VeEvent.Kind.IS_SUSPENDED);
        refused(() -> tiny.start(tiny.host()), VzError.RUNNING, VeEvent.Kind.ALREADY_RUNNING);
        refused(() -> tiny.destroy(tiny.host()), VzError.RUNNING, VeEvent.Kind.DESTROY_RUNNING);
        refused(
                () -> new UmountVe(tiny.host()).run(TinyHost.ID, tiny.listener()),
                VzError.RUNNING,
                VeEvent.Kind.UMOUNT_RUNNING);
        refused(() -> restore(RestoreVe.Stage.ALL), VzError.RUNNING, VeEvent.Kind.CANT_RESTORE_RUNNING);
        refused(() -> restore(RestoreVe.Stage.UNDUMP), VzError.RUNNING, VeEvent.Kind.CANT_RESTORE_RUNNING);
        assertThat(counts()).isFalse();
        checkpoint(CheckpointVe.Stage.RESUME);
        assertThat(exec.shell(TinyHost.ID, "exit 7").shellStatus()).isEqualTo(7);
    }

    @RootTest
    @Tag("vm")
    void stopsAndRestartsAFrozenVe() throws Exception {
        checkpoint(CheckpointVe.Stage.SUSPEND);
        new StopVe(tiny.host()).run(TinyHost.ID, new StopOptions(false, false), tiny.listener());
        // It shut down by itself: nothing was killed.
        assertThat(tiny.events).endsWith("STOPPING", "STOPPED", "UNMOUNTED");
        start();
        checkpoint(CheckpointVe.Stage.SUSPEND);
        new RestartVe(tiny.host())
                .run(
                        TinyHost.ID,
                        new StartOptions(false, true, false, false),
                        new StopOptions(true, false),
                        tiny.listener());
        assertThat(tiny.sh("echo up")).isEqualTo("up\n");
    }

    @RootTest
    @Tag("vm")
    void killsAFrozenVeAndLeavesItMounted() throws Exception {
        checkpoint(CheckpointVe.Stage.SUSPEND);
        checkpoint(CheckpointVe.Stage.KILL);
        assertThat(tiny.events).endsWith("KILLING_SUSPENDED");
        assertThat(new StatusVe(tiny.host()).run(TinyHost.ID)).isEqualTo(new StatusVe.Status(true, true, false, false));
        refused(() -> checkpoint(CheckpointVe.Stage.KILL), VzError.NOT_RUNNING, VeEvent.Kind.NOT_RUNNING);
        refused(() -> checkpoint(CheckpointVe.Stage.RESUME), VzError.NOT_RUNNING, VeEvent.Kind.NOT_RUNNING);
        for (CheckpointVe.Stage stage :
                List.of(CheckpointVe.Stage.ALL, CheckpointVe.Stage.SUSPEND, CheckpointVe.Stage.DUMP)) {
            refused(() -> checkpoint(stage), VzError.NOT_RUNNING, VeEvent.Kind.CANT_CHECKPOINT_STOPPED);
        }
        refused(() -> restore(RestoreVe.Stage.ALL), VzError.RESTORE, VeEvent.Kind.CANT_OPEN_DUMP);
        start();
        assertThat(tiny.sh("echo up")).isEqualTo("up\n");
    }

    @RootTest
    @Tag("vm")
    void aCheckpointThatIsNotPossibleLeavesTheVeAsItWas() throws Exception {
        VeException failure = refusal(() -> checkpoint(CheckpointVe.Stage.ALL));
        assertThat(failure.error()).isEqualTo(VzError.CHECKPOINT);
        assertThat(failure).hasCauseInstanceOf(IOException.class);
        assertThat(Objects.requireNonNull(failure.getCause()).getMessage()).contains("goes on as it was");
        assertThat(counts()).isTrue();
        checkpoint(CheckpointVe.Stage.SUSPEND);
        refused(() -> checkpoint(CheckpointVe.Stage.DUMP), VzError.CHECKPOINT, VeEvent.Kind.CHECKPOINT_FAILED);
        assertThat(counts()).isFalse();
    }

    @RootTest
    @Tag("vm")
    void aDumpMadeElsewhereIsTriedAndThenForgotten() throws Exception {
        tiny.stop(tiny.host());
        Path dumps = Files.createDirectories(tiny.paths.vzDir().resolve("dump"));
        Path dump = Files.writeString(dumps.resolve("Dump." + TinyHost.ID), "of another kernel");
        assertThat(new StatusVe(tiny.host()).run(TinyHost.ID).suspended()).isTrue();
        refused(() -> restore(RestoreVe.Stage.ALL), VzError.RESTORE, VeEvent.Kind.CANT_OPEN_DUMP);
        assertThat(dump).exists();
        tiny.events.clear();
        start();
        assertThat(tiny.events.get(0)).isEqualTo("DUMP_FILE_FOUND " + dump);
        assertThat(tiny.events.get(1)).startsWith("CANT_RESTORE_DUMP");
        assertThat(tiny.events).contains("STARTED");
        assertThat(dump).doesNotExist();
        assertThat(new StatusVe(tiny.host()).run(TinyHost.ID).suspended()).isFalse();
    }

    @RootTest
    @Tag("vm")
    void aFreezeThatFailsOrIsKilledIsUndone() throws Exception {
        VeHost failing = tiny.host(
                (step, object) -> {
                    if (step.equals("freeze")) {
                        throw new IOException("injected");
                    }
                },
                Faults.NONE);
        VeException failure =
                refusal(() -> new CheckpointVe(failing).run(TinyHost.ID, CheckpointVe.Stage.SUSPEND, tiny.listener()));
        assertThat(failure.error()).isEqualTo(VzError.CHECKPOINT);
        assertThat(counts()).isTrue();
        // As kill -9 in the middle leaves it: announced, done, not committed.
        checkpoint(CheckpointVe.Stage.SUSPEND);
        Path journal = tiny.host().journal(TinyHost.ID);
        Files.createDirectories(Objects.requireNonNull(journal.getParent()));
        Files.writeString(journal, "thaw\t" + TinyHost.ID + "\n");
        new RepairVe(tiny.host()).run(TinyHost.ID);
        assertThat(journal).doesNotExist();
        assertThat(counts()).isTrue();
    }
}
