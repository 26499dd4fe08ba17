package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The host that rows of the contract share. Its VEs are variables of the rows' commands: {@code $running}, {@code $stopped} (with the name
 * {@code contract}), {@code $mounted}, {@code $frozen}, {@code $bare} (a configuration without a private area) and {@code $none} (an id that
 * nobody has). {@code $HOST} is the directory that stands for {@code /}. A row leaves them as it finds them.
 */
final class ContractHost {
    private static final long PATIENCE_MILLIS = 5_000;

    private final TestHost host = TestHost.get();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Pattern variable;

    /** Holds the network namespace in which the commands run, so that nothing of the machine's network changes. */
    private @Nullable Process network;

    ContractHost() {
        for (String name : List.of("running", "stopped", "mounted", "frozen", "bare", "none")) {
            variables.put(name, String.valueOf(host.newId()));
        }
        variables.put("HOST", host.dir().toString());
        variable = Pattern.compile("\\$(" + String.join("|", variables.keySet()) + ")\\b");
    }

    /** What the rows find. */
    void make() throws IOException, InterruptedException {
        network = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo there; exec sleep infinity").start();
        // Its first word says that the namespace is there.
        network.getInputStream().read();
        shell("ip link set lo up && ip addr add 198.51.100.1/32 dev lo").succeeds();
        for (String name : List.of("running", "stopped", "mounted", "frozen", "bare")) {
            host.vzctl("create", expand("$" + name), "--ostemplate", "tiny", "--hostname", name + ".example")
                    .run()
                    .succeeds();
        }
        shell("vzctl set $stopped --name contract --save && rm -r $HOST/vz/private/$bare"
                        + " && mkdir -p $HOST/vz/root/$stopped $HOST/vz/root/$mounted $HOST/vz/dump $HOST/run/jvz/proc")
                .exits(0);
        mend();
    }

    /** Brings the VEs back to where they should be, whatever a failed row has done to them. */
    void mend() throws IOException, InterruptedException {
        shell(
                "vzctl stop $stopped --fast; vzctl umount $stopped; vzctl stop $none --fast; vzctl umount $none; vzctl destroy $none; rm -f $HOST/etc/vz/conf/$none.conf.destroyed");
        for (String name : List.of("running", "frozen")) {
            shell("vzctl chkpnt $" + name + " --resume; vzctl start $" + name + " --wait");
        }
        shell("vzctl mount $mounted; vzctl chkpnt $frozen --suspend");
    }

    /** Ends them all. */
    void end() throws IOException, InterruptedException {
        shell("vzctl chkpnt $frozen --resume; vzctl umount $mounted"
                + "; for id in $running $frozen; do vzctl stop $id --fast; done"
                + "; for id in $running $stopped $mounted $frozen $bare; do vzctl destroy $id; done"
                + "; rm -f $HOST/etc/vz/conf/[0-9]*.destroyed");
        if (network != null) {
            shell("ip -o link | grep -v ': lo: ' || true").prints();
            network.destroyForcibly().waitFor();
            assertThat(host.path("var/lib/jvz/net/settings")).doesNotExist();
        }
    }

    /** Has bash run this line, with the installed commands first in PATH. */
    Outcome shell(String line) throws IOException, InterruptedException {
        Map<String, String> environment = new LinkedHashMap<>(variables);
        environment.put("PATH", host.path("usr/local/sbin") + ":" + System.getenv("PATH"));
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("TERM", "dumb");
        String pid = String.valueOf(network == null ? ProcessHandle.current().pid() : network.pid());
        return new VzctlProcess(Path.of("/usr/bin/nsenter"), List.of("-t", pid, "--net", "bash", "-c", line))
                .environment(environment)
                .run();
    }

    /** A line with the values of its variables; other words with a dollar stay. */
    String expand(String line) {
        Matcher matcher = variable.matcher(line);
        return matcher.replaceAll(found -> Matcher.quoteReplacement(variables.getOrDefault(found.group(1), "")));
    }

    /** Gives a VE's configuration a line, {@code $VE KEY="VALUE"}, in the place of one with that key. */
    void give(String given) throws IOException {
        String text = expand(given);
        int blank = text.indexOf(' ');
        String line = text.substring(blank + 1);
        String key = line.substring(0, line.indexOf('=') + 1);
        Path file = host.path("etc/vz/conf", text.substring(0, blank) + ".conf");
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        if (lines.stream().anyMatch(each -> each.startsWith(key))) {
            lines.replaceAll(each -> each.startsWith(key) ? line : each);
        } else {
            lines.add(line);
        }
        Files.write(file, lines);
    }

    /** Every file below /etc/vz/conf and /etc/vz/names by its name, links by where they lead to. */
    Map<String, String> conf() throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String dir : List.of("conf", "names")) {
            try (Stream<Path> entries = Files.list(host.path("etc/vz", dir))) {
                for (Path file : entries.toList()) {
                    String name = host.path("etc/vz").relativize(file).toString();
                    files.put(name, text(file));
                }
            }
        }
        Path global = host.path("etc/vz/vz.conf");
        if (Files.exists(global)) {
            files.put("vz.conf", text(global));
        }
        return files;
    }

    private static String text(Path file) throws IOException {
        return Files.isSymbolicLink(file)
                ? "-> " + Files.readSymbolicLink(file)
                : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    /** Gives files of {@link #conf()} their former content again; those that are new stay, for a row to remove. */
    void restore(Map<String, String> former) throws IOException {
        for (Map.Entry<String, String> file : former.entrySet()) {
            Path path = host.path("etc/vz", file.getKey());
            boolean link = file.getValue().startsWith("-> ");
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || !text(path).equals(file.getValue())) {
                Files.deleteIfExists(path);
                if (link) {
                    Files.createSymbolicLink(path, Path.of(file.getValue().substring(3)));
                } else {
                    Files.writeString(path, file.getValue(), StandardCharsets.ISO_8859_1);
                }
            }
        }
    }

    /** How two states of {@link #conf()} differ, as a row's {@code conf} says it. */
    static List<String> changes(Map<String, String> before, Map<String, String> after) {
        List<String> changes = new ArrayList<>();
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            if (!after.containsKey(name)) {
                changes.add("-file " + name);
            } else if (!before.containsKey(name)) {
                changes.add("+file " + name);
            } else {
                List<String> former =
                        new ArrayList<>(before.getOrDefault(name, "").lines().toList());
                List<String> now =
                        new ArrayList<>(after.getOrDefault(name, "").lines().toList());
                List<String> gone = new ArrayList<>(former);
                now.forEach(gone::remove);
                former.forEach(now::remove);
                gone.forEach(line -> changes.add("-" + line));
                now.forEach(line -> changes.add("+" + line));
            }
        }
        return changes;
    }

    /** What is on the host, without what differs between two starts of the same VE. */
    Set<String> state() throws IOException {
        Set<String> state = new TreeSet<>();
        for (String line : HostSnapshot.of(host).lines()) {
            boolean deep = line.contains(" " + host.path("vz/private") + "/")
                    && line.indexOf('/', line.indexOf("/vz/private/") + "/vz/private/".length()) >= 0;
            // These live as long as some VE that has, or had, an address; and until the next refresh.
            boolean settings = line.contains(host.path("var/lib/jvz/net").toString())
                    || line.contains(host.path("run/jvz/proc/").toString())
                    // Kept until a VE is destroyed; ConsoleTest sees to that.
                    || line.contains(host.path("run/jvz/console/").toString());
            if (!deep && !settings && !line.startsWith("file " + host.path("etc/vz"))) {
                state.add(line.replaceFirst("^process \\d+", "process").replaceFirst(" #\\d+$", ""));
            }
        }
        return state;
    }

    /** Waits until the host is as it was, and says what still differs. */
    List<String> differences(Set<String> before) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (true) {
            Set<String> now = state();
            List<String> differences = new ArrayList<>();
            before.stream().filter(line -> !now.contains(line)).forEach(line -> differences.add("- " + line));
            now.stream().filter(line -> !before.contains(line)).forEach(line -> differences.add("+ " + line));
            if (differences.isEmpty() || System.nanoTime() > deadline) {
                return differences;
            }
            Thread.sleep(50);
        }
    }
}
