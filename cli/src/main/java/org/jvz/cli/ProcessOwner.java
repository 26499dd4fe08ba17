package org.jvz.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who runs this process. */
final class ProcessOwner {
    private static final String LABEL = "\nUid:";

    private ProcessOwner() {}

    /** Whether the effective user is root, without native code: the second number of {@code Uid:} in proc_pid_status(5). */
    static boolean isRoot() throws IOException {
        return effectiveUid(new String(Files.readAllBytes(Path.of("/proc/self/status")), StandardCharsets.ISO_8859_1))
                .equals("0");
    }

    static String effectiveUid(String status) {
        int line = status.indexOf(LABEL);
        int end = status.indexOf('\n', line + 1);
        if (line < 0 || end < 0) {
            return "";
        }
        String[] ids = status.substring(line + LABEL.length(), end).strip().split("\t");
        return ids.length > 1 ? ids[1] : "";
    }
}
