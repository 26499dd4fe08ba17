package org.jvz.runtime.config;

/**
 * An entry of DEVNODES: a device by its name below {@code /dev} of the host.
 *
 * @param name relative to {@code /dev}, such as {@code sdb} or {@code net/tun}
 * @param access what the VE may do with it
 */
public record DeviceNode(String name, DeviceAccess access) {

    /** Checks that the name stays below {@code /dev}. */
    public DeviceNode {
        boolean plain = Words.consistsOf(name, "-_.+@/") && !name.isEmpty() && !name.startsWith("/");
        if (!plain || ("/" + name + "/").contains("/../") || ("/" + name + "/").contains("/./") || name.endsWith("/")) {
            throw new IllegalArgumentException("not a name below /dev");
        }
    }

    /**
     * Parses {@code NAME:ACCESS}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static DeviceNode parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not of the form NAME:[r][w][q]|none");
        }
        return new DeviceNode(text.substring(0, colon), DeviceAccess.parse(text.substring(colon + 1)));
    }

    /** {@code sdb:rw}. */
    @Override
    public String toString() {
        return name + ":" + access;
    }
}
