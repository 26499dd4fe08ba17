package org.jvz.runtime.config;

/** How much packet filtering a VE may do itself. */
public enum Netfilter {
    /** None. */
    DISABLED("disabled"),
    /** All but NAT and connection tracking. */
    STATELESS("stateless"),
    /** All but NAT. */
    STATEFUL("stateful"),
    /** All. */
    FULL("full");

    private final String word;

    Netfilter(String word) {
        this.word = word;
    }

    /**
     * Parses one of the four words.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static Netfilter parse(String text) {
        for (Netfilter each : values()) {
            if (each.word.equals(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException("not disabled, stateless, stateful or full");
    }

    /** The word in options and files. */
    @Override
    public String toString() {
        return word;
    }
}
