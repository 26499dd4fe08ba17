package org.jvz.runtime.linux;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Arguments of a call as messages show them. Runs only when a call failed. */
final class SyscallText {
    private SyscallText() {}

    /** Comma-separated; flags by name, trailing nulls left out, an empty string as {@code ""}. */
    static String of(@Nullable Object... arguments) {
        int count = arguments.length;
        while (count > 0 && arguments[count - 1] == null) {
            count--;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                text.append(", ");
            }
            text.append(one(arguments[i]));
        }
        return text.toString();
    }

    private static String one(@Nullable Object argument) {
        if (argument == null) {
            return "NULL";
        }
        if (argument instanceof Set<?> set) {
            @SuppressWarnings("unchecked") // only sets of flags are passed here
            Set<? extends Flag> flags = (Set<? extends Flag>) set;
            return Flag.text(flags);
        }
        String text = argument.toString();
        return text.isEmpty() ? "\"\"" : text;
    }

    /** A mode or permissions as C writes it, {@code 0755}. */
    static String octal(int mode) {
        return "0" + Integer.toOctalString(mode);
    }
}
