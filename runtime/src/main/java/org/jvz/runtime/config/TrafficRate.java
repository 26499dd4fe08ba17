package org.jvz.runtime.config;

import java.util.List;
import java.util.Locale;

/**
 * An entry of RATE: how much traffic a VE may have, in Virtuozzo's form.
 *
 * @param device the host's device that the traffic goes over, {@code *} for all
 * @param trafficClass class of traffic by its other end, 1 to 15; 1 is all that no class of its own is defined for
 * @param kbits thousand bits per second, 0 for no limit
 */
public record TrafficRate(String device, long trafficClass, long kbits) {
    /** All devices. */
    public static final String ALL = "*";

    private static final int MAX_CLASS = 15;

    public TrafficRate {
        if (!device.equals(ALL)) {
            NetIf.checkName(device, "the device of a rate");
        }
    }

    /** Whether it is about all traffic. */
    public boolean isOfAll() {
        return device.equals(ALL) && trafficClass == 1;
    }

    /**
     * Parses {@code [[DEV:]CLASS:]KBITS}; KBITS may end in K, M or G, powers of 1000, for kbit, Mbit and Gbit.
     *
     * @throws IllegalArgumentException with the reason
     */
    static TrafficRate parse(String text) {
        List<String> parts = Words.split(text, ":");
        int count = parts.size();
        if (count == 0 || count > 3 || text.startsWith(":") || text.endsWith(":") || text.contains("::")) {
            throw new IllegalArgumentException("not of the form DEV:CLASS:KBITS");
        }
        long trafficClass = count == 1 ? 1 : number(parts.get(count - 2));
        if (trafficClass < 1 || trafficClass > MAX_CLASS) {
            throw new IllegalArgumentException("its class is not a number from 1 to " + MAX_CLASS);
        }
        return new TrafficRate(count == 3 ? parts.get(0) : ALL, trafficClass, kbits(parts.get(count - 1)));
    }

    private static long kbits(String text) {
        int last = text.length() - 1;
        long factor =
                switch (text.substring(last).toUpperCase(Locale.ROOT)) {
                    case "K" -> 1;
                    case "M" -> 1000;
                    case "G" -> 1_000_000;
                    default -> 0;
                };
        long number = number(factor == 0 ? text : text.substring(0, last));
        long kbits = number * Math.max(1, factor);
        if (number < 0 || kbits > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("its rate is not a number of kbit/s up to " + Integer.MAX_VALUE);
        }
        return kbits;
    }

    /** The number, or -1; at most 10 digits. */
    private static long number(String text) {
        return CtId.isNumber(text) && text.length() <= 10 ? Long.parseLong(text) : -1;
    }

    /** The form of the file. */
    @Override
    public String toString() {
        return device + ":" + trafficClass + ":" + kbits;
    }
}
