package org.jvz.runtime.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the options of {@code vzctl set} and {@code vzctl create} make of a VE's configuration. Pure: nothing is read,
 * saved or applied. The rules (contract 4.1, 4.2):
 *
 * <ul>
 *   <li>of a single value the last option counts, but all are checked;
 *   <li>options that remove come before those that add, wherever they stand, so {@code --ipadd A --ipdel all} leaves A;
 *   <li>addresses, devices, capabilities, features and interfaces are added to those the VE has; what is about the same
 *       thing (the address without its mask, the device) replaces it;
 *   <li>name servers, search domains and filter modules add up within one command and replace those the VE has;
 *   <li>an empty value clears a text or a list.
 * </ul>
 */
public final class ConfigEdit {

    private ConfigEdit() {}

    /**
     * An option as it was given.
     *
     * @param option the full name without dashes, one of {@link ConfKey#allOptions()}
     * @param value its argument
     */
    public record Given(String option, String value) {}

    /**
     * Follows the options in turn.
     *
     * @throws BadValueException if one cannot be followed
     * @throws BadConfException if an option adds to a value of the configuration that is none
     * @throws IllegalArgumentException if an option changes no key
     */
    public static EditResult apply(VeConf conf, List<Given> options, EditContext context) throws BadConfException {
        Map<ConfKey<?>, List<Given>> byKey = new LinkedHashMap<>();
        for (Given each : options) {
            @Nullable ConfOption option = ConfKey.option(each.option());
            if (option == null) {
                throw new IllegalArgumentException("No option for a key: " + each.option());
            }
            byKey.computeIfAbsent(option.key(), key -> new ArrayList<>()).add(each);
        }
        VeConf edited = conf;
        for (Map.Entry<ConfKey<?>, List<Given>> each : byKey.entrySet()) {
            edited = edit(edited, each.getKey(), each.getValue(), context);
        }
        edited = withBothIds(edited, byKey);
        checkMasks(edited, byKey);
        checkSwap(edited, byKey);
        return new EditResult(conf, edited, AddressDrop.of(byKey.getOrDefault(ConfKey.IP_ADDRESS, List.of())));
    }

    private static <T> VeConf edit(VeConf conf, ConfKey<T> key, List<Given> given, EditContext context)
            throws BadConfException {
        if (key == ConfKey.NETIF) {
            List<NetIf> before = own(conf, ConfKey.NETIF).orElse(List.of());
            return conf.with(ConfKey.NETIF, NetIfEdit.apply(before, given, context));
        }
        @Nullable T set = null;
        @Nullable T added = null;
        @Nullable T removed = null;
        boolean all = false;
        for (Given each : given) {
            ConfOption.Role role = roleOf(each);
            if (role == ConfOption.Role.REMOVE && each.value().equals("all")) {
                all = true;
                continue;
            }
            T value = key.parseOption(each.option(), each.value(), context);
            switch (role) {
                case ADD -> added = added == null ? value : key.merge(added, value);
                case REMOVE -> removed = removed == null ? value : key.merge(removed, value);
                // In a list an empty value clears what came before it.
                default -> set = set == null || !key.isList() || each.value().isEmpty() ? value : key.merge(set, value);
            }
        }
        if (set != null) {
            return isCleared(key, set) ? conf.without(key.name()) : conf.with(key, set);
        }
        return accumulate(conf, key, all, removed, added);
    }

    private static <T> VeConf accumulate(
            VeConf conf, ConfKey<T> key, boolean all, @Nullable T removed, @Nullable T added) throws BadConfException {
        T value = all ? key.parse("") : own(conf, key).orElse(key.parse(""));
        if (removed != null) {
            value = key.remove(value, removed);
        }
        if (added != null) {
            value = key.merge(value, added);
        }
        boolean staysUnset = key.show(value).isEmpty() && !conf.file().has(key.name());
        return staysUnset ? conf : conf.with(key, value);
    }

    /** The value CTID.conf itself has, without vz.conf's. */
    private static <T> Optional<T> own(VeConf conf, ConfKey<T> key) throws BadConfException {
        return conf.file().has(key.name()) ? conf.get(key) : Optional.empty();
    }

    static ConfOption.Role roleOf(Given given) {
        @Nullable ConfOption option = ConfKey.option(given.option());
        return option == null ? ConfOption.Role.SET : option.role();
    }

    /** A VE without name or description has no such line. */
    private static boolean isCleared(ConfKey<?> key, Object value) {
        return (key == ConfKey.NAME || key == ConfKey.DESCRIPTION) && value.equals("");
    }

    /** One of the two ids stands for both. */
    private static VeConf withBothIds(VeConf conf, Map<ConfKey<?>, List<Given>> given) throws BadConfException {
        boolean uid = given.containsKey(ConfKey.LOCAL_UID);
        boolean gid = given.containsKey(ConfKey.LOCAL_GID);
        if (uid == gid) {
            return conf;
        }
        ConfKey<Long> from = uid ? ConfKey.LOCAL_UID : ConfKey.LOCAL_GID;
        ConfKey<Long> to = uid ? ConfKey.LOCAL_GID : ConfKey.LOCAL_UID;
        Optional<Long> id = conf.get(from);
        return id.isPresent() ? conf.with(to, id.get()) : conf;
    }

    /** Memory nodes are chosen together with CPUs, and {@code auto} CPUs are those of the nodes. */
    private static void checkMasks(VeConf conf, Map<ConfKey<?>, List<Given>> given) throws BadConfException {
        @Nullable List<Given> nodes = given.get(ConfKey.NODEMASK);
        @Nullable List<Given> cpus = given.get(ConfKey.CPUMASK);
        if (nodes != null && cpus == null) {
            throw syntax(nodes, "--cpumask is needed too");
        }
        if (cpus != null
                && conf.get(ConfKey.CPUMASK).filter(CpuList.AUTO::equals).isPresent()
                && conf.get(ConfKey.NODEMASK).isEmpty()) {
            throw syntax(cpus, "--nodemask is needed too");
        }
    }

    private static BadValueException syntax(List<Given> given, String reason) {
        Given last = given.get(given.size() - 1);
        return new BadValueException(BadValueException.Kind.SYNTAX, last.option(), last.value(), reason);
    }

    /** A VE whose RAM is given in bytes is a VSwap VE, which needs a limit of swap space. */
    private static void checkSwap(VeConf conf, Map<ConfKey<?>, List<Given>> given) throws BadConfException {
        List<Given> ram = given.getOrDefault(ConfKey.PHYSPAGES, List.of());
        for (Given each : ram) {
            if (each.option().equals("ram") && conf.get(ConfKey.SWAPPAGES).isEmpty()) {
                throw new BadValueException(
                        BadValueException.Kind.REQUIRED_UB, "ram", "swap", "a limit of swap space is needed too");
            }
        }
    }
}
