package org.jvz.runtime.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options that change NETIF: {@code --netif_del}, then {@code --netif_add}, then attributes of the interface that
 * {@code --ifname} chooses. With several {@code --ifname}s an attribute belongs to the last one before it.
 */
final class NetIfEdit {

    private static final String[] ADD_FIELDS = {"", "mac", "host_ifname", "host_mac", "bridge"};

    private final EditContext context;
    private final List<NetIf> interfaces;

    private NetIfEdit(EditContext context, List<NetIf> interfaces) {
        this.context = context;
        this.interfaces = new ArrayList<>(interfaces);
    }

    static List<NetIf> apply(List<NetIf> before, List<ConfigEdit.Given> options, EditContext context) {
        NetIfEdit edit = new NetIfEdit(context, before);
        for (ConfigEdit.Given each : options) {
            if (each.option().equals("netif_del")) {
                edit.delete(each.value());
            }
        }
        for (ConfigEdit.Given each : options) {
            if (each.option().equals("netif_add")) {
                reasoned(each, () -> edit.add(each.value()));
            }
        }
        edit.attributes(options);
        return List.copyOf(edit.interfaces);
    }

    /** Runs a change; a complaint names the option. */
    private static void reasoned(ConfigEdit.Given given, Runnable change) {
        try {
            change.run();
        } catch (IllegalArgumentException e) {
            throw new BadValueException(
                    BadValueException.Kind.VALUE, given.option(), given.value(), String.valueOf(e.getMessage()));
        }
    }

    private void delete(String ifname) {
        interfaces.removeIf(each -> ifname.equals("all") || each.ifname().equals(ifname));
    }

    /** Adds an interface, or sets what is given of one that is there. */
    private void add(String value) {
        String[] fields = value.split(",", -1);
        if (fields.length > ADD_FIELDS.length) {
            throw new IllegalArgumentException("more than " + ADD_FIELDS.length + " fields");
        }
        int index = indexOf(fields[0]);
        NetIf netIf = index < 0 ? NetIf.named(fields[0]) : interfaces.get(index);
        for (int i = 1; i < fields.length; i++) {
            if (!fields[i].isEmpty()) {
                netIf = netIf.with(ADD_FIELDS[i], fields[i]);
            }
        }
        put(index, completed(netIf));
    }

    private NetIf completed(NetIf netIf) {
        NetIf done = netIf;
        if (done.mac() == null) {
            done = done.with("mac", context.macs().get());
        }
        if (done.hostIfname() == null) {
            done = done.with("host_ifname", "veth" + context.id() + "." + digits(done.ifname()));
        }
        if (done.hostMac() == null) {
            done = done.with("host_mac", context.macs().get());
        }
        return done;
    }

    private static String digits(String ifname) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < ifname.length(); i++) {
            if (Character.isDigit(ifname.charAt(i))) {
                out.append(ifname.charAt(i));
            }
        }
        return out.toString();
    }

    private void put(int index, NetIf netIf) {
        for (int i = 0; i < interfaces.size(); i++) {
            @Nullable String taken = interfaces.get(i).hostIfname();
            if (i != index && taken != null && taken.equals(netIf.hostIfname())) {
                throw new IllegalArgumentException("host_ifname " + taken + " belongs to "
                        + interfaces.get(i).ifname());
            }
        }
        if (index < 0) {
            interfaces.add(netIf);
        } else {
            interfaces.set(index, netIf);
        }
    }

    private int indexOf(String ifname) {
        for (int i = 0; i < interfaces.size(); i++) {
            if (interfaces.get(i).ifname().equals(ifname)) {
                return i;
            }
        }
        return -1;
    }

    private void attributes(List<ConfigEdit.Given> options) {
        ConfigEdit.@Nullable Given chosen = onlyChoice(options);
        for (ConfigEdit.Given each : options) {
            if (each.option().equals("ifname")) {
                chosen = each;
                if (indexOf(each.value()) < 0) {
                    throw new BadValueException(
                            BadValueException.Kind.VALUE, "ifname", each.value(), "there is no such interface");
                }
            } else if (!each.option().startsWith("netif_")) {
                if (chosen == null) {
                    throw new BadValueException(
                            BadValueException.Kind.SYNTAX,
                            each.option(),
                            each.value(),
                            "--ifname must choose an interface");
                }
                int index = indexOf(chosen.value());
                if (index >= 0) {
                    reasoned(each, () -> put(index, interfaces.get(index).with(each.option(), each.value())));
                }
            }
        }
    }

    /** If there is one {@code --ifname} only, it may stand behind the attributes too. */
    private static ConfigEdit.@Nullable Given onlyChoice(List<ConfigEdit.Given> options) {
        ConfigEdit.@Nullable Given only = null;
        for (ConfigEdit.Given each : options) {
            if (each.option().equals("ifname")) {
                if (only != null) {
                    return null;
                }
                only = each;
            }
        }
        return only;
    }
}
