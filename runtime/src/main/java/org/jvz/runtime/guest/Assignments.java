package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;

/** Shell assignments in a guest's configuration files, such as /etc/sysconfig/network. */
final class Assignments {
    private Assignments() {}

    /** Every {@code KEY=...} line becomes {@code KEY=value}; {@code value} needs no quoting. Without one, no change. */
    static String change(String text, String key, String value) {
        List<String> lines = new ArrayList<>();
        boolean changed = false;
        for (String line : Lines.of(text)) {
            boolean ours = line.stripLeading().startsWith(key + "=");
            changed |= ours;
            lines.add(ours ? key + "=" + value : line);
        }
        return changed ? Lines.join(lines) : text;
    }
}
