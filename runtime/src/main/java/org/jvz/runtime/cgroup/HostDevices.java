package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CpuList;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/** The disks and memory nodes of the host, from sysfs and mountinfo. */
public final class HostDevices {
    private final Linux linux;
    private final Path sys;
    private final Path mountinfo;

    /** The host's own. */
    public HostDevices(Linux linux) {
        this(linux, Path.of("/sys"), Path.of("/proc/self/mountinfo"));
    }

    HostDevices(Linux linux, Path sys, Path mountinfo) {
        this.linux = linux;
        this.sys = sys;
        this.mountinfo = mountinfo;
    }

    /**
     * A whole disk, or what stands for one (loop, device mapper, md).
     *
     * @param id {@code MAJOR:MINOR}
     * @param name the kernel's name, {@code vda}
     * @param scheduler of its queue: {@code bfq}, {@code mq-deadline}, …; {@code none} also where it has no queue
     */
    public record Disk(String id, String name, String scheduler) {}

    /**
     * What a directory lies on.
     *
     * @param disks the disks below its file system
     * @param whyNone for people, if there are none; else empty
     */
    public record Backing(List<Disk> disks, String whyNone) {
        /** Copies the list. */
        public Backing {
            disks = List.copyOf(disks);
        }

        static Backing none(String why) {
            return new Backing(List.of(), why);
        }
    }

    /** The disks whose input and output is that of the files below {@code path}. */
    public Backing below(Path path) throws IOException {
        FileStat stat;
        try {
            stat = linux.statFollowing(path);
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT)) {
                return Backing.none("there is no " + path);
            }
            throw e;
        }
        return below(path, stat.devMajor(), stat.devMinor(), stat.mountId());
    }

    Backing below(Path path, int major, int minor, long mountId) throws IOException {
        if (major != 0) {
            return new Backing(List.of(disk(block(major + ":" + minor))), "");
        }
        // No device of its own: the file system says in mountinfo what it lies on (proc_pid_mountinfo(5)).
        String type = "";
        String source = "";
        for (String line :
                Files.readString(mountinfo, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            if (line.startsWith(mountId + " ")) {
                String[] tail = line.substring(line.indexOf(" - ") + 3).split(" ", -1);
                type = tail[0];
                source = tail[1];
            }
        }
        if (type.equals("btrfs")) {
            List<Disk> disks = btrfs(source);
            if (!disks.isEmpty()) {
                return new Backing(disks, "");
            }
        }
        return Backing.none(path + " lies on no disk" + (type.isEmpty() ? "" : " but on " + type));
    }

    private Path block(String id) {
        return sys.resolve("dev/block").resolve(id);
    }

    /** All disks of the btrfs that one of them was mounted by. */
    private List<Disk> btrfs(String source) throws IOException {
        Path name = Path.of(source).getFileName();
        List<Disk> disks = new ArrayList<>();
        for (Path system : list(sys.resolve("fs/btrfs"))) {
            List<Path> devices = list(system.resolve("devices"));
            if (devices.stream().anyMatch(device -> device.getFileName().equals(name))) {
                for (Path device : devices) {
                    Disk disk = disk(device);
                    if (!disks.contains(disk)) {
                        disks.add(disk);
                    }
                }
            }
        }
        return disks;
    }

    private static List<Path> list(Path dir) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(dir)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException | java.nio.file.NotDirectoryException none) {
            return entries;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(null);
        return entries;
    }

    /** The disk of a block device: itself, or what it is a partition of. Limits are kept on whole disks only. */
    private static Disk disk(Path block) throws IOException {
        Path dir = block.toRealPath();
        Path parent = dir.getParent();
        if (Files.exists(dir.resolve("partition")) && parent != null) {
            dir = parent;
        }
        return new Disk(
                Files.readString(dir.resolve("dev")).strip(), String.valueOf(dir.getFileName()), scheduler(dir));
    }

    /** The one in brackets. */
    private static String scheduler(Path disk) throws IOException {
        Path file = disk.resolve("queue/scheduler");
        @Nullable String text = Files.exists(file) ? Files.readString(file) : null;
        int from = text == null ? -1 : text.indexOf('[');
        int to = text == null ? -1 : text.indexOf(']');
        return text == null || from < 0 || to < from ? "none" : text.substring(from + 1, to);
    }

    /** The CPUs of memory nodes. */
    BitSet cpusOf(BitSet nodes) throws IOException {
        BitSet cpus = new BitSet();
        for (int node = nodes.nextSetBit(0); node >= 0; node = nodes.nextSetBit(node + 1)) {
            Path list = sys.resolve("devices/system/node/node" + node + "/cpulist");
            if (!Files.exists(list)) {
                throw new LimitException("NODEMASK", "there is no memory node " + node);
            }
            String text = Files.readString(list).strip();
            if (!text.isEmpty()) {
                cpus.or(CpuList.parse(text).numbers());
            }
        }
        return cpus;
    }
}
