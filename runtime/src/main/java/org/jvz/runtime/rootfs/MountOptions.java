package org.jvz.runtime.rootfs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.MountAttr;

/**
 * What MOUNT_OPTS makes of the mount of a VE's root: words of mount(8) that are flags of a mount, mount_setattr(2).
 *
 * @param set the flags to set
 * @param unknown words that have no effect, in their order: options of a file system, which a VE's root is not one of its own of, and {@code ro}:
 *     its files are written at every start
 */
public record MountOptions(Set<MountAttr> set, List<String> unknown) {
    /** Of what is so anyway. */
    private static final Set<String> DEFAULTS =
            Set.of("defaults", "rw", "suid", "exec", "nodev", "relatime", "diratime", "async");

    private static final Map<String, MountAttr> FLAGS = Map.of(
            "nosuid", MountAttr.NOSUID,
            "noexec", MountAttr.NOEXEC,
            "noatime", MountAttr.NOATIME,
            "strictatime", MountAttr.STRICTATIME,
            "nodiratime", MountAttr.NODIRATIME,
            "nosymfollow", MountAttr.NOSYMFOLLOW);

    /** @param text words joined by commas; null for none */
    public static MountOptions parse(@Nullable String text) {
        Set<MountAttr> set = EnumSet.noneOf(MountAttr.class);
        List<String> unknown = new ArrayList<>();
        for (String word : text == null ? new String[0] : text.strip().split("[,\\s]+")) {
            MountAttr flag = FLAGS.get(word);
            if (flag == MountAttr.NOATIME || flag == MountAttr.STRICTATIME) {
                // One of the two; the last one counts, as for mount(8).
                set.remove(MountAttr.NOATIME);
                set.remove(MountAttr.STRICTATIME);
            }
            if (flag != null) {
                set.add(flag);
            } else if (!word.isEmpty() && !DEFAULTS.contains(word)) {
                unknown.add(word);
            }
        }
        return new MountOptions(set, unknown);
    }

    /** Whether the root is to be mounted as ever. */
    public boolean isNone() {
        return set.isEmpty();
    }
}
