package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole life of a VE says nothing on standard error, whatever the caller's environment and streams are. */
@EndToEnd
final class QuietLifeTest {
    private static final List<Map<String, String>> SURROUNDINGS = List.of(
            Map.of("JAVA_TOOL_OPTIONS", "-Xmx1k", "TERM", "", "LANG", "C"),
            Map.of(
                    "_JAVA_OPTIONS",
                    "-version",
                    "TERM",
                    "nonsense",
                    "LANG",
                    "de_DE.ISO-8859-1",
                    "TMPDIR",
                    "/nonexistent"),
            Map.of("JDK_JAVA_OPTIONS", "@/nonexistent", "LC_ALL", "tlh_KX", "COLUMNS", "-3", "TZ", "Nowhere/At_All"));

    private final TestHost host = TestHost.get();

    @ParameterizedTest
    @CsvSource({"0,''", "1,<&-", "2,</dev/full >/dev/full", "0,<&- >&-"})
    void fromCreationToDestruction(int surroundings, String streams) throws Exception {
        int id = host.newId();
        for (String command : List.of(
                "vzctl create @ --ostemplate tiny --description größe",
                "vzctl start @ --wait",
                "vzctl exec @ true",
                "vzctl set @ --ram 128M --numproc 80 --onboot no --save",
                "vzctl chkpnt @ --suspend",
                "vzctl chkpnt @ --resume",
                "vzlist -a @",
                "vzctl quotaon @",
                "vzctl restart @ --wait",
                "vzctl stop @",
                "vzctl mount @",
                "vzctl umount @",
                "vzctl destroy @")) {
            String line = command.replace("@", Integer.toString(id));
            Outcome outcome = new VzctlProcess(
                            Path.of("/bin/sh"),
                            List.of("-c", "exec " + host.path("usr/local/sbin") + "/" + line + " " + streams))
                    .environment(SURROUNDINGS.get(surroundings))
                    .run();
            outcome.exits(0);
            assertThat(outcome.stderr()).as(line).isEmpty();
        }
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }
}
