package org.jvz.runtime.guest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.rootfs.InsideRoot;

/** /etc/sysconfig/network-scripts of RHEL 6 and 7 (sysconfig.txt of initscripts), which NetworkManager there reads too. */
final class Ifcfg extends NetworkFiles {
    private static final String DIRECTORY = "/etc/sysconfig/network-scripts/";
    private static final String FILE = DIRECTORY + "ifcfg-venet0";
    /** No OpenVZ host gave a VE more addresses. */
    private static final int MAX_ALIASES = 4096;

    @Override
    boolean isUsed(InsideRoot root) throws IOException {
        return isProgram(root, DIRECTORY + "ifup-eth");
    }

    @Override
    List<FileEdit> edits(InsideRoot root, GuestNetwork network) throws IOException {
        boolean v4 = !network.family(false).isEmpty();
        boolean v6 = !network.family(true).isEmpty();
        String route = "default dev " + GuestNetwork.DEVICE + "\n";
        List<FileEdit> edits = new ArrayList<>();
        edits.add(FileEdit.whole(FILE, network.hasDevice() ? text(network) : null, 0644));
        edits.add(FileEdit.whole(DIRECTORY + "route-venet0", v4 ? route : null, 0644));
        edits.add(FileEdit.whole(DIRECTORY + "route6-venet0", v6 ? route : null, 0644));
        // OpenVZ's scripts made a file per address.
        for (int i = 0; i < MAX_ALIASES && root.exists(FILE + ":" + i); i++) {
            edits.add(FileEdit.whole(FILE + ":" + i, null, 0644));
        }
        return edits;
    }

    static String text(GuestNetwork network) {
        StringBuilder text = new StringBuilder(GuestNetwork.OURS + "\nDEVICE=" + GuestNetwork.DEVICE);
        text.append("\nONBOOT=yes\nBOOTPROTO=static\nARPCHECK=no\nPEERDNS=no\n");
        text.append("IPADDR=").append(GuestNetwork.LOCAL).append("\nNETMASK=255.255.255.255\nBROADCAST=0.0.0.0\n");
        int number = 1;
        for (VeAddress address : network.family(false)) {
            text.append("IPADDR").append(number).append('=').append(address.address());
            text.append("\nNETMASK")
                    .append(number++)
                    .append('=')
                    .append(GuestNetwork.netmask(address))
                    .append('\n');
        }
        List<VeAddress> v6 = network.family(true);
        if (!v6.isEmpty()) {
            text.append("IPV6INIT=yes\nIPV6_AUTOCONF=no\nIPV6ADDR=").append(GuestNetwork.withPrefix(v6.get(0)));
            text.append("\nIPV6ADDR_SECONDARIES=\"");
            for (int i = 1; i < v6.size(); i++) {
                text.append(i == 1 ? "" : " ").append(GuestNetwork.withPrefix(v6.get(i)));
            }
            text.append("\"\n");
        }
        for (int i = 0; i < network.servers().size(); i++) {
            text.append("DNS")
                    .append(i + 1)
                    .append('=')
                    .append(network.servers().get(i))
                    .append('\n');
        }
        if (!network.domains().isEmpty()) {
            text.append("DOMAIN=\"").append(String.join(" ", network.domains())).append("\"\n");
        }
        return text.toString();
    }
}
