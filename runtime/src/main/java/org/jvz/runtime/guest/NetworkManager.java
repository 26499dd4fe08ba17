package org.jvz.runtime.guest;

import java.io.IOException;
import java.util.List;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.rootfs.InsideRoot;

/**
 * nm-settings-keyfile(5). Name servers are in it too: NetworkManager writes /etc/resolv.conf from its profiles.
 */
final class NetworkManager extends NetworkFiles {
    private static final String FILE = "/etc/NetworkManager/system-connections/venet0.nmconnection";

    /** The same in every VE: of a profile, not of a device. */
    private static final String UUID = "3a7d5f52-0c2b-5d5a-9f0e-76656e657430";

    @Override
    boolean isUsed(InsideRoot root) throws IOException {
        return isProgram(root, "/usr/sbin/NetworkManager", "/usr/bin/NetworkManager");
    }

    @Override
    List<FileEdit> edits(InsideRoot root, GuestNetwork network) {
        // NetworkManager takes no profile that others than root can read.
        return List.of(FileEdit.whole(FILE, network.hasDevice() ? text(network) : null, 0600));
    }

    static String text(GuestNetwork network) {
        StringBuilder text = new StringBuilder(GuestNetwork.OURS + "\n[connection]\nid=" + GuestNetwork.DEVICE);
        text.append("\nuuid=")
                .append(UUID)
                .append("\ntype=ethernet\ninterface-name=")
                .append(GuestNetwork.DEVICE);
        text.append("\nautoconnect=true\n\n[ethernet]\n\n[ipv4]\nmethod=manual\naddress1=")
                .append(GuestNetwork.LOCAL)
                .append("/32\n");
        addresses(text, network.family(false), 2);
        if (!network.family(false).isEmpty()) {
            text.append("route1=0.0.0.0/0\n");
        }
        servers(text, network, false);
        List<VeAddress> v6 = network.family(true);
        text.append("\n[ipv6]\nmethod=")
                .append(v6.isEmpty() ? "ignore" : "manual")
                .append('\n');
        if (!v6.isEmpty()) {
            addresses(text, v6, 1);
            text.append("route1=::/0\n");
            servers(text, network, true);
        }
        return text.toString();
    }

    private static void addresses(StringBuilder text, List<VeAddress> addresses, int first) {
        for (int i = 0; i < addresses.size(); i++) {
            text.append("address").append(first + i).append('=');
            text.append(GuestNetwork.withPrefix(addresses.get(i))).append('\n');
        }
    }

    private static void servers(StringBuilder text, GuestNetwork network, boolean v6) {
        StringBuilder servers = new StringBuilder();
        for (String server : network.servers()) {
            if (server.indexOf(':') >= 0 == v6) {
                servers.append(server).append(';');
            }
        }
        if (servers.length() > 0) {
            text.append("dns=").append(servers).append('\n');
        }
        if (!network.domains().isEmpty()) {
            text.append("dns-search=")
                    .append(String.join(";", network.domains()))
                    .append(";\n");
        }
    }
}
