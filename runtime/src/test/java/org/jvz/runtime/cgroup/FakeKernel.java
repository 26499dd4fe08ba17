package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;

/** Interface files in memory, with the rules of the kernel that matter to who writes them. */
final class FakeKernel implements InterfaceFiles {
    static final Path V1 = Path.of("/cg");
    static final Path V2 = Path.of("/cg/unified");
    private static final String V1_NONE = "9223372036854771712";

    private final Map<Path, String> files = new TreeMap<>();
    private final Map<Path, Errno> refusals = new LinkedHashMap<>();
    final List<String> log = new ArrayList<>();
    boolean locked;
    int locks;

    /** The cgroups of VE 101 on a host that is all v2. */
    static FakeKernel v2() {
        FakeKernel kernel = new FakeKernel();
        kernel.makeV2(V2.resolve("vz"));
        kernel.makeV2(V2.resolve("vz/101"));
        return kernel;
    }

    /** The cgroups of VE 101 on a host with all controllers on v1 and an empty unified hierarchy. */
    static FakeKernel hybrid() {
        FakeKernel kernel = new FakeKernel();
        kernel.put(V2.resolve("vz/101/cgroup.procs"), "");
        kernel.makeV1("vz");
        kernel.makeV1("vz/101");
        return kernel;
    }

    static HostCgroups v2Host() {
        return new HostCgroups(List.of(new Hierarchy(V2, true, List.of())));
    }

    static HostCgroups hybridHost() {
        List<Hierarchy> hierarchies = new ArrayList<>();
        for (String name : List.of("cpu", "cpuacct", "cpuset", "memory", "blkio", "pids", "freezer")) {
            hierarchies.add(new Hierarchy(V1.resolve(name), false, List.of(name)));
        }
        hierarchies.add(new Hierarchy(V2, true, List.of()));
        return new HostCgroups(hierarchies);
    }

    void makeV2(Path dir) {
        put(dir.resolve("memory.current"), "0");
        put(dir.resolve("memory.max"), "max");
        put(dir.resolve("memory.high"), "max");
        put(dir.resolve("memory.swap.max"), "max");
        put(dir.resolve("memory.low"), "0");
        put(dir.resolve("memory.min"), "0");
        put(dir.resolve("pids.max"), "max");
        put(dir.resolve("cpu.weight"), "100");
        put(dir.resolve("cpu.max"), "max 100000");
        put(dir.resolve("cpuset.cpus"), "");
        put(dir.resolve("cpuset.mems"), "");
        put(dir.resolve("cpuset.cpus.effective"), "0-3");
        put(dir.resolve("cpuset.mems.effective"), "0-1");
        put(dir.resolve("io.weight"), "default 100");
        put(dir.resolve("io.max"), "");
    }

    private void makeV1(String cgroup) {
        Path memory = V1.resolve("memory").resolve(cgroup);
        put(memory.resolve("memory.limit_in_bytes"), V1_NONE);
        put(memory.resolve("memory.memsw.limit_in_bytes"), V1_NONE);
        put(memory.resolve("memory.kmem.tcp.limit_in_bytes"), V1_NONE);
        put(V1.resolve("pids").resolve(cgroup).resolve("pids.max"), "max");
        put(V1.resolve("cpu").resolve(cgroup).resolve("cpu.shares"), "1024");
        put(V1.resolve("cpu").resolve(cgroup).resolve("cpu.cfs_quota_us"), "-1");
        put(V1.resolve("cpuacct").resolve(cgroup).resolve("cpuacct.usage"), "0");
        put(V1.resolve("freezer").resolve(cgroup).resolve("freezer.state"), "THAWED");
        put(V1.resolve("cpuset").resolve(cgroup).resolve("cpuset.cpus"), "0-3");
        put(V1.resolve("cpuset").resolve(cgroup).resolve("cpuset.mems"), "0-1");
        Path blkio = V1.resolve("blkio").resolve(cgroup);
        put(blkio.resolve("blkio.bfq.weight"), "100");
        for (String name : List.of("read_bps", "write_bps", "read_iops", "write_iops")) {
            put(blkio.resolve("blkio.throttle." + name + "_device"), "");
        }
    }

    void put(Path file, String content) {
        files.put(file, content);
    }

    void drop(Path file) {
        files.remove(file);
    }

    /** Makes every write to a file fail. */
    void refuse(Path file, Errno errno) {
        refusals.put(file, errno);
    }

    /** Everything there is, to compare. */
    Map<Path, String> content() {
        return new TreeMap<>(files);
    }

    private String get(Path file) {
        String content = files.get(file);
        if (content == null) {
            throw new AssertionError("no " + file);
        }
        return content;
    }

    /** The content of a file of VE 101: of the unified hierarchy, or of a controller's. */
    String ve(String name) {
        String controller = name.substring(0, name.indexOf('.'));
        Path v1 = V1.resolve(controller).resolve("vz/101").resolve(name);
        return get(files.containsKey(v1) ? v1 : V2.resolve("vz/101").resolve(name));
    }

    @Override
    public @Nullable String read(Path file) {
        return files.get(file);
    }

    @Override
    public void write(Path file, String value) throws IOException {
        if (!files.containsKey(file)) {
            throw refused(file, value, Errno.ENOENT);
        }
        Errno refusal = refusals.get(file);
        if (refusal != null) {
            throw refused(file, value, refusal);
        }
        log.add(file.getFileName() + "=" + value);
        String name = file.getFileName().toString();
        if (name.endsWith(".limit_in_bytes")) {
            v1Memory(file, name, value);
        } else if (name.equals("io.max")) {
            put(file, mergeLine(get(file), value));
        } else if (name.startsWith("blkio.throttle.")) {
            put(file, value.endsWith(" 0") ? "" : value);
        } else if (name.equals("io.weight")) {
            put(file, "default " + value);
        } else if (name.equals("memory.high") && !value.equals("max")) {
            put(file, value);
            takeBack(file.resolveSibling("memory.current"), Long.parseLong(value));
        } else if (name.equals("memory.max") && !value.equals("max")) {
            if (Long.parseLong(value) < Long.parseLong(get(file.resolveSibling("memory.current")))) {
                throw new AssertionError("the kernel would kill");
            }
            put(file, value);
        } else {
            put(file, value);
        }
    }

    /** Bytes that cannot be taken back from the VE. */
    long pinned;

    private void takeBack(Path current, long high) {
        put(current, Long.toString(Math.min(Long.parseLong(get(current)), Math.max(high, pinned))));
    }

    private void v1Memory(Path file, String name, String value) throws IOException {
        String stored = value.equals("-1") ? V1_NONE : value;
        long bytes = Long.parseLong(stored);
        boolean breaks = (name.equals("memory.limit_in_bytes")
                        && bytes > Long.parseLong(get(file.resolveSibling("memory.memsw.limit_in_bytes"))))
                || (name.equals("memory.memsw.limit_in_bytes")
                        && bytes < Long.parseLong(get(file.resolveSibling("memory.limit_in_bytes"))));
        if (breaks) {
            throw refused(file, value, Errno.EINVAL);
        }
        put(file, stored);
    }

    private static String mergeLine(String before, String change) {
        String device = change.substring(0, change.indexOf(' '));
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : List.of("rbps", "wbps", "riops", "wiops")) {
            values.put(name, "max");
        }
        for (String line : List.of(before, change)) {
            for (String part : line.split(" ", -1)) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    values.put(part.substring(0, equals), part.substring(equals + 1));
                }
            }
        }
        StringBuilder line = new StringBuilder(device);
        values.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(value));
        return values.values().stream().allMatch("max"::equals) ? "" : line.toString();
    }

    private static IOException refused(Path file, String value, Errno errno) {
        return new KernelFiles.RefusedWriteException(file, value, errno, new IOException(errno.toString()));
    }

    @Override
    public boolean exists(Path path) {
        return files.containsKey(path) || files.keySet().stream().anyMatch(file -> file.startsWith(path));
    }

    @Override
    public List<Path> children(Path dir) {
        return files.keySet().stream()
                .filter(file -> file.startsWith(dir) && file.getNameCount() == dir.getNameCount() + 2)
                .map(file -> file.getRoot().resolve(file.subpath(0, dir.getNameCount() + 1)))
                .distinct()
                .toList();
    }

    @Override
    public Lock lock(Path dir) {
        if (locked) {
            throw new AssertionError("locked twice");
        }
        locked = true;
        locks++;
        return () -> locked = false;
    }
}
