package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beancounters of a running VE by the installed commands: vzubc, vzproc and the columns of vzlist. */
@EndToEnd
final class AccountingTest {
    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    private void start() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
        host.vzctl("set", id, "--ram", "32M", "--swap", "0", "--numproc", "40", "--save")
                .run()
                .succeeds();
        host.vzctl("start", id).run().succeeds();
    }

    private void end() throws Exception {
        host.vzctl("stop", id, "--fast").run().succeeds();
        host.vzctl("destroy", id).run().succeeds();
    }

    private List<String> columns(String fields) throws Exception {
        Outcome list = host.vzlist("-H", "-o", fields, id).run().succeeds();
        return List.of(list.stdout().strip().split(" +"));
    }

    @Test
    @Tag("vm")
    @Tag("long")
    void whatIsRefusedIsSeenByEveryTool() throws Exception {
        start();
        assertThat(columns("physpages.l,physpages.b,swappages.l,numproc.l,oomguarpages.f,numproc.f,kmemsize.l"))
                .containsExactly("8192", "0", "0", "40", "0", "0", "9223372036854775807");

        host.vzctl("exec2", id, "i=0; while [ $i -lt 60 ]; do sleep 2 & i=$((i+1)); done")
                .run();
        host.vzctl("exec", id, "tail /dev/zero").run().exits(8);
        List<String> after = columns("physpages.m,oomguarpages.f,physpages.f,numproc.f,numproc.m");
        assertThat(Long.parseLong(after.get(0))).isBetween(8192L * 98 / 100, 8192L);
        assertThat(Long.parseLong(after.get(1))).isPositive();
        assertThat(Long.parseLong(after.get(2))).isPositive();
        assertThat(Long.parseLong(after.get(3))).isPositive();

        host.vzproc("refresh").run().succeeds().prints();
        String own = Files.readString(host.path("run/jvz/proc/bc", Integer.toString(id), "resources"));
        assertThat(own.lines().filter(line -> line.startsWith("            oomguarpages ")))
                .hasSize(1)
                .allMatch(line -> line.endsWith(" " + after.get(1)));
        Outcome all = host.vzproc("show").run().succeeds();
        assertThat(all.stdout())
                .startsWith("Version: 2.5\n")
                .contains(String.format("\n%10d: kmemsize ", id), "\n         0: kmemsize ", " dummy ");
        assertThat(host.path("run/jvz/proc/user_beancounters")).hasContent(all.stdout());

        Outcome table = host.vzubc("-q", id).run().succeeds();
        assertThat(table.stdout())
                .contains(String.format("\nCT %-10d| HELD Bar%% Lim%%| MAXH Bar%% Lim%%| BAR | LIM | FAIL\n", id))
                .containsPattern("\n      numproc\\|.*\\|  40 \\|  40 \\| +[0-9.]+K? ?\n")
                .containsPattern("\n    physpages\\|.*\\|  32M\\| +[1-9][0-9]* \n");
        end();
        assertThat(host.path("run/jvz/proc/bc", Integer.toString(id))).doesNotExist();
    }

    @Test
    void copiesAreRead(@TempDir Path dir) throws Exception {
        start();
        Path copy = Files.writeString(
                dir.resolve("ubc"),
                host.vzproc("show", "bc/resources").run().succeeds().stdout());
        String table = host.vzubc("-f", copy, id).run().succeeds().stdout();
        assertThat(table).contains("physpages|", "|  32M|");
        host.vzubc("-f", "-", id).input(Files.readString(copy)).run().succeeds().prints(table.split("\n"));
        Files.writeString(copy, Files.readString(copy).replace("2.5", "3.0"));
        host.vzubc("-f", copy).run().exits(1).complains("Error: unknown version: 3.0");
        end();
    }

    @Test
    void pressureIsAFieldForThoseWhoAskForIt() throws Exception {
        start();
        Outcome json =
                host.vzlist("-j", "-o", "ctid,psi_cpu,psi_mem,psi_io", id).run().succeeds();
        assertThat(json.stdout())
                .containsPattern("\"psi_mem\": \\{\n {6}\"some\": \\{\"avg10\": [0-9]+\\.[0-9]{2}, \"avg60\": ")
                .contains("\"psi_cpu\": {", "\"psi_io\": {", "\"full\": {");
        assertThat(columns("psi_cpu,psi_mem,psi_io")).allMatch(value -> value.matches("[0-9]+\\.[0-9]{2}"));
        assertThat(host.vzlist("-j", id).run().succeeds().stdout())
                .doesNotContain("psi_")
                .contains("\"numfile\": {\n      \"held\": ");
        end();
    }
}
