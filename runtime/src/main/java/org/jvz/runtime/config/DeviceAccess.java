package org.jvz.runtime.config;

/**
 * What a VE may do with a device.
 *
 * @param read open for reading
 * @param write open for writing
 * @param quota manage disk quota on it
 */
public record DeviceAccess(boolean read, boolean write, boolean quota) {

    /**
     * Parses {@code r}, {@code w} and {@code q} in any order, or {@code none}.
     *
     * @throws IllegalArgumentException with the reason
     */
    static DeviceAccess parse(String text) {
        if (text.equals("none")) {
            return new DeviceAccess(false, false, false);
        }
        if (text.isEmpty() || text.length() > 3) {
            throw new IllegalArgumentException("the access is not made of r, w and q, or none");
        }
        for (int i = 0; i < text.length(); i++) {
            if ("rwq".indexOf(text.charAt(i)) < 0 || text.indexOf(text.charAt(i)) != i) {
                throw new IllegalArgumentException("the access is not made of r, w and q, or none");
            }
        }
        return new DeviceAccess(text.indexOf('r') >= 0, text.indexOf('w') >= 0, text.indexOf('q') >= 0);
    }

    /** {@code rwq} as far as allowed, or {@code none}. */
    @Override
    public String toString() {
        String text = (read ? "r" : "") + (write ? "w" : "") + (quota ? "q" : "");
        return text.isEmpty() ? "none" : text;
    }
}
