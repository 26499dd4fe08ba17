package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jvz.runtime.linux.Arch;

/** {@code probe.pl} in a VE: system calls made by a program of its own, so that everything that binds its processes counts. */
final class Probe {
    private final TinyHost tiny;

    private Probe(TinyHost tiny) {
        this.tiny = tiny;
    }

    /** Whether this host can give VEs one: it has a perl, and the probe knows the numbers of its system calls. */
    static boolean possible() {
        return Arch.host() == Arch.X86_64 && Files.isExecutable(TinyHost.PERL);
    }

    /** Puts it into the template of a host, for VEs made from now on. */
    static Probe install(TinyHost tiny) throws IOException {
        tiny.addPerl();
        try (InputStream probe = Probe.class.getResourceAsStream("/escapes/probe.pl")) {
            Files.copy(Objects.requireNonNull(probe), tiny.template().resolve("probe.pl"));
        }
        return new Probe(tiny);
    }

    /** What it prints. */
    String run(String arguments) throws IOException {
        return tiny.sh("cd /; perl /probe.pl " + arguments);
    }

    /** What became of each try, by its name: {@code done}, or the name of the error. */
    Map<String, String> tries(String arguments) throws IOException {
        return results(run(arguments));
    }

    /** The same of one that goes on: begins it, and waits until it has tried all. What it prints is in a file of the VE. */
    Map<String, String> triesOfOneThatStays(String arguments) throws IOException {
        tiny.sh("cd /; setsid perl /probe.pl " + arguments + " >/root/tries 2>&1 </dev/null &");
        long end = System.nanoTime() + 60_000_000_000L;
        String output = "";
        while (!output.endsWith("\nend: done\n")) {
            assertThat(System.nanoTime()).as(output).isLessThan(end);
            LockSupport.parkNanos(50_000_000);
            output = tiny.sh("cat /root/tries");
        }
        return results(output);
    }

    private static Map<String, String> results(String output) {
        Map<String, String> results = new LinkedHashMap<>();
        for (String line : output.split("\n", -1)) {
            int colon = line.lastIndexOf(": ");
            if (colon > 0) {
                results.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        assertThat(results).as(output).isNotEmpty();
        return results;
    }
}
