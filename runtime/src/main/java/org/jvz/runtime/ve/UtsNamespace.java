package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;

/** The host name of a running VE, uts_namespaces(7). A thread that lives for one call enters the namespace; the caller stays in its own. */
final class UtsNamespace {
    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    private final Linux linux;
    private final int init;

    /** @param init host pid of the VE's init */
    UtsNamespace(Linux linux, int init) {
        this.linux = linux;
        this.init = init;
    }

    /** The name that programs inside see. */
    String hostname() throws IOException {
        return inside(null);
    }

    /** Gives it another name, at most 64 bytes. */
    void setHostname(String name) throws IOException {
        inside(name);
    }

    private String inside(@Nullable String name) throws IOException {
        try (Fd namespace = linux.open(Path.of("/proc/" + init + "/ns/uts"))) {
            Visit visit = new Visit(namespace, name);
            visit.start();
            boolean interrupted = false;
            while (visit.isAlive()) {
                try {
                    visit.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return visit.result();
        }
    }

    private final class Visit extends Thread {
        private final Fd namespace;
        private final @Nullable String name;
        private String found = "";
        private @Nullable IOException failure;

        Visit(Fd namespace, @Nullable String name) {
            super("uts of " + init);
            this.namespace = namespace;
            this.name = name;
        }

        @Override
        public void run() {
            try {
                linux.setNamespace(namespace, EnumSet.of(CloneFlag.NEWUTS));
                if (name != null) {
                    linux.setHostname(name);
                }
                found = Files.readString(HOSTNAME, StandardCharsets.ISO_8859_1).strip();
            } catch (IOException e) {
                failure = e;
            }
        }

        String result() throws IOException {
            if (failure != null) {
                throw failure;
            }
            return found;
        }
    }
}
