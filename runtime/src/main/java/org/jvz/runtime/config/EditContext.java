package org.jvz.runtime.config;

import java.security.SecureRandom;
import java.util.function.Supplier;

/**
 * What the meaning of an option depends on besides its value.
 *
 * @param id the VE
 * @param hostCpus how many CPUs the host has, for {@code --cpulimit N%}
 * @param macs makes a new MAC address for {@code --netif_add}
 */
public record EditContext(CtId id, int hostCpus, Supplier<String> macs) {

    /** MAC addresses made by chance below OpenVZ's prefix 00:18:51. */
    public static EditContext of(CtId id, int hostCpus) {
        return new EditContext(id, hostCpus, EditContext::randomMac);
    }

    private static String randomMac() {
        byte[] tail = new byte[3];
        new SecureRandom().nextBytes(tail);
        StringBuilder out = new StringBuilder("00:18:51");
        for (byte b : tail) {
            out.append(':');
            out.append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xf, 16)));
            out.append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
        }
        return out.toString();
    }
}
