package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs shell scripts with the installed commands in network and mount namespaces of their own, so that nothing of the machine's network changes. */
final class PrivateNetwork {
    private PrivateNetwork() {}

    /**
     * Runs a script, which ends at the first command that fails, and returns what it prints.
     *
     * @param dir for its output
     */
    static String run(TestHost host, Path dir, String script) throws Exception {
        Path out = dir.resolve("out");
        String prelude = "set -e; mount --make-rprivate /; ip link set lo up;"
                + " ip addr add 198.51.100.1/32 dev lo; PATH=" + host.path("usr/local/sbin") + ":$PATH; ";
        Process process = new ProcessBuilder("unshare", "-nm", "sh", "-c", prelude + script)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
        String text = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
