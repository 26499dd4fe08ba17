package org.jvz.runtime.cgroup;

import java.util.ArrayList;
import java.util.List;

/**
 * A limit in the configuration that this host does not keep, or keeps in part.
 *
 * @param key the key of CTID.conf
 * @param reason what the host lacks, for people
 */
public record Unenforced(String key, String reason) {

    /**
     * All of them in one line, in order, each reason once: {@code VMGUARPAGES, OOMGUARPAGES (cgroup v1 cannot guarantee
     * memory); IOPRIO (…)}. Empty for none.
     */
    public static String summary(List<Unenforced> all) {
        StringBuilder text = new StringBuilder();
        List<String> told = new ArrayList<>();
        for (Unenforced one : all) {
            if (told.contains(one.reason)) {
                continue;
            }
            told.add(one.reason);
            if (text.length() > 0) {
                text.append("; ");
            }
            boolean first = true;
            for (Unenforced other : all) {
                if (other.reason.equals(one.reason)) {
                    text.append(first ? "" : ", ").append(other.key);
                    first = false;
                }
            }
            text.append(" (").append(one.reason).append(')');
        }
        return text.toString();
    }
}
