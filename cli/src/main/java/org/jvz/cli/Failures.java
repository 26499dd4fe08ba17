package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns exceptions into lines for people: every failure once, with its reason, never with a stack trace. */
final class Failures {
    /** Deeper chains are cut; ours have three or four links. */
    private static final int MAX_LINES = 12;

    private Failures() {}

    /** One line for one exception, without its causes. */
    static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof FileSystemException file) {
            return fileMessage(file);
        }
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return message;
    }

    /** The lines below the first: causes, then failures of undo steps. */
    static List<String> reasons(Throwable failure) {
        List<String> lines = new ArrayList<>();
        Throwable below = failure;
        String said = message(failure);
        for (Throwable at = failure.getCause(); at != null && lines.size() < MAX_LINES; at = at.getCause()) {
            String message = message(at);
            // An exception made with only a cause repeats the cause's text.
            if (!said.contains(message)) {
                lines.add("  because " + message);
                said = message;
            }
            below = at;
        }
        addSuppressed(lines, failure);
        for (Throwable at = failure.getCause(); at != null && at != below.getCause(); at = at.getCause()) {
            addSuppressed(lines, at);
        }
        return lines;
    }

    /** Where a defect shows itself, so that a report of it is of use. */
    static String place(Throwable defect) {
        StackTraceElement[] trace = defect.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    private static void addSuppressed(List<String> lines, Throwable failure) {
        for (Throwable undo : failure.getSuppressed()) {
            Throwable cause = undo.getCause();
            if (lines.size() < MAX_LINES) {
                lines.add("  and then " + message(undo) + (cause == null ? "" : ": " + message(cause)));
            }
        }
    }

    /** The JDK's file exceptions say only the path. */
    private static String fileMessage(FileSystemException failure) {
        String file = failure.getFile() == null ? "" : failure.getFile();
        String other = failure.getOtherFile() == null ? "" : " -> " + failure.getOtherFile();
        return file + other + ": " + reason(failure);
    }

    private static String reason(FileSystemException failure) {
        @Nullable String reason = failure.getReason();
        if (reason != null) {
            return reason;
        }
        if (failure instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "File exists";
        }
        return failure.getClass().getSimpleName();
    }

    /** Tells why a command failed, with its reasons; of what is no failure of input or output, where in our code it was. */
    static void tell(Throwable failure, PrintStream err) {
        if (failure instanceof IOException known) {
            err.println(message(known));
            for (String line : reasons(known)) {
                err.println(line);
            }
        } else if (failure instanceof InvalidPathException word) {
            // Typed so: a letter that the locale has not, for one.
            err.println(word.getMessage());
        } else {
            err.println("Internal error: " + failure + place(failure));
        }
    }
}
