package org.jvz.runtime.linux.nft;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/**
 * A connection to nftables in the network namespace of the thread that opened it. The library is loaded with the first one.
 *
 * <p>Commands go in nft's own language and not in JSON: the JSON reader of Debian 12's library (1.0.6) makes a map with more than one value per
 * key a set, and ends the process at a rule that uses it; see docs/adr/0024.
 */
public final class Nftables implements AutoCloseable {
    /** {@code NFT_CTX_OUTPUT_JSON} and {@code NFT_CTX_OUTPUT_NUMERIC_PROTO}, which needs no /etc/protocols. */
    private static final int JSON = 1 << 4 | 1 << 7;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_NETFILTER = 12;

    private static final String ABSENT = "No such file or directory";

    private final LibNftables library;
    private final long context;

    private Nftables(LibNftables library, long context) {
        this.library = library;
        this.context = context;
    }

    /** Loaded when first asked for, and once. */
    private static final class Library {
        static final LibNftables LOADED = LibNftables.load();

        private Library() {}
    }

    /**
     * Makes sure that a connection could be opened, for less than opening one costs.
     *
     * @throws NoNftablesException as {@link #open}
     */
    public static void require(Linux linux) throws IOException {
        library(linux);
    }

    /**
     * Opens a connection.
     *
     * @throws NoNftablesException if the library cannot be loaded, or the kernel knows no nftables
     */
    public static Nftables open(Linux linux) throws IOException {
        LibNftables library = library(linux);
        long context = library.newContext();
        if (context == 0) {
            throw new IOException("nft_ctx_new failed");
        }
        Nftables opened = new Nftables(library, context);
        if (!library.buffer(context)) {
            opened.close();
            throw new IOException("libnftables: no memory for its output");
        }
        return opened;
    }

    private static LibNftables library(Linux linux) throws IOException {
        // The library ends the process if it gets no such socket.
        try {
            linux.socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, "nfnetlink").close();
            return Library.LOADED;
        } catch (SyscallException e) {
            throw new NoNftablesException("the kernel has no nftables", e);
        } catch (ExceptionInInitializerError | NoClassDefFoundError | UnsatisfiedLinkError e) {
            throw new NoNftablesException(LibNftables.NAME + " cannot be loaded; install the package libnftables1", e);
        }
    }

    /**
     * Makes changes, all or none.
     *
     * @param commands in nft's language, one a line
     * @throws NftException with what libnftables says of them
     */
    public void run(String commands) throws IOException {
        library.setOutputFlags(context, 0);
        boolean done = library.run(context, commands);
        library.output(context);
        String said = library.errors(context);
        if (!done) {
            throw new NftException(firstLine(said));
        }
    }

    /** What is in a table of the family inet; null if there is no such table. */
    public @Nullable Ruleset list(String table) throws IOException {
        library.setOutputFlags(context, JSON);
        boolean done = library.run(context, "list table inet " + table);
        String json = library.output(context);
        String said = library.errors(context);
        if (done) {
            return Ruleset.parse(json);
        }
        if (said.contains(ABSENT)) {
            return null;
        }
        throw new NftException("list table inet " + table + ": " + firstLine(said));
    }

    /** The error without the commands that libnftables repeats under it. */
    private static String firstLine(String said) {
        return said.lines().filter(line -> !line.isBlank()).findFirst().orElse("no reason given");
    }

    @Override
    public void close() {
        library.free(context);
    }
}
