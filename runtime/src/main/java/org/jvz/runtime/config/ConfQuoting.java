package org.jvz.runtime.config;

import java.nio.charset.StandardCharsets;

/**
 * How a value stands between double quotes so that a shell that sources the file sees exactly that value, and how the
 * bytes of a file become text without a loss.
 */
final class ConfQuoting {

    private ConfQuoting() {}

    /** Whether {@code $VEID} in the value of this key is a variable, filled in by whoever reads the file. */
    static boolean holdsVeid(String key) {
        return key.equals("VE_ROOT") || key.equals("VE_PRIVATE") || key.equals("DUMPDIR");
    }

    /** The value in double quotes; with {@code veid}, {@code $VEID} and <code>${VEID}</code> stay variables. */
    static String quote(String value, boolean veid) {
        StringBuilder out = new StringBuilder(value.length() + 8).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean variable = c == '$' && veid && veidAt(value, i) > 0;
            if (c == '\\' || c == '"' || c == '`' || (c == '$' && !variable)) {
                out.append('\\');
            }
            out.append(c);
        }
        return out.append('"').toString();
    }

    /** The length of the VEID variable that begins at an index, or 0 if none does. */
    static int veidAt(String text, int index) {
        if (text.startsWith("${VEID}", index)) {
            return 7;
        }
        if (!text.startsWith("$VEID", index)) {
            return 0;
        }
        // $VEIDX is another variable.
        return index + 5 < text.length() && isNameChar(text.charAt(index + 5)) ? 0 : 5;
    }

    /** The text with every VEID variable replaced by the id. */
    static String substitute(String text, CtId id) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 8);
        int i = 0;
        while (i < text.length()) {
            int length = veidAt(text, i);
            if (length > 0) {
                out.append(id.value());
                i += length;
            } else {
                out.append(text.charAt(i++));
            }
        }
        return out.toString();
    }

    /** Whether the character may stand in a key after its first character. */
    static boolean isNameChar(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }

    /** Whether the text is a key: a shell variable's name. */
    static boolean isName(String text) {
        if (text.isEmpty() || Character.isDigit(text.charAt(0))) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!isNameChar(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Text to a string with one character per byte of its UTF-8 form. */
    static String toBytesText(String text) {
        return isAscii(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The inverse of {@link #toBytesText}; bytes that are not UTF-8 become replacement characters. */
    static String fromBytesText(String bytes) {
        return isAscii(bytes) ? bytes : new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
