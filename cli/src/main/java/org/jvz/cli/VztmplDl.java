package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.templates.DownloadConf;
import org.jvz.templates.DownloadLine;
import org.jvz.templates.DownloadTemplate;
import org.jvz.templates.TemplateEvents;

/** The {@code vztmpl-dl} command: fetches archives of templates into the cache. {@code vzctl create} calls it with one name. */
public final class VztmplDl implements DownloadTemplate.Told {
    private static final String NAME = "vztmpl-dl";
    private static final int FAILED = 1;
    private static final int PRESENT = 2;
    private static final int USAGE_ERROR = 3;
    private static final int BAD_SIGNATURE = 5;
    static final String USAGE =
            """
            Usage:
              vztmpl-dl [option ...] <template> [<template> ...]
              vztmpl-dl [option ...] --update-all
              vztmpl-dl --list-remote | --list-local | --list-all | --list-orphans
              vztmpl-dl --config | --help
            Options:
              --gpg-check       check the signatures of downloaded files
              --no-gpg-check    do not check them
              --ignore-errors   go on with the others if one cannot be downloaded
              --update          fetch a newer one of a template that is here
              --no-update       leave alone what is here
              --quiet           say nothing unless something is wrong
              --no-quiet        say more
              --update-all      try to update all templates that are here
              --list-remote     list the templates of the repositories
              --list-local      list the templates that are here
              --list-all        list both
              --list-orphans    list those that are here and in no repository
              --config          show what /etc/vz/download.conf makes of it
            Exit status: 0 done, 1 download failed, 2 present and not updated, 3 wrong usage, 5 wrong signature""";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private final HostPaths paths;
    private final Map<String, String> env;
    private boolean bar;
    private long percent = -1;
    private boolean quiet;

    private VztmplDl(Map<String, String> env, PrintStream out, PrintStream err, boolean terminal) {
        this.env = env;
        this.paths = HostPaths.of(env);
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.out, System.err, isTerminal());
        System.out.flush();
        System.exit(status);
    }

    /** Whether somebody can see a bar on stderr. */
    private static boolean isTerminal() {
        try {
            String stderr = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return stderr.startsWith("/dev/pts/") || stderr.startsWith("/dev/tty");
        } catch (IOException closed) {
            return false;
        }
    }

    /**
     * Runs the command within this process.
     *
     * @param terminal whether {@code err} is one, for a progress bar
     * @return the exit status
     */
    static int run(String[] args, Map<String, String> env, PrintStream out, PrintStream err, boolean terminal) {
        return Tool.run(err, NAME + " ERROR: ", () -> {
            try {
                return new VztmplDl(env, out, err, terminal).run(args);
            } catch (UsageException e) {
                throw new UsageException(e.exitStatus(), NAME + " ERROR: " + e.text() + "\n" + USAGE);
            }
        });
    }

    private int run(String[] args) throws UsageException, IOException {
        DownloadConf conf = DownloadConf.read(paths.etc().resolve("download.conf"));
        boolean check = conf.checkSignature();
        boolean ignore = conf.ignoreErrors();
        boolean update = conf.update();
        quiet = conf.quiet();
        boolean all = false;
        String list = "";
        int at = 0;
        for (; at < args.length && args[at].startsWith("-"); at++) {
            switch (args[at]) {
                case "--gpg-check" -> check = true;
                case "--no-gpg-check" -> check = false;
                case "--ignore-errors" -> ignore = true;
                case "--update" -> update = true;
                case "--no-update" -> update = false;
                case "--quiet" -> quiet = true;
                case "--no-quiet" -> quiet = false;
                case "--update-all" -> all = update = ignore = true;
                case "--list-local", "--list-remote", "--list-all", "--list-orphans", "--config" -> {
                    list = list.isEmpty() ? args[at] : list;
                }
                case "--help" -> {
                    err.println(USAGE);
                    return 0;
                }
                default -> throw new UsageException(USAGE_ERROR, "unknown option: " + args[at]);
            }
        }
        DownloadConf used = new DownloadConf(
                conf.prefix(),
                conf.repositories(),
                conf.suffixes(),
                check,
                conf.key(),
                conf.keyring(),
                update,
                ignore,
                quiet);
        DownloadTemplate download = new DownloadTemplate(used, template(), env, events());
        if (!list.isEmpty()) {
            return list(list, used, download);
        }
        List<String> names = List.of(args).subList(at, args.length);
        if (all && !names.isEmpty()) {
            throw new UsageException(USAGE_ERROR, "too many arguments");
        }
        if (!all && names.isEmpty()) {
            throw new UsageException(USAGE_ERROR, "no arguments");
        }
        return fetch(download, all ? download.local() : names, ignore);
    }

    private Path template() throws IOException {
        Path template = VzConf.read(paths).path(VzKey.TEMPLATE);
        if (template == null) {
            throw new IOException("TEMPLATE is not set in " + paths.vzConf());
        }
        return template;
    }

    private int fetch(DownloadTemplate download, List<String> names, boolean ignore) throws IOException {
        List<String> failed = new ArrayList<>();
        for (String name : names) {
            int status = fetch(download, name, ignore);
            if (status != 0) {
                if (!ignore) {
                    return status;
                }
                failed.add(name);
            }
        }
        if (!failed.isEmpty()) {
            err.println("WARNING: these templates could not be fetched:");
            for (String name : failed) {
                err.println("  " + name);
            }
        }
        return 0;
    }

    private int fetch(DownloadTemplate download, String name, boolean ignore) throws IOException {
        try {
            DownloadTemplate.Result result = download.fetch(name, this);
            endBar();
            return switch (result) {
                case FETCHED, UP_TO_DATE -> 0;
                case PRESENT -> PRESENT;
                case BAD_SIGNATURE -> BAD_SIGNATURE;
                case FAILED -> FAILED;
            };
        } catch (IOException e) {
            endBar();
            if (!ignore) {
                throw e;
            }
            problem(Failures.message(e));
            return FAILED;
        }
    }

    private int list(String what, DownloadConf conf, DownloadTemplate download) throws IOException {
        switch (what) {
            case "--list-local" -> print(download.local());
            case "--list-remote" -> print(download.remote(this));
            case "--list-all" -> {
                TreeSet<String> both = new TreeSet<>(download.local());
                both.addAll(download.remote(this));
                print(new ArrayList<>(both));
            }
            case "--list-orphans" -> print(download.orphans());
            default -> showConfig(conf);
        }
        return 0;
    }

    private void print(List<String> names) {
        for (String name : names) {
            out.println(name);
        }
    }

    private void showConfig(DownloadConf conf) {
        out.println("Current vztmpl-dl configuration is below. What " + paths.etc() + "/download.conf");
        out.println("does not set has its default.");
        out.println();
        out.println("* Try to update template files ($UPDATE_TEMPLATE): " + yes(conf.update()));
        out.println("* Check template signatures ($CHECK_TEMPLATE_SIG): " + yes(conf.checkSignature()));
        out.println("* GPG public key name to check ($GPG_KEY):         " + conf.key());
        out.println("* Keys to trust ($GPG_KEYRING):                    "
                + (conf.keyring() == null ? "those of gpg" : conf.keyring()));
        out.println("* List of template suffixes ($TMPL_SUFFIXES):      " + String.join(" ", conf.suffixes()));
        out.println("* Prefix of repositories ($TMPL_REPO_PREFIX):");
        out.println("  " + conf.prefix());
        out.println("* List of template URLs to try ($TEMPLATE_REPOS):");
        for (String repository : conf.repositories()) {
            out.println("  " + repository);
        }
    }

    private static String yes(boolean set) {
        return set ? "yes" : "no";
    }

    private TemplateEvents events() {
        return new TemplateEvents() {
            @Override
            public void stage(Stage stage, String object) {}

            @Override
            public void progress(long done, long total) {
                if (total > 0 && env.containsKey(DownloadLine.ASKED)) {
                    line(done, total);
                } else if (terminal && !quiet && total > 0) {
                    bar = true;
                    err.print("\r" + bar(done, total));
                    err.flush();
                }
            }

            @Override
            public void output(String line) {
                endBar();
                err.println(line);
            }
        };
    }

    /** A line for each percent: whoever asked for them shows no more. */
    private void line(long done, long total) {
        if (100 * done / total != percent) {
            percent = 100 * done / total;
            out.println(DownloadLine.of(done, total));
            out.flush();
        }
    }

    /** A bar of 40 characters, the percentage and the size in MB. */
    static String bar(long done, long total) {
        int filled = (int) (40 * done / total);
        return "[" + "#".repeat(filled) + " ".repeat(40 - filled) + "] " + 100 * done / total + "% of "
                + (total + 999_999) / 1_000_000 + " MB";
    }

    private void endBar() {
        if (bar) {
            err.println();
            bar = false;
        }
    }

    @Override
    public void step(String text) {
        endBar();
        if (!quiet) {
            out.println(text);
        }
    }

    @Override
    public void problem(String text) {
        endBar();
        err.println(NAME + " ERROR: " + text);
    }

    @Override
    public void unasked(String repository, IOException why) {
        problem(repository + " could not be asked: " + Failures.message(why));
        for (String line : Failures.reasons(why)) {
            err.println(line);
        }
    }
}
