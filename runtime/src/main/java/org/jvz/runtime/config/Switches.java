package org.jvz.runtime.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Things that are switched on or off, the rest being left at their defaults: capabilities, features.
 *
 * @param states name to on ({@code true}) or off, in the order in which they were switched
 */
public record Switches(Map<String, Boolean> states) {

    /** Everything at its default. */
    public static final Switches NONE = new Switches(Map.of());

    /** Copies the states. */
    public Switches {
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
    }

    /**
     * Parses {@code NAME:on NAME:off}, separated by blanks, tabs or commas.
     *
     * @param names the names there are, in the letters they are saved with; read in any letters
     * @throws IllegalArgumentException with the reason
     */
    static Switches parse(String text, List<String> names) {
        Map<String, Boolean> states = new LinkedHashMap<>();
        for (String word : Words.split(text, " \t,")) {
            int colon = word.indexOf(':');
            String name = known(colon < 0 ? word : word.substring(0, colon), names);
            String state = colon < 0 ? "" : word.substring(colon + 1);
            if (!state.equals("on") && !state.equals("off")) {
                throw new IllegalArgumentException("not of the form NAME:on or NAME:off");
            }
            states.put(name, state.equals("on"));
        }
        return new Switches(states);
    }

    private static String known(String name, List<String> names) {
        for (String known : names) {
            if (known.equalsIgnoreCase(name)) {
                return known;
            }
        }
        throw new IllegalArgumentException("there is no " + name);
    }

    /** These, overridden by others. */
    public Switches with(Switches others) {
        Map<String, Boolean> merged = new LinkedHashMap<>(states);
        merged.putAll(others.states);
        return new Switches(merged);
    }

    /** Whether a thing is on, given its default. */
    public boolean isOn(String name, boolean byDefault) {
        return states.getOrDefault(name, byDefault);
    }

    /** {@code NAME:on NAME:off}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, Boolean> each : states.entrySet()) {
            out.append(out.length() == 0 ? "" : " ").append(each.getKey()).append(each.getValue() ? ":on" : ":off");
        }
        return out.toString();
    }
}
