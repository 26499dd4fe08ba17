package org.jvz.runtime.ve;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.WaitStatus;

/**
 * Scripts that the administrator has in /etc/vz/dists for the guests of a distribution, in OpenVZ's form. What its configuration there names
 * a script for is done by that script; all else, and everything where there is no configuration, by jvz itself. See docs/adr/0033.
 */
final class DistScripts {
    /** What there may be a script for, by the names in a configuration. */
    enum Action {
        ADD_IP(
                VzError.CANT_ADD_IP,
                "Inside: write addresses into its network files. IP_ADDR, VE_STATE (starting or running), IPDELALL, IPV6."),
        DEL_IP(VzError.CANT_ADD_IP, "Inside: take addresses out of them. The same variables."),
        SET_HOSTNAME(VzError.BAD_HOSTNAME, "Inside: write the host name. HOSTNM."),
        SET_DNS(VzError.BAD_NAMESERVER, "Inside: write name servers. NAMESERVER, SEARCHDOMAIN."),
        SET_USERPASS(VzError.CHANGE_PASSWORD, "Inside: set a password. USERPW, which is USER:PASSWORD."),
        SET_UGID_QUOTA(VzError.SET_USER_QUOTA, "Inside: set up quotas of users. UGIDLIMIT."),
        POST_CREATE(
                VzError.ACTION_SCRIPT, "On the host, while it is created: prepare the fresh private area. VE_ROOT."),
        PRE_START(
                VzError.ACTION_SCRIPT,
                "On the host, at a start: prepare the mounted root. VE_ROOT, VZ_KERNEL, USERNS."),
        SET_CONSOLE(VzError.ACTION_SCRIPT, "Inside: set up the terminals. START.");

        private final VzError error;
        private final String help;

        Action(VzError error, String help) {
            this.error = error;
            this.help = help;
        }

        /** Where it runs, what it is to do, and the variables it gets. */
        String help() {
            return help;
        }

        /** The exit status that tells of its failure. */
        VzError error() {
            return error;
        }
    }

    private static final String DEFAULT = "default";
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path dir;
    private final @Nullable ConfFile conf;

    private DistScripts(Path dir, @Nullable ConfFile conf) {
        this.dir = dir;
        this.conf = conf;
    }

    /**
     * Those for a VE, by its OSTEMPLATE.
     *
     * @throws VeException with {@link VzError#NO_DISTRIBUTION_CONFIG} if the configuration that is there cannot be read
     */
    static DistScripts of(HostPaths paths, VeConf conf) {
        Path dir = paths.distsDir();
        Path file = find(dir, conf.file().get("OSTEMPLATE"));
        try {
            return new DistScripts(dir, file == null ? null : ConfFile.read(file));
        } catch (IOException e) {
            throw new VeException(VzError.NO_DISTRIBUTION_CONFIG, "Unable to read " + file, e);
        }
    }

    /** {@code debian-12-x86_64.conf}, {@code debian-12.conf}, {@code debian.conf}, then {@code default}; null if there is none. */
    private static @Nullable Path find(Path dir, @Nullable String ostemplate) {
        String name = ostemplate == null ? "" : ostemplate.substring(ostemplate.lastIndexOf('/') + 1);
        while (!name.isEmpty()) {
            Path file = dir.resolve(name + ".conf");
            if (Files.isRegularFile(file)) {
                return file;
            }
            int dash = name.lastIndexOf('-');
            name = dash < 0 ? "" : name.substring(0, dash);
        }
        Path last = dir.resolve(DEFAULT);
        return Files.isRegularFile(last) ? last : null;
    }

    /** Whether a script does this. */
    boolean has(Action action) {
        String name = conf == null ? null : conf.get(action.name());
        return name != null && !name.isEmpty();
    }

    /**
     * What a shell is to read: variables, {@code functions} and the script.
     *
     * @throws VeException with {@link VzError#NO_DISTRIBUTION_SCRIPT} if there is no such file
     */
    String text(Action action, Map<String, String> variables) throws IOException {
        StringBuilder text = new StringBuilder();
        variables.forEach((name, value) -> text.append("export ")
                .append(name)
                .append('=')
                .append(Passwords.quoted(value))
                .append('\n'));
        Path scripts = dir.resolve("scripts");
        Path functions = scripts.resolve("functions");
        if (Files.isRegularFile(functions)) {
            text.append(read(functions)).append('\n');
        }
        String name = conf == null ? null : conf.get(action.name());
        if (name == null) {
            throw new IllegalStateException("no script for " + action);
        }
        Path script = scripts.resolve(name);
        try {
            return text.append(read(script)).toString();
        } catch (NoSuchFileException e) {
            throw new VeException(VzError.NO_DISTRIBUTION_SCRIPT, "Action script " + script + " not found", e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /**
     * Has the VE's shell do it.
     *
     * @throws VeException with the action's status if the script does not end with 0
     */
    void runInside(VeHost host, RunningVe ve, Action action, Map<String, String> variables) throws IOException {
        byte[] text = text(action, variables).getBytes(StandardCharsets.ISO_8859_1);
        check(action, new InsideScript(host).feed(ve, text, action + " script").shellStatus());
    }

    private static void check(Action action, int status) {
        if (status != 0) {
            throw new VeException(action.error(), "The " + action + " script ended with status " + status);
        }
    }

    /** The same by the host's shell. */
    void runOnHost(Action action, Map<String, String> variables) throws IOException {
        String shell = Files.isExecutable(Path.of("/bin/bash")) ? "/bin/bash" : "/bin/sh";
        ProcessBuilder builder = new ProcessBuilder(List.of(shell))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(Map.of("HOME", "/", "TERM", "linux", "PATH", PATH));
        byte[] text = text(action, variables).getBytes(StandardCharsets.ISO_8859_1);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(text);
        } catch (IOException ended) {
            // It ended before the end of its script, as "exit" does.
        }
        try {
            check(action, process.waitFor());
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the " + action + " script ran");
        }
    }

    /** What runs inside a VE that starts, before its init, each with its variables. */
    Map<Action, Map<String, String>> atStart(VeConf ve) throws IOException {
        Map<Action, Map<String, String>> all = new LinkedHashMap<>();
        if (conf == null) {
            return all;
        }
        List<VeAddress> addresses = ve.get(ConfKey.IP_ADDRESS).orElse(List.of());
        if (!addresses.isEmpty()) {
            put(all, Action.ADD_IP, addresses(ve, "starting", addresses, true));
        }
        String hostname = ve.file().get("HOSTNAME");
        if (hostname != null && !hostname.isEmpty()) {
            put(all, Action.SET_HOSTNAME, hostname(hostname));
        }
        Map<String, String> dns = dns(ve);
        if (!dns.isEmpty()) {
            put(all, Action.SET_DNS, dns);
        }
        String users = ve.text("QUOTAUGIDLIMIT");
        if (users != null && !users.equals("0")) {
            put(all, Action.SET_UGID_QUOTA, Map.of("UGIDLIMIT", users));
        }
        put(all, Action.SET_CONSOLE, Map.of("START", "yes"));
        return all;
    }

    private void put(Map<Action, Map<String, String>> all, Action action, Map<String, String> variables) {
        if (has(action)) {
            all.put(action, variables);
        }
    }

    /** @param all whether the guest is to forget all that it had */
    static Map<String, String> addresses(VeConf ve, String state, List<VeAddress> addresses, boolean all)
            throws IOException {
        StringBuilder words = new StringBuilder();
        for (VeAddress each : addresses) {
            words.append(words.length() == 0 ? "" : " ").append(each);
        }
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("VE_STATE", state);
        variables.put("IP_ADDR", words.toString());
        variables.put("IPV6", "no".equals(ve.global().text(VzKey.IPV6)) ? "no" : "yes");
        if (all) {
            variables.put("IPDELALL", "yes");
        }
        return variables;
    }

    static Map<String, String> hostname(String hostname) {
        return Map.of("HOSTNM", hostname);
    }

    /** Empty if the VE has neither name servers nor domains. */
    static Map<String, String> dns(VeConf ve) throws IOException {
        HostResolver host = new HostResolver();
        Map<String, String> variables = new LinkedHashMap<>();
        List<String> servers = host.servers(ve.get(ConfKey.NAMESERVER).orElse(List.of()));
        List<String> domains = host.domains(ve.get(ConfKey.SEARCHDOMAIN).orElse(List.of()));
        if (!servers.isEmpty()) {
            variables.put("NAMESERVER", String.join(" ", servers));
        }
        if (!domains.isEmpty()) {
            variables.put("SEARCHDOMAIN", String.join(" ", domains));
        }
        return variables;
    }

    /** @return the status, for callers with a message of their own */
    WaitStatus password(VeHost host, RunningVe ve, SetOptions.UserPassword user) throws IOException {
        String text = text(Action.SET_USERPASS, Map.of("USERPW", user.user() + ":" + user.password()));
        return new InsideScript(host).feed(ve, text.getBytes(StandardCharsets.ISO_8859_1), "SET_USERPASS script");
    }
}
