package org.jvz.runtime.guest;

import java.io.IOException;
import java.util.List;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.rootfs.InsideRoot;

/** systemd.network(5), where systemd-networkd is switched on: it takes away what its files do not say. */
final class Networkd extends NetworkFiles {
    private static final String WANTED = "/systemd/system/multi-user.target.wants/systemd-networkd.service";
    private static final String FILE = "/etc/systemd/network/10-venet0.network";

    @Override
    boolean isUsed(InsideRoot root) throws IOException {
        return root.kind("/etc" + WANTED) == InsideRoot.Kind.SYMLINK
                || root.kind("/usr/lib" + WANTED) == InsideRoot.Kind.SYMLINK;
    }

    @Override
    List<FileEdit> edits(InsideRoot root, GuestNetwork network) {
        return List.of(FileEdit.whole(FILE, network.hasDevice() ? text(network) : null, 0644));
    }

    static String text(GuestNetwork network) {
        StringBuilder text = new StringBuilder(GuestNetwork.OURS + "\n[Match]\nName=" + GuestNetwork.DEVICE + "\n\n");
        text.append("[Network]\nDHCP=no\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n\n");
        text.append("[Address]\nAddress=").append(GuestNetwork.LOCAL).append("/32\nScope=host\n");
        int label = 0;
        for (VeAddress address : network.family(false)) {
            text.append("\n[Address]\nAddress=").append(GuestNetwork.withPrefix(address));
            text.append("\nLabel=")
                    .append(GuestNetwork.DEVICE)
                    .append(':')
                    .append(label++)
                    .append('\n');
        }
        for (VeAddress address : network.family(true)) {
            text.append("\n[Address]\nAddress=")
                    .append(GuestNetwork.withPrefix(address))
                    .append('\n');
        }
        if (!network.family(false).isEmpty()) {
            text.append("\n[Route]\nDestination=0.0.0.0/0\nScope=link\n");
        }
        if (!network.family(true).isEmpty()) {
            text.append("\n[Route]\nDestination=::/0\n");
        }
        return text.toString();
    }
}
