package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeAddress;

/**
 * What a guest's files are to say of its network.
 *
 * @param addresses of venet0, in order
 * @param nameservers addresses of name servers; null to leave the guest's own
 * @param searchDomains domains to look short names up in; null to leave the guest's own
 */
public record GuestNetwork(
        List<VeAddress> addresses, @Nullable List<String> nameservers, @Nullable List<String> searchDomains) {
    /** The device that has the addresses. */
    static final String DEVICE = "venet0";

    /** The address that the device has besides, so that it is never without one. */
    static final String LOCAL = "127.0.0.2";

    /** The first line of files that are ours altogether. */
    static final String OURS = "# Written by vzctl: changes are lost. Addresses: vzctl set CTID --ipadd, --ipdel";

    public GuestNetwork {
        addresses = List.copyOf(addresses);
        nameservers = nameservers == null ? null : List.copyOf(nameservers);
        searchDomains = searchDomains == null ? null : List.copyOf(searchDomains);
    }

    /** The addresses of one family, in order. */
    List<VeAddress> family(boolean v6) {
        List<VeAddress> some = new ArrayList<>();
        for (VeAddress address : addresses) {
            if (address.isIpv6() == v6 && !address.isUnspecified()) {
                some.add(address);
            }
        }
        return some;
    }

    /** Whether there is an address at all, and so the device. */
    boolean hasDevice() {
        return !family(false).isEmpty() || !family(true).isEmpty();
    }

    /** Name servers, none if the guest's own are to stay. */
    List<String> servers() {
        return nameservers == null ? List.of() : nameservers;
    }

    /** Search domains, none if the guest's own are to stay. */
    List<String> domains() {
        return searchDomains == null ? List.of() : searchDomains;
    }

    /** {@code A/prefix}; an address without a prefix is alone in its net. */
    static String withPrefix(VeAddress address) {
        return address.address() + "/" + prefix(address);
    }

    /** The length of the prefix, 0 to 32 or 128. */
    static int prefix(VeAddress address) {
        return address.prefix() >= 0 ? address.prefix() : address.isIpv6() ? 128 : 32;
    }

    /** The prefix of an IPv4 address as a mask: {@code 255.255.255.0}. */
    static String netmask(VeAddress address) {
        long mask = 0xffffffffL << (32 - prefix(address)) & 0xffffffffL;
        return (mask >> 24) + "." + (mask >> 16 & 0xff) + "." + (mask >> 8 & 0xff) + "." + (mask & 0xff);
    }
}
