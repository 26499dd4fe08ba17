package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.DeviceRule;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;

/**
 * Holds a VE to its {@link DevicePolicy}: by a device program on its v2 cgroup, or by {@code devices.allow} and {@code
 * devices.deny} where the host still binds that controller to v1 (cgroup-v1/devices.rst). What is open already stays open.
 */
public final class DeviceControl {
    private static final String ANYTHING = "a *:*";

    private final Linux linux;
    private final InterfaceFiles files;
    private final VeCgroup cgroup;

    /** The control of one VE's cgroups. */
    public DeviceControl(Linux linux, VeCgroup cgroup) {
        this.linux = linux;
        this.files = new KernelFiles(linux);
        this.cgroup = cgroup;
    }

    /**
     * Puts a policy into effect, in the place of the one before: all of it, or nothing.
     *
     * @throws IOException naming the cgroup; also if this host has neither kind of control
     */
    public void apply(DevicePolicy policy) throws IOException {
        @Nullable CgroupDir dir = cgroup.directory(Controller.DEVICES);
        if (dir == null) {
            throw new IOException("no cgroup mount of this host controls devices");
        }
        if (dir.v2()) {
            attach(dir.path(), policy);
        } else {
            write(dir.path(), policy);
        }
    }

    /** What of a policy this host does not keep. */
    public List<Unenforced> unenforced(DevicePolicy policy) {
        List<Unenforced> all = new ArrayList<>();
        @Nullable CgroupDir dir = cgroup.directory(Controller.DEVICES);
        if (dir != null && !dir.v2() && policy.hasExceptions()) {
            all.add(new Unenforced("DEVICES", "cgroup v1 cannot take one device out of a range that is allowed"));
        }
        if (policy.grantsQuota()) {
            all.add(new Unenforced("DEVICES", "the right q, disk quota on a device, is one of OpenVZ's kernel"));
        }
        return all;
    }

    private void attach(Path dir, DevicePolicy policy) throws IOException {
        try (Fd program = linux.loadDeviceProgram(DeviceProgram.of(policy));
                Fd target = linux.open(dir, OpenFlag.DIRECTORY)) {
            linux.attachDeviceProgram(target, program);
        }
    }

    private void write(Path dir, DevicePolicy policy) throws IOException {
        Map<String, String> before = permissions(dir);
        try {
            change(dir, before, wanted(policy));
        } catch (IOException e) {
            try {
                change(dir, permissions(dir), before);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** First what is new, then what is no more: a device in both is never refused in between. */
    private void change(Path dir, Map<String, String> present, Map<String, String> wanted) throws IOException {
        Map<String, String> now = present;
        if (present.containsKey(ANYTHING) && !wanted.containsKey(ANYTHING)) {
            files.write(dir.resolve("devices.deny"), "a");
            now = Map.of();
        }
        for (Map.Entry<String, String> each : wanted.entrySet()) {
            String more = without(each.getValue(), now.getOrDefault(each.getKey(), ""));
            if (!more.isEmpty()) {
                files.write(dir.resolve("devices.allow"), each.getKey() + " " + more);
            }
        }
        for (Map.Entry<String, String> each : now.entrySet()) {
            String less = without(each.getValue(), wanted.getOrDefault(each.getKey(), ""));
            if (!less.isEmpty()) {
                files.write(dir.resolve("devices.deny"), each.getKey() + " " + less);
            }
        }
    }

    private static String without(String rights, String others) {
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < rights.length(); i++) {
            if (others.indexOf(rights.charAt(i)) < 0) {
                left.append(rights.charAt(i));
            }
        }
        return left.toString();
    }

    private static Map<String, String> wanted(DevicePolicy policy) {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("c *:*", "m");
        wanted.put("b *:*", "m");
        for (DeviceRule rule : policy.rules()) {
            String rights = (rule.access().read() ? "r" : "") + (rule.access().write() ? "w" : "");
            if (!rights.isEmpty()) {
                String minor = rule.minor() < 0 ? "*" : Integer.toString(rule.minor());
                wanted.put((rule.block() ? "b " : "c ") + rule.major() + ":" + minor, rights);
            }
        }
        return wanted;
    }

    /** What {@code devices.list} says, device to rights. */
    private Map<String, String> permissions(Path dir) throws IOException {
        @Nullable String list = files.read(dir.resolve("devices.list"));
        if (list == null) {
            throw new IOException("no file " + dir.resolve("devices.list"));
        }
        Map<String, String> permissions = new LinkedHashMap<>();
        for (String line : list.split("\n", -1)) {
            int end = line.lastIndexOf(' ');
            if (end > 0) {
                permissions.put(line.substring(0, end), line.substring(end + 1));
            }
        }
        return permissions;
    }
}
