package org.jvz.runtime.config;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a small file whole by two system calls instead of eight, for commands that read a thousand of them in a JVM that has
 * just started, where every class and every line of code costs.
 */
public final class FileBytes {
    private FileBytes() {}

    /**
     * The file's content; that of files in /proc and /sys too, whose length is said to be 0.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws IOException as {@link Files#readAllBytes}
     */
    public static byte[] read(Path file) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toString())) {
            return in.readAllBytes();
        } catch (FileNotFoundException unclear) {
            // Whatever kept it from being opened; the other way tells what.
            return Files.readAllBytes(file);
        }
    }
}
