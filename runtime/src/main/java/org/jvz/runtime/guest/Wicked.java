package org.jvz.runtime.guest;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.rootfs.InsideRoot;

/** SUSE's /etc/sysconfig/network, ifcfg(5) and ifroute(5). */
final class Wicked extends NetworkFiles {
    private static final String DIRECTORY = "/etc/sysconfig/network/";

    @Override
    boolean isUsed(InsideRoot root) throws IOException {
        return isProgram(root, "/usr/sbin/wicked", "/sbin/ifup") && root.exists(DIRECTORY);
    }

    @Override
    List<FileEdit> edits(InsideRoot root, GuestNetwork network) {
        return List.of(
                FileEdit.whole(DIRECTORY + "ifcfg-venet0", network.hasDevice() ? text(network) : null, 0644),
                FileEdit.whole(DIRECTORY + "ifroute-venet0", routes(network), 0644));
    }

    static String text(GuestNetwork network) {
        StringBuilder text = new StringBuilder(GuestNetwork.OURS + "\nSTARTMODE='auto'\nBOOTPROTO='static'\n");
        text.append("IPADDR='").append(GuestNetwork.LOCAL).append("/32'\n");
        int number = 0;
        for (VeAddress address : network.family(false)) {
            text.append("IPADDR_").append(number).append("='").append(GuestNetwork.withPrefix(address));
            text.append("'\nLABEL_")
                    .append(number)
                    .append("='")
                    .append(number++)
                    .append("'\n");
        }
        for (VeAddress address : network.family(true)) {
            text.append("IPADDR_")
                    .append(number++)
                    .append("='")
                    .append(GuestNetwork.withPrefix(address))
                    .append("'\n");
        }
        return text.toString();
    }

    private static @Nullable String routes(GuestNetwork network) {
        String text = (network.family(false).isEmpty() ? "" : "0.0.0.0/0 - - " + GuestNetwork.DEVICE + "\n")
                + (network.family(true).isEmpty() ? "" : "::/0 - - " + GuestNetwork.DEVICE + "\n");
        return text.isEmpty() ? null : text;
    }
}
