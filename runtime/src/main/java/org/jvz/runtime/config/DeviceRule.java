package org.jvz.runtime.config;

/**
 * An entry of DEVICES: a device by its numbers.
 *
 * @param block whether it is a block device, else a character device
 * @param major 0 to 4095
 * @param minor 0 to 1048575, or -1 for all
 * @param access what the VE may do with it
 */
public record DeviceRule(boolean block, int major, int minor, DeviceAccess access) {

    private static final int LOOP_MAJOR = 7;
    private static final int MAX_MAJOR = (1 << 12) - 1;
    private static final int MAX_MINOR = (1 << 20) - 1;

    /** Checks the ranges; loop devices would let a VE mount whatever it likes. */
    public DeviceRule {
        if (major < 0 || major > MAX_MAJOR || minor < -1 || minor > MAX_MINOR) {
            throw new IllegalArgumentException("not a device number");
        }
        if (block && major == LOOP_MAJOR) {
            throw new IllegalArgumentException("block devices of major number 7 cannot be given to a container");
        }
    }

    /**
     * Parses {@code b|c:MAJOR:MINOR|all:ACCESS}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static DeviceRule parse(String text) {
        int first = text.indexOf(':');
        int second = text.indexOf(':', first + 1);
        int third = text.indexOf(':', second + 1);
        boolean form = first == 1 && second > 0 && third > 0 && (text.charAt(0) == 'b' || text.charAt(0) == 'c');
        if (!form) {
            throw new IllegalArgumentException("not of the form b|c:MAJOR:MINOR|all:[r][w][q]|none");
        }
        String minor = text.substring(second + 1, third);
        return new DeviceRule(
                text.charAt(0) == 'b',
                number(text.substring(first + 1, second)),
                minor.equals("all") ? -1 : number(minor),
                DeviceAccess.parse(text.substring(third + 1)));
    }

    private static int number(String text) {
        if (!CtId.isNumber(text) || text.length() > 7) {
            throw new IllegalArgumentException("not a device number");
        }
        return Integer.parseInt(text);
    }

    /** Whether both are about the same devices. */
    public boolean sameDevice(DeviceRule other) {
        return block == other.block && major == other.major && minor == other.minor;
    }

    /** {@code b:8:1:rw}. */
    @Override
    public String toString() {
        return (block ? "b:" : "c:") + major + ":" + (minor < 0 ? "all" : Integer.toString(minor)) + ":" + access;
    }
}
