package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The times that jvz has a budget for, each against its yardstick in the same run. {@code integration-tests/bench} runs it and shows the
 * table; a ratio beyond its budget is marked there but fails nothing, since the machine may be busy.
 */
@Tag("bench")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class BudgetBench {
    private static final String TEMPLATE = "debian-12-standard";
    private static final int QUICK = 20;
    private static final int SLOW = 10;

    private final TestHost host = TestHost.get();
    private final List<String> rows = new ArrayList<>();
    private final List<String> ratios = new ArrayList<>();
    private Path work = Path.of("/");

    @BeforeAll
    void prepare() throws Exception {
        work = Files.createTempDirectory("jvz-bench");
    }

    @Test
    void statusAndExecAgainstHello() throws Exception {
        int id = host.newId();
        host.vzctl("create", id, "--ostemplate", "tiny").run().exits(0);
        host.vzctl("start", id).run().exits(0);
        Samples hello = new Samples("JVM hello-world");
        Samples status = new Samples("vzctl status");
        Samples exec = new Samples("vzctl exec ID true");
        for (int i = -1; i < QUICK; i++) {
            Outcome helloRun = Hello.run();
            Outcome statusRun = host.vzctl("status", id).run();
            Outcome execRun = host.vzctl("exec", id, "true").run();
            // The first round only warms the page cache.
            if (i >= 0) {
                hello.add(helloRun);
                status.add(statusRun);
                exec.add(execRun);
            }
        }
        host.vzctl("stop", id, "--fast").run().exits(0);
        host.vzctl("destroy", id).run().exits(0);
        compare(status, hello, 1.8);
        compare(exec, hello, 3);
    }

    @Test
    void setAgainstHello() throws Exception {
        int id = host.newId();
        host.vzctl("create", id, "--ostemplate", "tiny").run().exits(0);
        Samples hello = new Samples("JVM hello-world beside set");
        Samples set = new Samples("vzctl set ID --save of a stopped VE");
        for (int i = -1; i < QUICK; i++) {
            Outcome helloRun = Hello.run();
            Outcome setRun = host.vzctl("set", id, "--onboot", "yes", "--numproc", 100 + i, "--save")
                    .run()
                    .exits(0);
            if (i >= 0) {
                hello.add(helloRun);
                set.add(setRun);
            }
        }
        host.vzctl("destroy", id).run().exits(0);
        compare(set, hello, 1.8);
    }

    @Test
    void listOfAThousandAgainstHello() throws Exception {
        List<Path> made = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int id = 2_000_000 + i;
            made.add(Files.writeString(
                    host.path("etc/vz/conf", id + ".conf"),
                    "HOSTNAME=\"h" + i + ".example\"\nIP_ADDRESS=\"10.0.0." + i % 250
                            + "\"\nPHYSPAGES=\"0:65536\"\nONBOOT=\"yes\"\n"));
            made.add(Files.createDirectory(host.path("vz/private", Integer.toString(id))));
        }
        Samples hello = new Samples("JVM hello-world beside vzlist");
        Samples list = new Samples("vzlist -a of 1,000 VEs");
        for (int i = -1; i < QUICK; i++) {
            Outcome helloRun = Hello.run();
            Outcome listRun = host.vzlist("-a", "-H").run().exits(0);
            if (listRun.stdout().lines().count() < 1000) {
                throw new IllegalStateException("not all VEs were listed: " + listRun);
            }
            if (i >= 0) {
                hello.add(helloRun);
                list.add(listRun);
            }
        }
        for (Path each : made) {
            Files.delete(each);
        }
        rows.add(hello.row());
        rows.add(list.row());
        ratio(list.name() + " - " + hello.name() + ", ms", list.median() - hello.median(), "at most", 120);
    }

    @Test
    void createAgainstUntar() throws Exception {
        Path archive = work.resolve("template.tar");
        // Without compression: untarring at its fastest.
        run(
                "tar",
                "-cf",
                archive.toString(),
                "--numeric-owner",
                "-C",
                rootOfTemplate().toString(),
                ".");
        Samples create = new Samples("vzctl create from " + TEMPLATE);
        Samples untar = new Samples("tar -x of the same, uncompressed");
        for (int i = 0; i < SLOW; i++) {
            Path target = Files.createDirectory(work.resolve("untarred"));
            untar.add(run("tar", "-xpf", archive.toString(), "--numeric-owner", "-C", target.toString()));
            run("rm", "-rf", target.toString());
            int id = host.newId();
            create.add(host.vzctl("create", id, "--ostemplate", TEMPLATE).run());
            host.vzctl("destroy", id).run().exits(0);
        }
        Files.delete(archive);
        rows.add(untar.row());
        rows.add(create.row());
        ratio(untar.name() + " : " + create.name(), untar.median() / create.median(), "at least", 30);
    }

    @Test
    void startAgainstLxc() throws Exception {
        int id = host.newId();
        host.vzctl("create", id, "--ostemplate", TEMPLATE).run().exits(0);
        LxcContainer lxc = LxcContainer.over(rootOfTemplate(), Files.createDirectory(work.resolve("lxc")));
        Samples ours = new Samples("vzctl start until systemd is running");
        Samples theirs = new Samples("lxc-start until systemd is running");
        for (int i = -1; i < SLOW; i++) {
            long began = System.nanoTime();
            host.vzctl("start", id).run().exits(0);
            awaitRunning(initOf(id), "-U", "-S", "0", "-G", "0");
            double our = (System.nanoTime() - began) / 1e6;
            host.vzctl("stop", id).run().exits(0);

            began = System.nanoTime();
            lxc.start();
            awaitRunning(lxc.init());
            double their = (System.nanoTime() - began) / 1e6;
            lxc.stop();
            // The first start makes host keys and the like.
            if (i >= 0) {
                ours.add(our);
                theirs.add(their);
            }
        }
        host.vzctl("destroy", id).run().exits(0);
        compare(ours, theirs, 1.3);
    }

    @AfterAll
    void show() throws Exception {
        List<String> table = new ArrayList<>();
        table.add(String.format(
                "| %-44s | %9s | %9s | %9s | %3s |", "what (milliseconds)", "median", "fastest", "slowest", "n"));
        table.add("|---|---|---|---|---|");
        rows.stream().distinct().forEach(table::add);
        table.add("");
        table.addAll(ratios);
        Files.write(TestHost.top().resolve("integration-tests/target/bench.txt"), table);
        run("rm", "-rf", work.toString());
    }

    private void compare(Samples ours, Samples yardstick, double budget) {
        rows.add(yardstick.row());
        rows.add(ours.row());
        ratio(ours.name() + " : " + yardstick.name(), ours.median() / yardstick.median(), "at most", budget);
    }

    private void ratio(String what, double ratio, String bound, double budget) {
        boolean kept = bound.equals("at most") ? ratio <= budget : ratio >= budget;
        ratios.add(String.format(
                Locale.ROOT, "%s %s = %.2f (%s %.1f)", kept ? "ok  " : "OVER", what, ratio, bound, budget));
    }

    private static Outcome run(String... command) throws IOException, InterruptedException {
        return new VzctlProcess(Path.of(command[0]), List.of(command).subList(1, command.length))
                .run()
                .exits(0);
    }

    /** Where the template lies unpacked. */
    private Path rootOfTemplate() throws IOException {
        try (Stream<Path> entries = Files.list(host.path("vz/template/store"))) {
            return entries.map(entry -> entry.resolve("rootfs"))
                    .filter(root -> Files.exists(root.resolve("usr/bin/systemctl")))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("No template with systemd is unpacked"));
        }
    }

    private String initOf(int id) throws IOException {
        return Files.readString(host.path("var/lib/vzctl/vepid", Integer.toString(id)))
                .strip();
    }

    /** Asks the VE's systemd, the same way whoever started it: by a process in its namespaces. */
    private static void awaitRunning(String init, String... namespaces) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("-t", init, "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w"));
        words.addAll(List.of(namespaces));
        words.addAll(List.of("/usr/bin/systemctl", "is-system-running", "--wait"));
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            Outcome answer = new VzctlProcess(Path.of("/usr/bin/nsenter"), words).run();
            String state = answer.stdout().strip();
            if (state.equals("running")) {
                return;
            }
            if (state.equals("degraded") || System.nanoTime() > deadline) {
                throw new IllegalStateException("systemd does not get to running: " + answer);
            }
        }
    }
}
