package com.kenai.jffi.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Loads jffi's native library, in place of jffi's own class of this name, which jffi looks up by name and asks two questions. That one
 * sets up {@code java.util.logging} and links lambdas before it loads anything, 17 ms of every command that makes a native call; see
 * docs/adr/0005-launchers-and-appcds.md. If jffi's jar comes first on the class path its own class is used: slower, otherwise the same.
 *
 * <p>The library is taken from the directory that the system property {@code jffi.boot.library.path} names, as with jffi's own class, or
 * else from the jar, by way of a temporary file.
 */
@NullMarked
public final class StubLoader {
    /** The name jffi 1.4 gives its library on Linux, the interface version included. */
    private static final String LIBRARY = "libjffi-1.2.so";

    @SuppressWarnings("StaticAssignmentOfThrowable") // jffi asks for it after loading has been tried, once
    private static final @Nullable Throwable FAILURE = load();

    private StubLoader() {}

    /** Whether the library is there; jffi calls this by name. */
    public static boolean isLoaded() {
        return FAILURE == null;
    }

    /** Why it is not, or null; jffi calls this by name. */
    public static @Nullable Throwable getFailureCause() {
        return FAILURE;
    }

    private static @Nullable Throwable load() {
        try {
            @Nullable String directory = System.getProperty("jffi.boot.library.path");
            if (directory == null) {
                loadFromJar();
            } else {
                System.load(new File(directory, LIBRARY).getPath());
            }
            return null;
        } catch (IOException | UnsatisfiedLinkError e) {
            return e;
        }
    }

    private static void loadFromJar() throws IOException {
        String name = "/jni/" + architecture() + "-Linux/" + LIBRARY;
        try (InputStream library = StubLoader.class.getResourceAsStream(name)) {
            if (library == null) {
                throw new IOException("No " + name + " on the class path");
            }
            Path file = Files.createTempFile("jffi", ".so");
            try {
                Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
                System.load(file.toString());
            } finally {
                // Once mapped, the library needs its name no more.
                Files.delete(file);
            }
        }
    }

    private static String architecture() {
        String arch = System.getProperty("os.arch", "");
        return arch.equals("amd64") ? "x86_64" : arch;
    }
}
