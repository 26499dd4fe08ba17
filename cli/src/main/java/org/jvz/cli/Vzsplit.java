package org.jvz.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.ve.HostMemory;

/** The {@code vzsplit} command: a sample configuration for a number of equal VEs that share this host. */
public final class Vzsplit {
    static final String USAGE = "Usage: vzsplit [-f config_name] [-n num_CTs] [-s swap_size] [-v]";
    private static final int ERROR = 1;
    private static final long MIB = 1 << 20;
    /** What the host keeps for itself, bytes. */
    private static final long RESERVED = 256 * MIB;
    /** A VE with less is of no use, bytes. */
    private static final long LEAST = 16 * MIB;

    private static final long PAGE = 4096;

    private final PrintStream out;
    private final PrintStream err;
    private String name = "";
    private String count = "";
    private String swap = "";
    private boolean vswap;

    private Vzsplit(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.in, System.out, System.err);
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, or 1 for whatever is wrong
     */
    static int run(String[] args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err) {
        return Tool.run(err, "", () -> {
            try {
                return new Vzsplit(out, err).run(args, HostPaths.of(env), in, HostMemory.read());
            } catch (UsageException e) {
                throw new UsageException(ERROR, e.text() + "\n" + USAGE);
            }
        });
    }

    private int run(String[] args, HostPaths paths, InputStream in, HostMemory host)
            throws UsageException, IOException {
        OptionTable table = new OptionTable(
                List.of(),
                List.of(),
                "fnsvh",
                List.of(
                        Option.value("f", "<name>"),
                        Option.value("n", "<count>"),
                        Option.value("s", "<kib>"),
                        Option.flag("v"),
                        Option.flag("h")));
        OptionReader reader = new OptionReader("vzsplit", table, args, 0, ERROR);
        while (reader.next()) {
            switch (reader.name()) {
                case "f" -> name = reader.value();
                case "n" -> count = reader.value();
                case "s" -> swap = reader.value();
                case "v" -> vswap = true;
                default -> {
                    out.println(USAGE);
                    return 0;
                }
            }
        }
        List<String> words = reader.operands();
        if (vswap && words.equals(List.of("no"))) {
            throw new UsageException(
                    ERROR, "-v no: only VSwap configurations are made; the sample basic is a classical one");
        }
        // vzctl 4.11's own has a word after -v.
        if (!words.isEmpty() && !(vswap && words.equals(List.of("yes")))) {
            throw new UsageException(ERROR, Words.EXTRA_ARGUMENTS + " " + String.join(" ", words));
        }
        if (!name.isEmpty() && !Names.isValid(name)) {
            throw new UsageException(ERROR, "Invalid argument for -f: " + name);
        }
        long swapBytes = swap.isEmpty() ? host.swap() : number("-s", swap) * 1024;
        long ves = number("-n", count.isEmpty() ? ask(in) : count);
        if (ves < 1) {
            err.println("Incorrect value for number of containers.");
            return ERROR;
        }
        long most = Math.max(0, (host.ram() - RESERVED) / LEAST);
        if (ves > most) {
            err.println(
                    "On node with " + host.ram() / MIB + " Mb of memory " + ves + " containers can not be allocated");
            err.println("The maximum allowed value is " + most);
            return ERROR;
        }
        return write(paths, sample(ves, host.ram(), swapBytes, space(paths)));
    }

    private int write(HostPaths paths, String text) throws IOException {
        if (name.isEmpty()) {
            out.print(text);
            return 0;
        }
        Path file = paths.confDir().resolve("ve-" + name + ".conf-sample");
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            err.println("File " + file + " already exist");
            return ERROR;
        }
        err.println("Config " + file + " was created");
        return 0;
    }

    /**
     * The sample.
     *
     * @param ves how many equal shares there are to be
     * @param ram of the host, bytes
     * @param swap of the host, bytes
     * @param space free on the disk of private areas, KiB
     */
    static String sample(long ves, long ram, long swap, long space) {
        long pages = (ram - RESERVED) / ves / PAGE;
        long disk = space / ves;
        return "# Configuration file generated by vzsplit for " + ves + (ves == 1 ? " container\n" : " containers\n")
                + "# on a host with " + ram / MIB + " Mb of memory and " + swap / MIB + " Mb of swap.\n\n"
                + "ONBOOT=\"no\"\n"
                + "PHYSPAGES=\"0:" + pages + "\"\n"
                + "SWAPPAGES=\"0:" + swap / ves / PAGE + "\"\n"
                + "DISKSPACE=\"" + disk + ":" + (disk + disk / 10) + "\"\n"
                // An inode for every 4 KiB is more than file systems have.
                + "DISKINODES=\"" + disk / 4 + ":" + (disk / 4 + disk / 40) + "\"\n"
                + "CPUUNITS=\"1000\"\n";
    }

    /** Nine tenths of what is free where private areas lie, less the tenth that hard limits are above soft ones. */
    private static long space(HostPaths paths) throws IOException {
        @Nullable Path place = paths.vzDir();
        while (place != null && !Files.exists(place)) {
            place = place.getParent();
        }
        FileStore store = Files.getFileStore(place == null ? Path.of("/") : place);
        return store.getUsableSpace() / 1024 / 10 * 8;
    }

    private String ask(InputStream in) throws IOException {
        out.print("Enter the number of containers: ");
        out.flush();
        String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line.strip();
    }

    private static long number(String option, String text) throws UsageException {
        if (!CtId.isNumber(text) || text.length() > 12) {
            throw new UsageException(ERROR, "Invalid argument for " + option + ": " + text);
        }
        return Long.parseLong(text);
    }
}
