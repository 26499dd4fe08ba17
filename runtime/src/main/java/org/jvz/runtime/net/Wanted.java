package org.jvz.runtime.net;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.NetAddress;

/**
 * An address that a VE is to get.
 *
 * @param prefix of the address inside
 * @param uplinks where the host answers for it
 * @param hostSource what the host uses towards it; null to leave it to the kernel
 */
record Wanted(NetAddress address, int prefix, List<Link> uplinks, @Nullable NetAddress hostSource) {

    /** Checks the addresses; of one that is there twice the last counts. */
    static List<Wanted> of(Collection<VeAddress> configured, Uplinks uplinks, VzConf conf) throws IOException {
        Map<NetAddress, Wanted> wanted = new LinkedHashMap<>();
        for (VeAddress each : configured) {
            if (each.isUnspecified()) {
                continue;
            }
            NetAddress address = NetAddress.of(each.bytes());
            if (address.isV6() && !conf.yes(VzKey.IPV6)) {
                throw new IOException("IP address " + address + " is refused: vz.conf has IPV6=no");
            }
            uplinks.refuseOwn(address);
            int prefix = each.prefix() < 0 ? address.bits() : each.prefix();
            wanted.put(
                    address,
                    new Wanted(address, prefix, uplinks.announcing(address), uplinks.source(address.family())));
        }
        return List.copyOf(wanted.values());
    }
}
