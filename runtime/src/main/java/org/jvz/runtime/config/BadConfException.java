package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.file.Path;

/** A configuration file that cannot be read as one, or a value in it that makes no sense. */
public final class BadConfException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final int line;
    private final String reason;

    /**
     * @param file the file
     * @param line the line it is about, from 1, or 0 if it is about no line in particular
     * @param reason what is wrong
     */
    public BadConfException(Path file, int line, String reason) {
        super(line > 0 ? file + ", line " + line + ": " + reason : file + ": " + reason);
        this.file = file;
        this.line = line;
        this.reason = reason;
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** The line, from 1, or 0 for none in particular. */
    public int line() {
        return line;
    }

    /** What is wrong, without the file and the line. */
    public String reason() {
        return reason;
    }
}
