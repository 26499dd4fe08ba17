package org.jvz.runtime.config;

/** Texts, each kind with the characters it may have. */
final class TextType extends ValueType<String> {

    private static final int MAX_HOSTNAME = 255;

    /** The kinds of texts. */
    enum Kind {
        /** Anything without control characters. */
        LINE,
        /** Anything; line ends are stored as {@code \n}. */
        LINES,
        /** A name of a VE; see {@link Names}. */
        NAME,
        /** An absolute path, perhaps with {@code $VEID}. */
        PATH,
        /** Letters, digits, {@code - _ .}. */
        HOSTNAME,
        /** A file name; of a path the last part. */
        BASENAME,
        /** {@code sha256:} and 64 hexadecimal digits. */
        DIGEST
    }

    private final Kind kind;

    TextType(Kind kind) {
        this.kind = kind;
    }

    @Override
    String parse(String text) {
        return kind == Kind.LINES ? unescape(text) : checked(text);
    }

    @Override
    String show(String value) {
        return kind == Kind.LINES ? escape(value) : value;
    }

    @Override
    String parseOption(String option, String text, EditContext context) {
        if (kind == Kind.LINES) {
            // A zero byte cannot come from a command line.
            return text.replace("\r\n", "\n").replace('\r', '\n');
        }
        return checked(kind == Kind.BASENAME ? text.substring(text.lastIndexOf('/') + 1) : text);
    }

    private String checked(String text) {
        if (Words.hasControl(text)) {
            throw new IllegalArgumentException("has a control character in it");
        }
        switch (kind) {
            case NAME -> require(text.isEmpty() || Names.isValid(text), "has characters that a name may not have");
            case PATH -> checkPath(text);
            case HOSTNAME ->
                require(
                        Words.consistsOf(text, "-_.") && text.length() <= MAX_HOSTNAME && !text.startsWith("-"),
                        "not a host name");
            case BASENAME ->
                require(
                        !text.isEmpty()
                                && text.indexOf('/') < 0
                                && text.indexOf(' ') < 0
                                && !text.equals(".")
                                && !text.equals(".."),
                        "not a file name");
            case DIGEST -> require(isDigest(text), "not of the form sha256:DIGITS");
            default -> {}
        }
        return text;
    }

    private static void require(boolean condition, String reason) {
        if (!condition) {
            throw new IllegalArgumentException(reason);
        }
    }

    private static void checkPath(String text) {
        require(text.startsWith("/"), "not an absolute path");
        String rest = ConfQuoting.substitute(text, new CtId(0));
        require(rest.indexOf('$') < 0, "has a variable other than $VEID in it");
        require(!("/" + rest + "/").contains("/../"), "has .. in it");
        require(!rest.replace("/", "").replace(".", "").isEmpty(), "must not be /");
    }

    private static boolean isDigest(String text) {
        String prefix = "sha256:";
        if (!text.startsWith(prefix) || text.length() != prefix.length() + 64) {
            return false;
        }
        for (int i = prefix.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String unescape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && "\\n".indexOf(text.charAt(i + 1)) >= 0) {
                i++;
                out.append(text.charAt(i) == 'n' ? '\n' : '\\');
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
