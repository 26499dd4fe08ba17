package org.jvz.runtime.cgroup;

/** What is written into the interface files of the {@link Knob}s whose value is one number: pure functions. */
final class KnobValue {
    /** The period of CPU quotas, microseconds: the kernel's default. */
    static final long PERIOD = 100_000;

    /** The kernel's PID_MAX_LIMIT; {@code pids.max} takes no larger number. */
    static final long TASKS_MAX = 4_194_304;

    /** Weights of v2, "Weights" in cgroup-v2.rst: 100 is the default, which 1000 CPUUNITS are. */
    static final long WEIGHT_MAX = 10_000;

    /** Shares of v1: 1024 is the default, which 1000 CPUUNITS are. */
    static final long SHARES_MAX = 262_144;

    private KnobValue() {}

    /** Bytes. */
    static String amount(long bytes, boolean v2) {
        return bytes == LimitValues.NONE ? none(v2) : Long.toString(bytes);
    }

    static String none(boolean v2) {
        return v2 ? "max" : "-1";
    }

    /** Swap: on v1 with the RAM, and there only if RAM is limited. */
    static String swap(long ram, long swap, boolean v2) {
        if (v2 || ram == LimitValues.NONE || swap == LimitValues.NONE) {
            return amount(v2 ? swap : LimitValues.NONE, v2);
        }
        long sum = ram + swap;
        return amount(sum < 0 ? LimitValues.NONE : sum, false);
    }

    /** A guarantee; one without an end is none. */
    static String guarantee(long bytes) {
        return Long.toString(bytes == LimitValues.NONE ? 0 : bytes);
    }

    static String tasks(long tasks) {
        return tasks > TASKS_MAX ? "max" : Long.toString(tasks);
    }

    static String cpuWeight(long units, boolean v2) {
        return v2
                ? Long.toString(Math.max(1, Math.min(WEIGHT_MAX, (units + 5) / 10)))
                : Long.toString(Math.max(2, Math.min(SHARES_MAX, (units * 1024 + 500) / 1000)));
    }

    /** The most CPUUNITS that the host can tell apart. */
    static long cpuUnitsMax(boolean v2) {
        return v2 ? WEIGHT_MAX * 10 : SHARES_MAX * 1000 / 1024;
    }

    static String cpuQuota(long percent, boolean v2) {
        if (percent == LimitValues.NONE) {
            return v2 ? "max " + PERIOD : "-1";
        }
        long quota = percent * (PERIOD / 100);
        return v2 ? quota + " " + PERIOD : Long.toString(quota);
    }

    /** A step of priority is a fifth of the default, as in the scheduler (CFQ) that OpenVZ had: 20 to 160. */
    static String ioWeight(int priority) {
        return Integer.toString(20 * (priority + 1));
    }

    /** What follows the device in {@code io.max}: {@code rbps=N wbps=N}. */
    static String ioMax(String read, String write, long perSecond) {
        String n = perSecond == LimitValues.NONE ? "max" : Long.toString(perSecond);
        return read + "=" + n + " " + write + "=" + n;
    }

    /** What follows the device in a v1 throttle file; 0 takes the limit away. */
    static String throttle(long perSecond) {
        return perSecond == LimitValues.NONE ? "0" : Long.toString(perSecond);
    }
}
