package org.jvz.runtime.ve;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a configuration in {@code /etc/vz/dists} may name scripts for, for the manual. */
public final class DistActions {
    private DistActions() {}

    /** What each is for and the variables it gets, by its name. */
    public static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        for (DistScripts.Action each : DistScripts.Action.values()) {
            help.put(each.name(), each.help());
        }
        return help;
    }
}
