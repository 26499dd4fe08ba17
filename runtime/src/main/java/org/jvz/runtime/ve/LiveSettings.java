package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.AppliedLimits;
import org.jvz.runtime.cgroup.HostDevices;
import org.jvz.runtime.cgroup.LimitException;
import org.jvz.runtime.cgroup.LimitPlan;
import org.jvz.runtime.cgroup.Limits;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.net.IpInUseException;
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.net.Venet;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Step;
import org.jvz.runtime.undo.Transaction;

/** Applies to a running VE what it can take at once, limits and addresses: all of it or nothing. */
final class LiveSettings {
    private static final Set<String> LIMITS = Set.of(
            "PHYSPAGES",
            "SWAPPAGES",
            "PRIVVMPAGES",
            "VMGUARPAGES",
            "OOMGUARPAGES",
            "NUMPROC",
            "CPUUNITS",
            "CPULIMIT",
            "CPUS",
            "CPUMASK",
            "NODEMASK",
            "IOPRIO",
            "IOLIMIT",
            "IOPSLIMIT");

    private final VeSession session;
    private final EditResult result;

    LiveSettings(VeSession session, EditResult result) {
        this.session = session;
        this.result = result;
    }

    /** Whether a running VE takes a change of this key. */
    static boolean takes(ConfKey<?> key) {
        return key == ConfKey.IP_ADDRESS || LIMITS.contains(key.name());
    }

    /**
     * Applies the changes and then does the rest, usually saving them; if either fails, the VE is as before.
     *
     * @throws VeException with the status of what failed
     */
    void apply(VeState state, Step<?> rest) throws IOException {
        Linux linux = session.host().linux();
        AppliedLimits before = null;
        List<VeAddress> added = result.added(ConfKey.IP_ADDRESS);
        List<VeAddress> removed = result.removed(ConfKey.IP_ADDRESS);
        try (Transaction transaction = session.begin()) {
            before = limits(transaction, linux);
            if (!added.isEmpty()) {
                add(transaction, linux, state, added);
            }
            rest.run();
            transaction.commit();
        } catch (IOException e) {
            if (before != null) {
                before.revert(linux);
            }
            throw new VeException(
                    errorOf(e), "Error: failed to apply some parameters, not saving configuration file!", e);
        }
        if (!removed.isEmpty()) {
            session.events().event(VeEvent.Kind.DELETING_IPS, join(removed));
            try (VeNamespace namespace = VeNamespace.ofInit(linux, state.initPid())) {
                venet(linux).remove(new ForwardSteps(session.host().observer()), session.id(), namespace, removed);
            }
        }
    }

    private @Nullable AppliedLimits limits(Transaction transaction, Linux linux) throws IOException {
        List<String> keys = new ArrayList<>();
        for (ConfKey<?> key : result.changed()) {
            if (LIMITS.contains(key.name())) {
                keys.add(key.name());
            }
        }
        if (keys.isEmpty()) {
            return null;
        }
        LimitPlan plan = Limits.plan(result.after(), session.host().cgroup(session.id()), new HostDevices(linux), linux)
                .only(keys);
        AppliedLimits before =
                transaction.step("set limits", "container " + session.id(), null, () -> plan.apply(linux));
        if (!plan.unenforced().isEmpty()) {
            session.events().event(VeEvent.Kind.NOT_ENFORCED, Unenforced.summary(plan.unenforced()));
        }
        return before;
    }

    private void add(Transaction transaction, Linux linux, VeState state, List<VeAddress> added) throws IOException {
        session.events().event(VeEvent.Kind.ADDING_IPS, join(added));
        try (VeNamespace namespace = VeNamespace.ofInit(linux, state.initPid())) {
            for (String changed : venet(linux).add(transaction, session.id(), namespace, added)) {
                session.events().event(VeEvent.Kind.DETAIL, changed);
            }
        }
    }

    private Venet venet(Linux linux) {
        return new Venet(linux, session.host().conf());
    }

    /** Addresses as messages list them. */
    static String join(List<VeAddress> addresses) {
        StringBuilder text = new StringBuilder();
        for (VeAddress address : addresses) {
            text.append(text.length() == 0 ? "" : " ").append(address);
        }
        return text.toString();
    }

    /** Whether a start or a change failed because an address is somebody else's. */
    static boolean isIpInUse(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IpInUseException) {
                return true;
            }
        }
        return false;
    }

    /** The exit status that tells what could not be applied. */
    private static VzError errorOf(IOException failure) {
        if (isIpInUse(failure)) {
            return VzError.IP_IN_USE;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LimitException limit) {
                return switch (limit.key()) {
                    case "CPUUNITS", "CPULIMIT", "CPUS", "CPUMASK", "NODEMASK" -> VzError.SET_CPU;
                    case "IOPRIO", "IOLIMIT", "IOPSLIMIT" -> VzError.SET_IO;
                    default -> VzError.SET_UBC;
                };
            }
        }
        return VzError.CANT_ADD_IP;
    }
}
