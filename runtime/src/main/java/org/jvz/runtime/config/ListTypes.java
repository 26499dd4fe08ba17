package org.jvz.runtime.config;

import java.util.ArrayList;
import java.util.List;

/** The kinds of lists. An empty text is the empty list. */
final class ListTypes {

    private ListTypes() {}

    /** Words between blanks and tabs; repeated options add up, what is there already is not added again. */
    abstract static class Of<T> extends ValueType<List<T>> {

        /** Reads one word. */
        abstract T one(String word);

        @Override
        List<T> parse(String text) {
            List<T> values = new ArrayList<>();
            for (String word : Words.split(text, " \t\r\n")) {
                add(values, one(word));
            }
            return List.copyOf(values);
        }

        @Override
        String show(List<T> value) {
            return Words.join(value);
        }

        @Override
        List<T> merge(List<T> before, List<T> given) {
            List<T> merged = new ArrayList<>(before);
            for (T each : given) {
                add(merged, each);
            }
            return List.copyOf(merged);
        }

        @Override
        List<T> remove(List<T> before, List<T> given) {
            List<T> rest = new ArrayList<>(before);
            for (T each : given) {
                rest.removeIf(other -> same(other, each));
            }
            return List.copyOf(rest);
        }

        /** Whether two values are about the same thing, so that the later replaces the earlier. */
        boolean same(T one, T other) {
            return one.equals(other);
        }

        /** A value that is there already stays where it is; one that replaces another goes to the end. */
        private void add(List<T> values, T value) {
            if (!values.contains(value)) {
                values.removeIf(other -> same(other, value));
                values.add(value);
            }
        }
    }

    /** Addresses; those that stand for none are left out. */
    static final class Addresses extends Of<VeAddress> {
        @Override
        VeAddress one(String word) {
            return VeAddress.parse(word);
        }

        @Override
        List<VeAddress> parse(String text) {
            List<VeAddress> values = new ArrayList<>(super.parse(text));
            values.removeIf(VeAddress::isUnspecified);
            return List.copyOf(values);
        }

        @Override
        boolean same(VeAddress one, VeAddress other) {
            return one.address().equals(other.address());
        }
    }

    /** Devices by number. */
    static final class Devices extends Of<DeviceRule> {
        @Override
        DeviceRule one(String word) {
            return DeviceRule.parse(word);
        }

        @Override
        boolean same(DeviceRule one, DeviceRule other) {
            return one.sameDevice(other);
        }
    }

    /** Devices by name. */
    static final class DeviceNodes extends Of<DeviceNode> {
        @Override
        DeviceNode one(String word) {
            return DeviceNode.parse(word);
        }

        @Override
        boolean same(DeviceNode one, DeviceNode other) {
            return one.name().equals(other.name());
        }
    }

    /** Things switched on and off. */
    static final class Switched extends ValueType<Switches> {
        private final List<String> names;

        Switched(List<String> names) {
            this.names = names;
        }

        @Override
        Switches parse(String text) {
            return Switches.parse(text, names);
        }

        @Override
        String show(Switches value) {
            return value.toString();
        }

        @Override
        Switches merge(Switches before, Switches given) {
            return before.with(given);
        }
    }

    /** Network interfaces; the options are read by {@link NetIfEdit}. */
    static final class NetIfs extends ValueType<List<NetIf>> {
        @Override
        List<NetIf> parse(String text) {
            return List.copyOf(NetIf.parseAll(text));
        }

        @Override
        String show(List<NetIf> value) {
            return NetIf.showAll(value);
        }
    }

    /** Name servers: addresses, or {@code inherit}. */
    static final class Nameservers extends Of<String> {
        @Override
        String one(String word) {
            if (word.equals("inherit")) {
                return word;
            }
            byte[] address = IpText.parse(word);
            if (address == null) {
                throw new IllegalArgumentException("neither an IP address nor inherit");
            }
            return IpText.show(address);
        }
    }

    /** Domains, or {@code inherit}. */
    static final class SearchDomains extends Of<String> {
        @Override
        String one(String word) {
            if (!Words.consistsOf(word, "-_.") || word.length() > 253) {
                throw new IllegalArgumentException("not a domain");
            }
            return word;
        }
    }

    /** Modules of netfilter. */
    static final class Modules extends Of<String> {
        @Override
        String one(String word) {
            if (!Words.consistsOf(word, "_-")) {
                throw new IllegalArgumentException("not the name of a module");
            }
            return word;
        }
    }

    /** Devices of the host that can be given to a VE. */
    static final class NetDevs extends Of<String> {
        @Override
        String one(String word) {
            NetIf.checkName(word, "it");
            for (String kind : new String[] {"venet", "tun", "tap", "lo"}) {
                if (word.startsWith(kind)) {
                    throw new IllegalArgumentException(
                            "devices whose names begin with " + kind + " cannot be given away");
                }
            }
            return word;
        }
    }

    /** Rates of traffic. */
    static final class TrafficRates extends Of<TrafficRate> {
        @Override
        TrafficRate one(String word) {
            return TrafficRate.parse(word);
        }

        @Override
        boolean same(TrafficRate one, TrafficRate other) {
            return one.device().equals(other.device()) && one.trafficClass() == other.trafficClass();
        }
    }

    /** Ports of the host that lead to the VE. */
    static final class PortForwards extends Of<PortForward> {
        @Override
        PortForward one(String word) {
            return PortForward.parse(word);
        }

        @Override
        List<PortForward> parseOption(String option, String text, EditContext context) {
            if (!option.equals("portforward_del")) {
                return parse(text);
            }
            List<PortForward> deleted = new ArrayList<>();
            for (String word : Words.split(text, " \t\r\n")) {
                deleted.add(PortForward.parseDeleted(word));
            }
            return List.copyOf(deleted);
        }

        @Override
        boolean same(PortForward one, PortForward other) {
            return one.sameSource(other);
        }
    }

    /** PCI devices. */
    static final class PciAddresses extends Of<PciAddress> {
        @Override
        PciAddress one(String word) {
            return PciAddress.parse(word);
        }
    }
}
