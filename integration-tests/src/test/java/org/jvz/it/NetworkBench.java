package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHostExtension;

/**
 * What VEs' addresses cost, on a host with an uplink in namespaces of its own, 192.0.2.1 and 10.9.0.0/16: a start with an address against one without, traffic
 * against a plain veth pair that is routed the same way, many VEs, many addresses. Leaves its lines in {@code target/bench-network.txt}.
 */
@Tag("bench")
@ExtendWith(PrivateHostExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class NetworkBench {
    private static final int STARTS = Integer.getInteger("ve.starts", 40);
    private static final int PAIRS = Integer.getInteger("ve.pairs", 10);
    private static final int MANY = 200;
    private static final int TURNS = 20_000;
    private static final Pattern BITS =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.e+]+)");

    /** Sends each byte back. */
    private static final String ECHO =
            """
            socket(S, 2, 1, 0) and setsockopt(S, 1, 2, 1) and bind(S, pack("S n N x8", 2, 7, 0)) and listen(S, 1) or die $!;
            while (accept(C, S)) {
                setsockopt(C, 6, 1, 1);
                while (sysread(C, $b, 1)) { syswrite(C, $b) }
            }
            """;

    /** Prints how many microseconds a byte takes there and back. */
    private static final String ASK =
            """
            use Time::HiRes "time";
            for (1 .. 100) {
                socket(S, 2, 1, 0);
                last if $ok = connect(S, pack("S n C4 x8", 2, 7, split(/\\./, $ARGV[0])));
                select(undef, undef, undef, 0.1);
            }
            $ok or die $!;
            setsockopt(S, 6, 1, 1);
            $from = time;
            for (1 .. $ARGV[1]) { syswrite(S, "x"); sysread(S, $b, 1) or die }
            printf("%.3f\\n", (time - $from) / $ARGV[1] * 1e6);
            """;

    private final TestHost host = TestHost.get();
    private final List<String> rows = new ArrayList<>();
    private final List<Integer> ids = new ArrayList<>();

    private NetHost net;
    private NetHost neighbour;
    private Process resident;

    @BeforeEach
    void makeHost() throws Exception {
        net = NetHost.here();
        neighbour = NetHost.create();
        resident = neighbour.resident();
        net.run("ip link set lo up");
        net.run("ip link add lan0 type veth peer name eth0 netns " + resident.pid());
        net.run("ip link set lan0 up");
        net.run("ip addr add 192.0.2.1/24 dev lan0");
        net.run("ip addr add 10.9.255.254/16 dev lan0");
        neighbour.run("ip link set eth0 up");
        neighbour.run("ip addr add 192.0.2.2/24 dev eth0");
    }

    @AfterEach
    void endVes() throws Exception {
        resident.destroyForcibly();
        resident.waitFor();
        neighbour.close();
        net.close();
        WarmVes ves = new WarmVes(host);
        for (int id : ids) {
            ves.end(id);
        }
        ids.clear();
    }

    private int create(WarmVes ves, String addresses) throws IOException {
        int id = ves.create("IP_ADDRESS", addresses);
        ids.add(id);
        return id;
    }

    @Test
    void anAddressAtAWarmStart() throws Exception {
        WarmVes ves = new WarmVes(host);
        int bare = create(ves, "");
        int addressed = create(ves, "192.0.2.10");
        // On a node one is seldom the only one: the first and the last change the host's settings.
        ves.start(create(ves, "192.0.2.11"));
        Samples without = new Samples("start of tiny, no address");
        Samples with = new Samples("start of tiny, one address");
        for (int i = -10; i < STARTS; i++) {
            for (int turn = 0; turn < 2; turn++) {
                boolean first = (i + turn) % 2 == 0;
                double time = ves.start(first ? bare : addressed);
                ves.stop(first ? bare : addressed);
                if (i >= 0) {
                    (first ? without : with).add(time);
                }
            }
        }
        row(
                with.median() - without.median(),
                4,
                "Warm start of tiny, medians: %.2f ms without an address, %.2f with one; the fastest %.2f and %.2f; more, in ms",
                without.median(),
                with.median(),
                without.least(),
                with.least());
    }

    @Test
    void trafficAgainstAPlainPair() throws Exception {
        WarmVes ves = new WarmVes(host);
        int id = create(ves, "10.0.0.10");
        ves.start(id);
        copyPrograms(id);
        List<Process> servers = new ArrayList<>();
        try (NetHost plain = NetHost.create()) {
            Process pair = plain.resident();
            servers.add(pair);
            net.run("ip link add plain0 type veth peer name eth0 netns " + pair.pid());
            net.run("ip link set plain0 up");
            plain.run("ip link set eth0 up");
            plain.run("ip addr add 10.0.0.20/32 dev eth0");
            plain.run("ip route add default dev eth0");
            net.run("ip route add 10.0.0.20/32 dev plain0");
            String vzctl = host.path("usr/local/sbin/vzctl").toString();
            List<String> inVe = List.of(vzctl, "exec2", Integer.toString(id));
            List<String> inPlain = List.of("nsenter", "--net=/proc/" + pair.pid() + "/ns/net", "sh", "-c");
            for (List<String> place : List.of(inVe, inPlain)) {
                servers.add(server(place, "exec iperf3 -s"));
                servers.add(server(place, "exec perl -e '" + ECHO + "'"));
            }
            Samples[] there = {new Samples("plain"), new Samples("VE")};
            Samples[] back = {new Samples("plain"), new Samples("VE")};
            Samples[] delay = {new Samples("plain"), new Samples("VE")};
            for (int i = -1; i < PAIRS; i++) {
                for (int turn = 0; turn < 2; turn++) {
                    int which = Math.floorMod(i + turn, 2);
                    String address = which == 0 ? "10.0.0.20" : "10.0.0.10";
                    double microseconds = Double.parseDouble(output("perl", "-e", ASK, address, Integer.toString(TURNS))
                            .strip());
                    double to = megabits(address);
                    double from = megabits(address, "-R");
                    if (i >= 0) {
                        delay[which].add(microseconds);
                        there[which].add(to);
                        back[which].add(from);
                    }
                }
            }
            ratio("Mbit/s from host to VE", there, "at least", 0.95);
            ratio("Mbit/s from VE to host", back, "at least", 0.95);
            ratio("microseconds of a byte there and back", delay, "at most", 1.1);
        } finally {
            for (Process each : servers) {
                each.destroy();
                each.waitFor();
            }
        }
    }

    /** The host's own programs, with what they are linked with. */
    private void copyPrograms(int id) throws Exception {
        String script =
                "tar -C / -ch $(for p in /usr/bin/iperf3 /usr/bin/perl; do echo $p; ldd $p | grep -o '/[^ ]*'; done | sort -u)"
                        + " 2>/dev/null | " + host.path("usr/local/sbin/vzctl") + " exec2 " + id + " tar -C / -x";
        output("sh", "-c", script);
    }

    private static Process server(List<String> place, String command) throws IOException {
        List<String> words = new ArrayList<>(place);
        words.add(command);
        return new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static double megabits(String address, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("-c", address, "-t", "1", "-O", "0.2", "-J"));
        words.addAll(List.of(more));
        Matcher found = BITS.matcher(output("iperf3", words.toArray(new String[0])));
        if (!found.find()) {
            throw new IOException("iperf3 tells no bits_per_second");
        }
        return Double.parseDouble(found.group(1)) / 1e6;
    }

    private static String output(String program, String... words) throws Exception {
        return new VzctlProcess(Path.of(program), List.of(words)).run().exits(0).stdout();
    }

    @Test
    void twoHundredVes() throws Exception {
        WarmVes ves = new WarmVes(host);
        Samples first = new Samples("first");
        Samples last = new Samples("last");
        for (int i = 0; i < MANY + 20; i++) {
            create(ves, "10.9.1." + (i + 1));
        }
        for (int i = 0; i < MANY + 20; i++) {
            double time = ves.start(ids.get(i));
            // The JVM is warm after some.
            if (i >= 20 && i < 70) {
                first.add(time);
            } else if (i >= MANY - 30) {
                last.add(time);
            }
        }
        row(
                last.median() / first.median(),
                1.25,
                "Warm starts with an address, medians of 50: %.2f ms after 20 VEs, %.2f ms after %.0f; ratio",
                first.median(),
                last.median(),
                MANY - 30.0);
        Samples set = new Samples("vzctl set");
        for (int i = 0; i < 10; i++) {
            set.add(host.vzctl("set", ids.get(i), "--ipadd", "10.9.2." + (i + 1))
                    .run());
        }
        row(set.median() / 1000, 1, "vzctl set --ipadd of one of %.0f VEs, in s", (double) MANY);
    }

    @Test
    void fiveHundredAddresses() throws Exception {
        WarmVes ves = new WarmVes(host);
        int id = create(ves, addresses(4, 500));
        int other = create(ves, "10.9.1.1");
        ves.start(other);
        List<Double> starts = new ArrayList<>();
        List<Double> adds = new ArrayList<>();
        List<Double> one = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            starts.add(ves.start(id));
            one.add(ves.set(id, "ipadd", "10.9.1.2"));
            ves.stop(id);
            adds.add(ves.set(other, "ipadd", addresses(4, 500)));
            ves.set(other, "ipdel", addresses(4, 500));
        }
        rows.add(String.format(
                Locale.ROOT,
                "500 addresses on one VE, warm, ms: start %s; added live %s; one more %s",
                text(starts),
                text(adds),
                text(one)));
    }

    private static String text(List<Double> times) {
        List<String> words = new ArrayList<>();
        times.forEach(each -> words.add(String.format(Locale.ROOT, "%.0f", each)));
        return String.join(", ", words);
    }

    private static String addresses(int third, int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add("10.9." + (third + i / 250) + "." + (i % 250 + 1));
        }
        return String.join(" ", all);
    }

    @Test
    void listOfAThousandAddresses() throws Exception {
        List<Path> made = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int id = 2_000_000 + i;
            made.add(Files.writeString(
                    host.path("etc/vz/conf", id + ".conf"),
                    "HOSTNAME=\"h" + i + ".example\"\nIP_ADDRESS=\"" + addresses(i, 10)
                            + "\"\nPHYSPAGES=\"0:65536\"\n"));
            made.add(Files.createDirectory(host.path("vz/private", Integer.toString(id))));
        }
        Samples hello = new Samples("JVM hello-world");
        Samples list = new Samples("vzlist");
        for (int i = -1; i < 20; i++) {
            Outcome helloRun = Hello.run();
            Outcome listRun = host.vzlist("-a", "-H", "-o", "ctid,ip").run().exits(0);
            if (listRun.stdout().split("10\\.9\\.", -1).length != 1001) {
                throw new IllegalStateException("not all addresses were listed: " + listRun);
            }
            if (i >= 0) {
                hello.add(helloRun);
                list.add(listRun);
            }
        }
        for (Path each : made) {
            Files.delete(each);
        }
        row(
                list.median() - hello.median(),
                50,
                "vzlist -a of 100 VEs with 10 addresses each %.0f ms, JVM hello-world %.0f; more, in ms",
                list.median(),
                hello.median());
    }

    private void row(double value, double most, String format, Object... numbers) {
        rows.add(String.format(
                Locale.ROOT,
                "%s %s = %.2f (at most %s)",
                value <= most ? "ok  " : "OVER",
                String.format(Locale.ROOT, format, numbers),
                value,
                most));
    }

    private void ratio(String what, Samples[] both, String bound, double budget) {
        double ratio = both[1].median() / both[0].median();
        boolean kept = bound.equals("at most") ? ratio <= budget : ratio >= budget;
        rows.add(String.format(
                Locale.ROOT,
                "%s %s, medians: plain veth pair %.1f, VE %.1f; ratio = %.3f (%s %s)",
                kept ? "ok  " : "OVER",
                what,
                both[0].median(),
                both[1].median(),
                ratio,
                bound,
                budget));
    }

    @AfterAll
    void show() throws IOException {
        Files.write(TestHost.top().resolve("integration-tests/target/bench-network.txt"), rows);
    }
}
