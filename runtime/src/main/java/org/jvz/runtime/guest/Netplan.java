package org.jvz.runtime.guest;

import java.io.IOException;
import java.util.List;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.rootfs.InsideRoot;

/** netplan(5) of Ubuntu, which writes the files of systemd-networkd or NetworkManager at boot. */
final class Netplan extends NetworkFiles {
    private static final String FILE = "/etc/netplan/10-venet0.yaml";

    @Override
    boolean isUsed(InsideRoot root) throws IOException {
        return isProgram(root, "/usr/sbin/netplan", "/sbin/netplan");
    }

    @Override
    List<FileEdit> edits(InsideRoot root, GuestNetwork network) {
        // netplan warns of files that others than root can read.
        return List.of(FileEdit.whole(FILE, network.hasDevice() ? text(network) : null, 0600));
    }

    static String text(GuestNetwork network) {
        StringBuilder text = new StringBuilder(GuestNetwork.OURS + "\n");
        text.append("network:\n  version: 2\n  ethernets:\n    ")
                .append(GuestNetwork.DEVICE)
                .append(":\n      dhcp4: false\n      dhcp6: false\n      accept-ra: false\n      link-local: []\n");
        text.append("      addresses:\n        - ").append(GuestNetwork.LOCAL).append("/32\n");
        for (VeAddress address : network.addresses()) {
            text.append("        - \"").append(GuestNetwork.withPrefix(address)).append("\"\n");
        }
        text.append("      routes:\n");
        if (!network.family(false).isEmpty()) {
            text.append("        - to: 0.0.0.0/0\n          scope: link\n");
        }
        if (!network.family(true).isEmpty()) {
            text.append("        - to: \"::/0\"\n          scope: link\n");
        }
        list(text, network.servers(), network.domains());
        return text.toString();
    }

    private static void list(StringBuilder text, List<String> servers, List<String> domains) {
        if (servers.isEmpty() && domains.isEmpty()) {
            return;
        }
        text.append("      nameservers:\n");
        quoted(text, "addresses", servers);
        quoted(text, "search", domains);
    }

    private static void quoted(StringBuilder text, String key, List<String> values) {
        if (!values.isEmpty()) {
            text.append("        ")
                    .append(key)
                    .append(": [\"")
                    .append(String.join("\", \"", values))
                    .append("\"]\n");
        }
    }
}
