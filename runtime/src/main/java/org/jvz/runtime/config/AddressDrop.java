package org.jvz.runtime.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Which addresses a command line takes from a VE. A running VE may have some that its configuration does not know, since they were given
 * without being saved.
 *
 * @param all every address
 * @param addresses these, without their prefixes
 */
public record AddressDrop(boolean all, List<String> addresses) {
    /** None. */
    public static final AddressDrop NONE = new AddressDrop(false, List.of());

    /** What options of IP_ADDRESS take. */
    static AddressDrop of(List<ConfigEdit.Given> given) {
        boolean all = false;
        List<String> addresses = new ArrayList<>();
        for (ConfigEdit.Given each : given) {
            if (ConfigEdit.roleOf(each) != ConfOption.Role.REMOVE) {
                continue;
            }
            if (each.value().equals("all")) {
                all = true;
                continue;
            }
            for (String word : each.value().strip().split("[ \t]+", -1)) {
                if (!word.isEmpty()) {
                    addresses.add(VeAddress.parse(word).address());
                }
            }
        }
        return all || !addresses.isEmpty() ? new AddressDrop(all, addresses) : NONE;
    }

    /** Whether there is nothing to take. */
    public boolean isNone() {
        return !all && addresses.isEmpty();
    }

    /** Whether an address, whatever its prefix, is to go. */
    public boolean covers(VeAddress address) {
        return all || addresses.contains(address.address());
    }
}
