package org.jvz.runtime.cgroup;

import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.DeviceAccess;
import org.jvz.runtime.config.DeviceRule;

/**
 * Which devices the processes of a VE may open, and for what. A device that is in no rule cannot be opened; of several
 * rules the one that names the minor number counts. Nodes of all devices may be made, as on OpenVZ: it takes CAP_MKNOD of
 * the host's user namespace, and a node that nobody can open harms nobody. Immutable.
 */
public final class DevicePolicy {
    /** More would be longer than a device program may be. */
    private static final int RULES_MAX = 4000;

    private static final DeviceAccess BOTH = new DeviceAccess(true, true, false);

    /** OpenVZ's own list: null, zero, full, random, urandom, tty, ptmx, and the terminals of devpts(5). */
    private static final List<DeviceRule> DEFAULTS = List.of(
            new DeviceRule(false, 1, 3, BOTH),
            new DeviceRule(false, 1, 5, BOTH),
            new DeviceRule(false, 1, 7, BOTH),
            new DeviceRule(false, 1, 8, BOTH),
            new DeviceRule(false, 1, 9, BOTH),
            new DeviceRule(false, 5, 0, BOTH),
            new DeviceRule(false, 5, 2, BOTH),
            new DeviceRule(false, 136, -1, BOTH));

    private final List<DeviceRule> rules;

    private DevicePolicy(List<DeviceRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * What every VE may open, changed by rules of its own.
     *
     * @param own a later one takes the place of an earlier one, or of a default, about the same devices
     * @throws IllegalArgumentException if there are more than the kernel takes
     */
    public static DevicePolicy of(List<DeviceRule> own) {
        List<DeviceRule> all = new ArrayList<>(DEFAULTS);
        for (DeviceRule rule : own) {
            all.removeIf(rule::sameDevice);
            all.add(rule);
        }
        if (all.size() > RULES_MAX) {
            throw new IllegalArgumentException("more than " + RULES_MAX + " devices");
        }
        List<DeviceRule> ordered = new ArrayList<>(all.size());
        for (DeviceRule rule : all) {
            if (rule.minor() >= 0) {
                ordered.add(rule);
            }
        }
        for (DeviceRule rule : all) {
            if (rule.minor() < 0) {
                ordered.add(rule);
            }
        }
        return new DevicePolicy(ordered);
    }

    /** The first rule that fits a device decides. */
    List<DeviceRule> rules() {
        return rules;
    }

    /** Whether a device named by number is to have less than the range it lies in, which a list of permissions cannot say. */
    boolean hasExceptions() {
        for (DeviceRule rule : rules) {
            for (DeviceRule range : rules) {
                if (rule.minor() >= 0
                        && range.minor() < 0
                        && range.block() == rule.block()
                        && range.major() == rule.major()
                        && ((range.access().read() && !rule.access().read())
                                || (range.access().write() && !rule.access().write()))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a right is given that only OpenVZ's kernel knows: to manage disk quota on a device. */
    boolean grantsQuota() {
        for (DeviceRule rule : rules) {
            if (rule.access().quota()) {
                return true;
            }
        }
        return false;
    }
}
