package org.jvz.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * An entry of PORTFORWARD: ports of the host that lead to a VE. Not known to OpenVZ.
 *
 * @param address of the host, in canonical form; null for all of them
 * @param first port, 1 to 65535
 * @param last port, not before the first and at most {@value #MOST} ports in all
 * @param protocol tcp or udp
 * @param vePort where the first port leads in the VE; the next one leads to the next, and so on
 */
public record PortForward(@Nullable String address, int first, int last, Protocol protocol, int vePort) {
    /** How many ports one entry can have: each is an element of a map in the kernel. */
    public static final int MOST = 4096;

    private static final int MAX_PORT = 65535;

    /** Protocols with ports. */
    public enum Protocol {
        TCP("tcp", 6),
        UDP("udp", 17);

        private final String word;
        private final int number;

        Protocol(String word, int number) {
            this.word = word;
            this.number = number;
        }

        /** The protocol number of IP. */
        public int number() {
            return number;
        }

        static Protocol parse(String text) {
            for (Protocol each : values()) {
                if (each.word.equals(text)) {
                    return each;
                }
            }
            throw new IllegalArgumentException("its protocol is neither tcp nor udp");
        }

        /** The word in options and files. */
        @Override
        public String toString() {
            return word;
        }
    }

    public PortForward {
        if (first < 1 || last > MAX_PORT || last < first) {
            throw new IllegalArgumentException("its ports are not from 1 to " + MAX_PORT + ", the first one first");
        }
        if (last - first >= MOST) {
            throw new IllegalArgumentException("it has more than " + MOST + " ports");
        }
        if (vePort < 1 || vePort + (last - first) > MAX_PORT) {
            throw new IllegalArgumentException("its ports in the container are not from 1 to " + MAX_PORT);
        }
    }

    /** What it leads from, without where to: {@code [ADDRESS:]PORT[-PORT][/tcp|udp]}. */
    private record From(@Nullable String address, int first, int last, Protocol protocol) {}

    /**
     * Parses {@code [ADDRESS:]PORT[-PORT][/tcp|udp]:VEPORT}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static PortForward parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not of the form [ADDRESS:]PORT[-PORT][/tcp|udp]:VEPORT");
        }
        From from = from(text.substring(0, colon));
        return new PortForward(from.address, from.first, from.last, from.protocol, port(text.substring(colon + 1)));
    }

    /** The same, but for what is to be deleted, where the port in the VE may be left out. */
    static PortForward parseDeleted(String text) {
        int bracket = text.indexOf(']');
        int colons =
                (int) text.substring(bracket + 1).chars().filter(c -> c == ':').count();
        boolean addressed = bracket >= 0 || text.indexOf('.') >= 0;
        if (colons > (addressed ? 1 : 0)) {
            return parse(text);
        }
        From from = from(text);
        return new PortForward(from.address, from.first, from.last, from.protocol, from.first);
    }

    private static From from(String text) {
        int slash = text.lastIndexOf('/');
        Protocol protocol = slash < 0 ? Protocol.TCP : Protocol.parse(text.substring(slash + 1));
        String rest = slash < 0 ? text : text.substring(0, slash);
        int colon = rest.lastIndexOf(':');
        String ports = rest.substring(colon + 1);
        int dash = ports.indexOf('-');
        int first = port(dash < 0 ? ports : ports.substring(0, dash));
        int last = dash < 0 ? first : port(ports.substring(dash + 1));
        return new From(colon < 0 ? null : address(rest.substring(0, colon)), first, last, protocol);
    }

    private static String address(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        byte @Nullable [] bytes = IpText.parse(brackets ? text.substring(1, text.length() - 1) : text);
        if (bytes == null || brackets != (bytes.length > 4)) {
            throw new IllegalArgumentException("its address is none (an IPv6 address stands in brackets)");
        }
        String shown = IpText.show(bytes);
        if (new VeAddress(shown, -1).isUnspecified()) {
            throw new IllegalArgumentException("its address is none: leave it out for all addresses of the host");
        }
        if (bytes.length == 4 ? bytes[0] == 127 : shown.equals("::1")) {
            throw new IllegalArgumentException("its address is of the host's loopback, which reaches no container");
        }
        return shown;
    }

    private static int port(String text) {
        if (!CtId.isNumber(text) || text.length() > 5) {
            throw new IllegalArgumentException("a port is not a number from 1 to " + MAX_PORT);
        }
        return Integer.parseInt(text);
    }

    /** Whether both are about the same ports of the host, so that a later one replaces an earlier. */
    boolean sameSource(PortForward other) {
        return first == other.first
                && last == other.last
                && protocol == other.protocol
                && java.util.Objects.equals(address, other.address);
    }

    /** Whether the address is one of IPv6; no for none. */
    public boolean isV6() {
        return address != null && address.indexOf(':') >= 0;
    }

    /** What it leads from, as messages have it. */
    public String source() {
        String on = address == null ? "" : (isV6() ? "[" + address + "]" : address) + ":";
        return on + first + (last == first ? "" : "-" + last) + "/" + protocol;
    }

    /** The form of the file. */
    @Override
    public String toString() {
        return source() + ":" + vePort;
    }
}
