package org.jvz.runtime.net;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.PortForward;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.netlink.NetAddress;

/**
 * What the host translates for one VE.
 *
 * @param masked addresses that are replaced on the way out
 * @param forwards ports of the host that lead to it
 */
public record Translation(List<Masked> masked, List<Forwarded> forwards) {
    public static final Translation NONE = new Translation(List.of(), List.of());

    private static final String MASKED = "mask=";
    private static final String SOURCE = "from=";
    private static final String FORWARDED = "forward=";

    public Translation {
        masked = List.copyOf(masked);
        forwards = List.copyOf(forwards);
    }

    /**
     * An address that others do not know.
     *
     * @param near devices of the host behind which it is known: what leaves by them keeps it
     * @param source what replaces it; null for an address of the device it leaves by
     */
    record Masked(NetAddress address, List<String> near, @Nullable NetAddress source) {
        Masked {
            near = List.copyOf(near);
        }

        /** No device has a slash in its name. */
        @Override
        public String toString() {
            String text = address + (near.isEmpty() ? "" : "/" + String.join("/", near));
            return source == null ? MASKED + text : SOURCE + source + "/" + text;
        }
    }

    /**
     * A forward and where it leads to.
     *
     * @param to of the family of the forward's address, if it has one
     */
    record Forwarded(PortForward forward, NetAddress to) {
        @Override
        public String toString() {
            return FORWARDED + forward + ">" + to;
        }
    }

    /** Whether nothing is translated. */
    public boolean isNone() {
        return masked.isEmpty() && forwards.isEmpty();
    }

    /** Whether a forward leads anywhere. */
    public boolean leads(PortForward forward) {
        for (Forwarded each : forwards) {
            if (each.forward.equals(forward)) {
                return true;
            }
        }
        return false;
    }

    /** The inverse of {@link #toString}. */
    public static Translation parse(String text) {
        List<Masked> masked = new ArrayList<>();
        List<Forwarded> forwards = new ArrayList<>();
        for (String word : text.split(" ", -1)) {
            String value = word.substring(word.indexOf('=') + 1);
            if (word.startsWith(FORWARDED)) {
                int end = value.indexOf('>');
                forwards.add(
                        new Forwarded(PortForward.parse(value.substring(0, end)), address(value.substring(end + 1))));
            } else if (word.startsWith(MASKED)) {
                masked.add(masked(List.of(value.split("/", -1)), null));
            } else if (word.startsWith(SOURCE)) {
                List<String> parts = List.of(value.split("/", -1));
                masked.add(masked(parts.subList(1, parts.size()), address(parts.get(0))));
            } else if (!word.isEmpty()) {
                throw new IllegalArgumentException("not a translation: " + word);
            }
        }
        return new Translation(masked, forwards);
    }

    private static Masked masked(List<String> parts, @Nullable NetAddress source) {
        return new Masked(address(parts.get(0)), parts.subList(1, parts.size()), source);
    }

    /** The address that a text without a prefix says. */
    public static NetAddress address(String text) {
        return NetAddress.of(VeAddress.parse(text).bytes());
    }

    /** Words separated by blanks, each with one address or one forward. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        masked.forEach(each -> words.add(each.toString()));
        forwards.forEach(each -> words.add(each.toString()));
        return String.join(" ", words);
    }
}
