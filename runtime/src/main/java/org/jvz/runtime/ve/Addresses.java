package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.net.IpInUseException;
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.net.Venet;
import org.jvz.runtime.undo.ForwardSteps;

/** The VE's addresses on venet0. */
final class Addresses implements VePart {
    @Override
    public Set<String> liveKeys() {
        return Set.of("IP_ADDRESS");
    }

    /** Gives the VE its addresses before its init can look for them. */
    @Override
    public void admit(Starting start, int pid) throws IOException {
        List<VeAddress> addresses = start.conf().get(ConfKey.IP_ADDRESS).orElse(List.of());
        if (addresses.isEmpty()) {
            return;
        }
        start.events().event(VeEvent.Kind.ADDING_IPS, join(addresses));
        try (VeNamespace namespace = VeNamespace.ofInit(start.linux(), pid)) {
            Venet venet = new Venet(start.linux(), start.session().host().conf());
            for (String changed : venet.up(start.transaction(), start.ve().id(), namespace, addresses)) {
                start.events().event(VeEvent.Kind.DETAIL, changed);
            }
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        List<VeAddress> added = change.result().added(ConfKey.IP_ADDRESS);
        if (added.isEmpty()) {
            return;
        }
        change.events().event(VeEvent.Kind.ADDING_IPS, join(added));
        try (VeNamespace namespace =
                VeNamespace.ofInit(change.linux(), change.state().initPid())) {
            for (String changed :
                    venet(change).add(change.transaction(), change.session().id(), namespace, added)) {
                change.events().event(VeEvent.Kind.DETAIL, changed);
            }
        }
    }

    @Override
    public void afterChange(Changing change) throws IOException {
        List<VeAddress> removed = change.result().removed(ConfKey.IP_ADDRESS);
        if (removed.isEmpty()) {
            return;
        }
        change.events().event(VeEvent.Kind.DELETING_IPS, join(removed));
        try (VeNamespace namespace =
                VeNamespace.ofInit(change.linux(), change.state().initPid())) {
            venet(change)
                    .remove(
                            new ForwardSteps(change.host().observer()),
                            change.session().id(),
                            namespace,
                            removed);
        }
    }

    private static Venet venet(Changing change) {
        return new Venet(change.linux(), change.host().conf());
    }

    /** Addresses as messages list them. */
    private static String join(List<VeAddress> addresses) {
        StringBuilder text = new StringBuilder();
        for (VeAddress address : addresses) {
            text.append(text.length() == 0 ? "" : " ").append(address);
        }
        return text.toString();
    }

    /** Whether a start or a change failed because an address is somebody else's. */
    static boolean isInUse(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IpInUseException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public VzError changeError(IOException failure) {
        return isInUse(failure) ? VzError.IP_IN_USE : VzError.CANT_ADD_IP;
    }
}
