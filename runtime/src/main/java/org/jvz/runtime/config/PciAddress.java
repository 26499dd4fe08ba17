package org.jvz.runtime.config;

/**
 * A PCI device, as lspci(8) shows it in its first column.
 *
 * @param domain 0 to ffff
 * @param bus 0 to ff
 * @param slot 0 to 1f
 * @param function 0 to 7
 */
public record PciAddress(int domain, int bus, int slot, int function) {

    /** Checks the ranges. */
    public PciAddress {
        if (domain < 0 || domain > 0xffff || bus < 0 || bus > 0xff || slot < 0 || slot > 0x1f) {
            throw new IllegalArgumentException("not a PCI device");
        }
        if (function < 0 || function > 7) {
            throw new IllegalArgumentException("a PCI device has functions 0 to 7");
        }
    }

    /**
     * Parses {@code [DOMAIN:]BUS:SLOT.FUNCTION}, hexadecimal.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static PciAddress parse(String text) {
        int dot = text.lastIndexOf('.');
        int last = dot < 0 ? -1 : text.lastIndexOf(':', dot);
        if (last < 0) {
            throw new IllegalArgumentException("not of the form [DOMAIN:]BUS:SLOT.FUNCTION");
        }
        int first = text.lastIndexOf(':', last - 1);
        return new PciAddress(
                first < 0 ? 0 : hex(text.substring(0, first)),
                hex(text.substring(first + 1, last)),
                hex(text.substring(last + 1, dot)),
                hex(text.substring(dot + 1)));
    }

    private static int hex(String text) {
        if (text.isEmpty() || text.length() > 4) {
            throw new IllegalArgumentException("not a hexadecimal number");
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                throw new IllegalArgumentException("not a hexadecimal number");
            }
            number = number * 16 + digit;
        }
        return number;
    }

    /** {@code 0000:01:00.0}. */
    @Override
    public String toString() {
        return padded(domain, 4) + ":" + padded(bus, 2) + ":" + padded(slot, 2) + "." + function;
    }

    private static String padded(int number, int digits) {
        String hex = Integer.toHexString(number);
        return "0".repeat(Math.max(0, digits - hex.length())) + hex;
    }
}
