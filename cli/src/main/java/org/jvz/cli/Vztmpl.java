package org.jvz.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;
import org.jvz.templates.BuildTemplate;
import org.jvz.templates.CollectGarbage;
import org.jvz.templates.ImportTemplate;
import org.jvz.templates.ListTemplates;
import org.jvz.templates.Recipe;
import org.jvz.templates.RemoveTemplate;
import org.jvz.templates.TemplateStore;
import org.jvz.templates.VerifyTemplate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The {@code vztmpl} command: builds, lists, imports, removes and verifies OS templates.
 *
 * <p>Exit status: 0 done, 1 failed, 20 the command line makes no sense, 21 a value makes no sense, 91 no such template.
 */
public final class Vztmpl {
    private static final int FAILED = 1;
    private static final long CLEANUP_SECONDS = 30;
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    static final String USAGE =
            """
            Usage: vztmpl COMMAND [options]
              vztmpl build NAME                  build a template from its recipe (without NAME: list the recipes)
              vztmpl list                        list templates, and how many containers use each
              vztmpl import FILE [--name NAME]   take an archive (.tar, .gz, .bz2, .xz, .zst) into the cache
              vztmpl remove NAME                 remove a template that no container uses
              vztmpl verify [NAME] [--full]      compare archives and unpacked trees with what was imported;
                                                 --full reads every file
              vztmpl gc                          remove unpacked templates that nobody needs, and what was left half done
              vztmpl --help | --version
            Exit status: 0 done, 1 failed, 20 wrong command line, 21 wrong value, 91 no such template""";

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Linux linux;
    private final TemplateProgress progress;

    private Vztmpl(PrintStream out, PrintStream err, Map<String, String> environment, Linux linux, boolean terminal) {
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.linux = linux;
        this.progress = new TemplateProgress(out, err, terminal);
    }

    /** Runs the command and ends the process with its exit status. */
    public static void main(String[] args) throws IOException {
        Linux linux = new JffiLinux();
        boolean terminal = linux.termiosOrNull(Fd.STDOUT) != null;
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        // Ctrl-C or SIGTERM must leave nothing half made: let the operation see an interrupt, and wait until it has
        // cleaned up.
        Thread operation = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        Thread cleanup = new Thread(() -> {
            operation.interrupt();
            try {
                boolean inTime = done.await(CLEANUP_SECONDS, TimeUnit.SECONDS);
                if (!inTime) {
                    err.println("vztmpl: still cleaning up, giving up; vztmpl gc removes what is left");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(cleanup);
        int status;
        try {
            status = run(args, System.getenv(), out, err, linux, terminal);
        } finally {
            done.countDown();
        }
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status
     */
    static int run(
            String[] args,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err,
            Linux linux,
            boolean terminal) {
        return new Vztmpl(out, err, environment, linux, terminal).run(args);
    }

    private int run(String[] args) {
        if (args.length == 0) {
            err.println(USAGE);
            return VzError.INVALID_SYNTAX.exitStatus();
        }
        if (args[0].equals("--help") || args[0].equals("-h")) {
            out.println(USAGE);
            return 0;
        }
        if (args[0].equals("--version")) {
            out.println("vztmpl version 4.11.1");
            return 0;
        }
        CommandLine line = new CommandLine(new Root());
        line.addSubcommand(new Build()).addSubcommand(new ListAll()).addSubcommand(new Import());
        line.addSubcommand(new Remove()).addSubcommand(new Verify()).addSubcommand(new Gc());
        line.setParameterExceptionHandler((failure, arguments) -> {
            err.println(failure.getMessage());
            err.println("Try: vztmpl --help");
            return VzError.INVALID_SYNTAX.exitStatus();
        });
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure));
        return line.execute(args);
    }

    private int failed(Exception failure) {
        progress.end();
        @Nullable VeEvent refusal = failure instanceof VeException refused ? refused.refusal() : null;
        err.println(refusal == null ? Failures.message(failure) : Words.of(refusal));
        for (String line : Failures.reasons(failure)) {
            err.println(line);
        }
        if (failure instanceof VeException refused) {
            return switch (refused.error()) {
                case INVALID_VALUE, OSTEMPLATE_NOT_FOUND -> refused.error().exitStatus();
                default -> FAILED;
            };
        }
        if (!(failure instanceof IOException)) {
            err.println("  internal error " + failure.getClass().getName() + Failures.place(failure));
        }
        return FAILED;
    }

    private HostPaths paths() {
        return HostPaths.of(environment);
    }

    private TemplateStore store() throws IOException {
        if (linux.effectiveUid() != 0) {
            throw new VeException(VzError.NO_ACCESS, Words.ROOT_ONLY);
        }
        HostPaths paths = paths();
        @Nullable Path template = VzConf.read(paths).path(VzKey.TEMPLATE);
        if (template == null) {
            throw new VeException(VzError.TEMPLATE_NOT_SET, "TEMPLATE is not set in " + paths.vzConf());
        }
        return new TemplateStore(linux, template, paths.confDir(), environment);
    }

    @Command(name = "vztmpl")
    private static final class Root {}

    @Command(name = "build")
    private final class Build implements Callable<Integer> {
        @Parameters(arity = "0..1", paramLabel = "NAME")
        private @Nullable String name;

        @Override
        public Integer call() throws IOException {
            Path recipes = paths().etc().resolve("recipes");
            String wanted = name;
            if (wanted == null) {
                for (String recipe : Recipe.names(recipes)) {
                    out.printf(
                            "%-24s %s%n", recipe, Recipe.read(recipes, recipe).summary());
                }
                return 0;
            }
            Path archive = new BuildTemplate(store(), recipes, environment).run(wanted, progress);
            progress.end();
            out.println("Built " + archive);
            return 0;
        }
    }

    @Command(name = "list")
    private final class ListAll implements Callable<Integer> {
        @Override
        public Integer call() throws IOException {
            List<ListTemplates.Template> templates = new ListTemplates(store()).run(progress.quiet());
            out.printf("%-28s %8s %8s %4s %-12s %s%n", "NAME", "SIZE", "UNPACKED", "VES", "DIGEST", "BUILT");
            for (ListTemplates.Template template : templates) {
                out.printf(
                        "%-28s %8s %8s %4d %-12s %s%s%n",
                        template.name(),
                        TemplateProgress.size(template.archiveBytes()),
                        template.unpackedBytes() < 0 ? "-" : TemplateProgress.size(template.unpackedBytes()),
                        template.ves().size(),
                        template.digest().substring(0, 12),
                        MINUTES.format(template.built().atZone(ZoneId.systemDefault())),
                        template.inCache() ? "" : " (archive gone)");
            }
            return 0;
        }
    }

    @Command(name = "import")
    private final class Import implements Callable<Integer> {
        @Parameters(paramLabel = "FILE")
        private Path file = Path.of("");

        @Option(names = "--name")
        private @Nullable String name;

        @Override
        public Integer call() throws IOException {
            Path archive = new ImportTemplate(store()).run(file.toAbsolutePath(), name, progress);
            progress.end();
            out.println("Imported " + archive);
            return 0;
        }
    }

    @Command(name = "remove")
    private final class Remove implements Callable<Integer> {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        public Integer call() throws IOException {
            new RemoveTemplate(store()).run(name, progress);
            progress.end();
            out.println("Removed " + name);
            return 0;
        }
    }

    @Command(name = "verify")
    private final class Verify implements Callable<Integer> {
        @Parameters(arity = "0..1", paramLabel = "NAME")
        private @Nullable String name;

        @Option(names = "--full")
        private boolean full;

        @Override
        public Integer call() throws IOException {
            List<String> problems = new VerifyTemplate(store()).run(name, full, progress);
            progress.end();
            for (String problem : problems) {
                err.println(problem);
            }
            if (problems.isEmpty()) {
                out.println("Nothing has changed");
            }
            return problems.isEmpty() ? 0 : FAILED;
        }
    }

    @Command(name = "gc")
    private final class Gc implements Callable<Integer> {
        @Override
        public Integer call() throws IOException {
            CollectGarbage.Removed removed = new CollectGarbage(store()).run(progress);
            progress.end();
            out.println("Removed " + removed.trees() + " unpacked " + (removed.trees() == 1 ? "template" : "templates")
                    + " and " + removed.leftovers() + (removed.leftovers() == 1 ? " leftover" : " leftovers"));
            return 0;
        }
    }
}
