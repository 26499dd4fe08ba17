package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jvz.runtime.cgroup.Controller;
import org.jvz.runtime.cgroup.IoServiceBytes;
import org.jvz.runtime.cgroup.Usage;
import org.jvz.runtime.cgroup.UsageReader;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;

/** A VE of a {@link TinyHost} that takes all it can get, and what the kernel counts of it. */
final class HungryVe {
    static final long MIB = 1 << 20;

    private final TinyHost tiny;
    private final CtId id;
    private final UsageReader reader;

    private HungryVe(TinyHost tiny, CtId id) throws IOException {
        this.tiny = tiny;
        this.id = id;
        reader = new UsageReader(tiny.host());
    }

    /** Makes and starts one, with keys and the texts of their values in its configuration. */
    static HungryVe started(TinyHost tiny, int id, String... keysAndValues) throws IOException {
        HungryVe ve = new HungryVe(tiny, new CtId(id));
        CreateOptions options = new CreateOptions("tiny", null, conf -> {
            VeConf made = conf;
            for (int i = 0; i < keysAndValues.length; i += 2) {
                made = made.withText(keysAndValues[i], keysAndValues[i + 1]);
            }
            return made;
        });
        new CreateVe(tiny.host()).run(ve.id, options, tiny.listener());
        new StartVe(tiny.host()).run(ve.id, new StartOptions(false, true, false, false), tiny.listener());
        return ve;
    }

    /** Changes the running VE. */
    void set(String... keysAndValues) throws IOException {
        tiny.setKeys(tiny.host(), id, false, keysAndValues);
    }

    /** Runs a line in the VE's shell; returns what it wrote, errors too. */
    String sh(String line) throws IOException {
        return tiny.sh(id, line);
    }

    /** Leaves a line, one without single quotes, running in the VE. */
    void leave(String line) throws IOException {
        sh("setsid sh -c '" + line + "' </dev/null >/dev/null 2>&1 &");
    }

    /** Leaves a process that has that much memory of its own, which it does not touch any more. */
    void leaveHolder(long bytes) throws IOException {
        // As long as nobody reads.
        leave("dd if=/dev/zero bs=" + bytes + " count=1 | sleep 1000");
    }

    /** Ends all but the VE's init. */
    void killAll() throws IOException {
        sh("kill -9 -1");
    }

    Usage.Memory memory() throws IOException {
        return Objects.requireNonNull(reader.memory(tiny.host().cgroup(id)));
    }

    Usage.MemoryHistory history() throws IOException {
        return Objects.requireNonNull(reader.memoryHistory(tiny.host().cgroup(id)));
    }

    Usage.Io io() throws IOException {
        return Objects.requireNonNull(reader.io(tiny.host().cgroup(id)));
    }

    /** What it has read and written, as /proc/vz/beancounter shows it. */
    String counted() throws IOException {
        return Objects.requireNonNull(IoServiceBytes.read(tiny.host().cgroup(id)));
    }

    VeCounters counters() throws IOException {
        return Objects.requireNonNull(LiveVes.look(tiny.host()).counters(id));
    }

    /** A file of the VE's cgroup of a controller, whether the host has it or not. */
    Path file(Controller controller, String name) throws IOException {
        return Objects.requireNonNull(tiny.host().cgroup(id).directory(controller))
                .path()
                .resolve(name);
    }

    /** A number that the kernel counts. */
    @FunctionalInterface
    interface Count {
        long read() throws IOException;
    }

    /** Waits until the number is that large, at most half a minute; returns the last one. */
    static long grown(Count count, long least) throws IOException {
        long end = System.nanoTime() + 30_000_000_000L;
        long now = count.read();
        while (now < least && System.nanoTime() < end) {
            LockSupport.parkNanos(2_000_000);
            now = count.read();
        }
        return now;
    }

    /** Stops and destroys it, whatever is going on inside. */
    void end() throws IOException {
        new StopVe(tiny.host()).run(id, new StopOptions(true, false), tiny.listener());
        new DestroyVe(tiny.host()).run(id, tiny.listener());
    }
}
