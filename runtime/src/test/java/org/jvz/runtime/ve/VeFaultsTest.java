package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.RootTest;

/** Every step of every operation is made to fail in turn; the host must then be as before, and the error name the step. */
class VeFaultsTest {
    @TempDir
    Path prefix;

    private TinyHost tiny;

    /** Makes the step of one name fail. */
    private record FailAt(String step) implements StepObserver {
        @Override
        public void before(String name, String object) throws IOException {
            if (name.equals(step)) {
                throw new IOException("injected");
            }
        }
    }

    private interface Operation {
        void run(VeHost host) throws IOException;
    }

    @BeforeEach
    void makeHost() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
    }

    private Set<String> stepsOf(Operation operation) throws IOException {
        Set<String> steps = new LinkedHashSet<>();
        operation.run(tiny.host((name, object) -> steps.add(name), Faults.NONE));
        return steps;
    }

    private void failEachStep(Operation operation, Operation inverse, Set<String> steps, VzError... expected)
            throws IOException {
        Set<String> before = tiny.traces();
        for (String step : steps) {
            Throwable failure = catchThrowable(() -> operation.run(tiny.host(new FailAt(step), Faults.NONE)));
            if (failure == null) {
                // A directory for many VEs is made once; its step does not come again.
                assertThat(step).isEqualTo("make directory");
                inverse.run(tiny.host());
                continue;
            }
            assertThat(TinyHost.messages(failure)).as(step).contains(step);
            assertThat(failure).as(step).isInstanceOf(VeException.class);
            assertThat(((VeException) failure).error()).as(step).isIn((Object[]) expected);
            assertThat(failure.getSuppressed()).as(step).isEmpty();
            assertThat(tiny.traces()).as("after the failure of: " + step).isEqualTo(before);
        }
    }

    @RootTest
    void eachStepOfCreateForBothLayouts() throws IOException {
        for (String layout : List.of("overlay", "simfs")) {
            Operation create = host -> tiny.create(host, layout);
            Set<String> steps = stepsOf(create);
            tiny.destroy(tiny.host());
            assertThat(steps).contains("save configuration", "prepare guest", "rename private area");
            failEachStep(create, tiny::destroy, steps, VzError.NEW_PRIVATE);
        }
    }

    @RootTest
    @Tag("vm")
    void eachStepOfStartForBothLayouts() throws IOException {
        for (String layout : List.of("overlay", "simfs")) {
            tiny.create(tiny.host(), layout);
            Set<String> steps = stepsOf(tiny::start);
            tiny.stop(tiny.host());
            assertThat(steps).contains("prepare guest", "make cgroup", "map users", "write state");
            failEachStep(tiny::start, tiny::stop, steps, VzError.ENV_CREATE, VzError.CANT_MOUNT);
            tiny.destroy(tiny.host());
        }
    }

    @RootTest
    void eachRecordOfTheStartList() throws IOException {
        failEachRecordOfTheStartList(70);
    }

    @RootTest
    void eachRecordOfTheStartListWithAKeeper() throws IOException {
        // What the keeper executes when a VE is stopped finds nothing to do.
        System.setProperty(Keeper.PROPERTY, "/bin/true");
        try {
            failEachRecordOfTheStartList(72);
        } finally {
            System.clearProperty(Keeper.PROPERTY);
        }
    }

    /** @param harmless no more records than these may fail without harm */
    private void failEachRecordOfTheStartList(int harmless) throws IOException {
        tiny.create(tiny.host());
        List<String> records = new ArrayList<>();
        tiny.start(tiny.host(StepObserver.NONE, record -> {
            records.add(record);
            return null;
        }));
        tiny.stop(tiny.host());
        assertThat(records).contains("mount proc", "pivot_root", "execute init");
        Set<String> before = tiny.traces();
        int failed = 0;
        for (String record : records) {
            Faults fault = Faults.failing(record, Errno.EIO);
            Throwable failure = catchThrowable(() -> tiny.start(tiny.host(StepObserver.NONE, fault)));
            if (failure == null) {
                // A record whose errors do not matter: the VE runs all the same.
                tiny.stop(tiny.host());
            } else {
                failed++;
                // A child that does not wait is caught by the next record, which looks whether the parent has come.
                String told = record.replace("wait for parent", "see parent's go");
                assertThat(TinyHost.messages(failure)).as(record).contains(told);
                assertThat(((VeException) failure).error())
                        .as(record)
                        .isEqualTo(record.startsWith("drop capability") ? VzError.SET_CAPABILITY : VzError.ENV_CREATE);
            }
            assertThat(tiny.traces()).as("after the failure of: " + record).isEqualTo(before);
        }
        // All but the wait at the gate and the resets of 62 signals.
        assertThat(failed).isGreaterThan(records.size() - harmless);
        tiny.destroy(tiny.host());
    }

    @RootTest
    @Tag("vm")
    void eachRecordOfTheExecList() throws IOException {
        tiny.create(tiny.host());
        tiny.start(tiny.host());
        List<String> records = new ArrayList<>();
        VeHost recording = tiny.host(StepObserver.NONE, record -> {
            records.add(record);
            return null;
        });
        new ExecVe(recording, pidfd -> {}).program(TinyHost.ID, List.of("/bin/true"));
        assertThat(records).contains("enter namespaces", "clone inside", "execute");
        for (String record : records) {
            VeHost failing = tiny.host(StepObserver.NONE, Faults.failing(record, Errno.EIO));
            Throwable failure =
                    catchThrowable(() -> new ExecVe(failing, pidfd -> {}).program(TinyHost.ID, List.of("/bin/true")));
            if (failure != null) {
                assertThat(TinyHost.messages(failure)).contains(record);
            }
        }
        assertThat(new ExecVe(tiny.host(), pidfd -> {})
                        .program(TinyHost.ID, List.of("/bin/true"))
                        .shellStatus())
                .isZero();
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }

    /** What the kernel answers on v2 in a VE that has all processes it may have. */
    @RootTest
    @Tag("vm")
    void whoMayNotBeClonedIntoTheCgroupMovesThere() throws IOException {
        tiny.create(tiny.host());
        tiny.start(tiny.host());
        assumeThat(tiny.host().cgroup(TinyHost.ID).unified())
                .as("a unified hierarchy")
                .isNotNull();
        List<String> records = new ArrayList<>();
        boolean[] refused = {false};
        VeHost full = tiny.host(StepObserver.NONE, record -> {
            records.add(record);
            boolean first = record.equals(ExecList.CLONE) && !refused[0];
            refused[0] |= first;
            return first ? Errno.EAGAIN : null;
        });
        assertThat(new ExecVe(full, pidfd -> {})
                        .shell(TinyHost.ID, "grep -q '^0::/$' /proc/self/cgroup")
                        .shellStatus())
                .as("status of grep for the VE's cgroup, which it sees as the root of all")
                .isZero();
        assertThat(records).contains("enter cgroup unified");

        VeHost hopeless = tiny.host(StepObserver.NONE, Faults.failing(ExecList.CLONE, Errno.EAGAIN));
        assertThatThrownBy(() -> new ExecVe(hopeless, pidfd -> {}).shell(TinyHost.ID, "true"))
                .hasMessageContaining("clone inside");
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }

    @RootTest
    void eachStepOfDestroy() throws IOException {
        tiny.create(tiny.host());
        Set<String> steps = stepsOf(tiny::destroy);
        assertThat(steps).contains("rename", "discard private area");
        tiny.create(tiny.host());
        failEachStep(tiny::destroy, tiny::create, steps, VzError.DELETE_PRIVATE);
        tiny.destroy(tiny.host());
    }

    @RootTest
    void aStopCutShortAtAnyStepIsFinishedByTheNextCommand() throws IOException {
        tiny.create(tiny.host());
        tiny.start(tiny.host());
        Set<String> steps = stepsOf(tiny::stop);
        Set<String> stopped = tiny.traces();
        assertThat(steps).contains("kill", "remove cgroup", "unmount", "remove state");
        for (String step : steps) {
            tiny.start(tiny.host());
            Throwable failure = catchThrowable(() -> tiny.stop(tiny.host(new FailAt(step), Faults.NONE)));
            assertThat(TinyHost.messages(failure)).as(step).contains(step);
            tiny.stop(tiny.host());
            assertThat(tiny.traces()).as("after the failure of: " + step).isEqualTo(stopped);
        }
        tiny.destroy(tiny.host());
    }
}
