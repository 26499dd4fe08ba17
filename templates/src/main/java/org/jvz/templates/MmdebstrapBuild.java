package org.jvz.templates;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/**
 * Makes a Debian template with mmdebstrap(1), from where the host itself gets its packages: its apt sources of the same
 * release, its keyrings, its proxy settings.
 */
final class MmdebstrapBuild {
    private static final String PLACES = ":/usr/local/bin:/usr/bin:/bin";

    private final Map<String, String> environment;
    private final Clock clock;

    MmdebstrapBuild(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * Writes the template's tar archive to {@code out}.
     *
     * @param work a directory of ours; mmdebstrap keeps the tree in it while it works
     */
    void run(Recipe recipe, Path work, OutputStream out, TemplateEvents events) throws IOException {
        String path = environment.getOrDefault("PATH", "") + PLACES;
        @Nullable Path mmdebstrap = HostCommand.find("mmdebstrap", path);
        @Nullable Path unshare = HostCommand.find("unshare", path);
        if (mmdebstrap == null || unshare == null) {
            throw new VeException(
                    VzError.RESOURCE, "Recipe " + recipe.name() + " needs mmdebstrap: install the package mmdebstrap");
        }
        // apt downloads as a user of its own, who must get through; names in here stay hidden from others.
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx--x--x"));
        Path overlay = work.resolve("overlay.tar");
        try (TarBuilder tar = new TarBuilder(
                Files.newOutputStream(overlay),
                BuildTemplate.sourceDate(environment, clock.instant().getEpochSecond()),
                false)) {
            tar.add(recipe.nodes());
        }
        Path script = work.resolve("script");
        Files.writeString(script, "set -eu\nroot=$1\n" + String.join("", recipe.scripts()));

        List<String> command = new ArrayList<>();
        // Its mounts of /proc and /dev in the tree must not outlive it, nor be seen by the host meanwhile.
        command.addAll(List.of(unshare.toString(), "--mount", "--", mmdebstrap.toString()));
        command.addAll(List.of("--mode=root", "--format=tar", "--variant=" + recipe.variant()));
        command.add("--include=" + String.join(",", recipe.packages()));
        command.add("--customize-hook=tar-in " + quoted(overlay) + " /");
        command.add("--customize-hook=sh " + quoted(script) + " \"$1\"");
        command.addAll(List.of(recipe.suite(), "-"));
        command.addAll(sources(recipe.suite(), events));

        Map<String, String> variables = new HashMap<>(environment);
        variables.put("TMPDIR", work.toString());
        variables.put("LC_ALL", "C.UTF-8");
        variables.put("PATH", path + ":/usr/sbin:/sbin");
        Tail tail = new Tail(events);
        int status = HostCommand.run(command, variables, tail, in -> in.transferTo(out));
        if (status != 0) {
            throw new VeException(
                    VzError.SYSTEM,
                    "Unable to build " + recipe.name() + ": mmdebstrap exited with " + status + ": " + tail.worst());
        }
    }

    /** One word for a shell, and for mmdebstrap's own splitting of hooks. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    /**
     * The host's sources of a release as {@code deb} lines; empty if it has none, and mmdebstrap takes Debian's. The
     * lines end up in the template.
     */
    private List<String> sources(String suite, TemplateEvents events) throws IOException {
        @Nullable Path apt = HostCommand.find("apt-get", environment.getOrDefault("PATH", "") + PLACES);
        if (apt == null) {
            return List.of();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = HostCommand.run(
                List.of(
                        apt.toString(),
                        "indextargets",
                        "--format",
                        "$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
                        "Created-By: Packages"),
                environment,
                events,
                in -> in.transferTo(out));
        return status == 0 ? debLines(suite, out.toString(StandardCharsets.UTF_8), events) : List.of();
    }

    /**
     * Picks Debian's own sources of {@code suite}, updates and security among what apt tells, one
     * {@code URI|RELEASE|COMPONENT} a line. Others of the same release name (there are vendors who use it) have no
     * component main.
     */
    static List<String> debLines(String suite, String targets, TemplateEvents events) {
        Map<String, TreeSet<String>> components = new LinkedHashMap<>();
        for (String target : targets.split("\n")) {
            String[] f = target.split("\\|", -1);
            if (f.length != 3 || !isOf(suite, f[1])) {
                continue;
            }
            if (f[0].contains("@")) {
                events.warning("A source with a password in its address is not used for templates, "
                        + "for every container would have it");
                continue;
            }
            if (!f[0].startsWith("http://") && !f[0].startsWith("https://")) {
                // A disc or a directory of the host: no VE can reach those.
                continue;
            }
            components
                    .computeIfAbsent("deb " + f[0] + " " + f[1], line -> new TreeSet<>())
                    .add(f[2]);
        }
        List<String> lines = new ArrayList<>();
        boolean release = false;
        for (Map.Entry<String, TreeSet<String>> line : components.entrySet()) {
            if (line.getValue().contains("main")) {
                lines.add(line.getKey() + " " + String.join(" ", line.getValue()));
                release |= line.getKey().endsWith(" " + suite);
            }
        }
        return release ? lines : List.of();
    }

    private static boolean isOf(String suite, String release) {
        return release.equals(suite) || release.equals(suite + "-updates") || release.equals(suite + "-security");
    }

    /** Passes everything on, and remembers what a failure is best explained by. */
    private static final class Tail implements TemplateEvents {
        private final TemplateEvents next;
        private String last = "";
        private String error = "";

        Tail(TemplateEvents next) {
            this.next = next;
        }

        @Override
        public void stage(Stage stage, String object) {
            next.stage(stage, object);
        }

        @Override
        public synchronized void output(String line) {
            if (!line.isBlank()) {
                last = line;
            }
            if (line.startsWith("E:") && error.isEmpty()) {
                error = line;
            }
            next.output(line);
        }

        synchronized String worst() {
            return error.isEmpty() ? last : error;
        }
    }
}
