package org.jvz.runtime.config;

/**
 * How a VE lies on disk.
 *
 * @param kind the layout
 * @param ploopFormat the image's format, empty for the default and for other layouts
 */
public record VeLayout(Kind kind, String ploopFormat) {

    /** A thin layer over the unpacked template. */
    public static final VeLayout OVERLAY = new VeLayout(Kind.OVERLAY, "");

    /** The layouts there are. */
    public enum Kind {
        /** A thin layer over the unpacked template. */
        OVERLAY("overlay"),
        /** A whole tree. */
        SIMFS("simfs"),
        /** An image file. */
        PLOOP("ploop");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word in options and files. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** Checks the format. */
    public VeLayout {
        boolean known =
                switch (ploopFormat) {
                    case "" -> true;
                    case "expanded", "plain", "raw" -> kind == Kind.PLOOP;
                    default -> false;
                };
        if (!known) {
            throw new IllegalArgumentException("unknown format of an image");
        }
    }

    /**
     * Parses {@code overlay}, {@code simfs} or {@code ploop[:expanded|plain|raw]}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static VeLayout parse(String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? text : text.substring(0, colon);
        for (Kind kind : Kind.values()) {
            if (kind.word.equals(word) && colon != text.length() - 1) {
                return new VeLayout(kind, colon < 0 ? "" : text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException("not overlay, simfs or ploop");
    }

    /** As it is parsed. */
    @Override
    public String toString() {
        return ploopFormat.isEmpty() ? kind.word : kind.word + ":" + ploopFormat;
    }
}
