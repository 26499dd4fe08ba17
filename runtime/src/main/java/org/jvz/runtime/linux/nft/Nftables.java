package org.jvz.runtime.linux.nft;

import java.io.IOException;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/**
 * A connection to nftables in the network namespace of the thread that opened it. The library is loaded with the first one.
 *
 * <p>Commands go in nft's own language and not in JSON: the JSON reader of Debian 12's library (1.0.6) makes a map with more than one value per
 * key a set, and ends the process at a rule that uses it; see docs/adr/0024.
 */
public final class Nftables implements AutoCloseable {
    private static final String LIBRARY = "libnftables.so.1";

    /** {@code NFT_CTX_OUTPUT_JSON} and {@code NFT_CTX_OUTPUT_NUMERIC_PROTO}, which needs no /etc/protocols. */
    private static final int JSON = 1 << 4 | 1 << 7;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_NETFILTER = 12;

    private static final String ABSENT = "No such file or directory";

    private final LibNftables library;
    private final Pointer context;

    private Nftables(LibNftables library, Pointer context) {
        this.library = library;
        this.context = context;
    }

    /** Loaded when first asked for, and once: its interface costs far more than its use. */
    private static final class Library {
        static final LibNftables LOADED =
                LibraryLoader.loadLibrary(LibNftables.class, Map.of(LibraryOption.LoadNow, true), LIBRARY);

        private Library() {}
    }

    /**
     * Opens a connection.
     *
     * @throws NoNftablesException if the library cannot be loaded, or the kernel knows no nftables
     */
    public static Nftables open(Linux linux) throws IOException {
        // The library ends the process if it gets no such socket.
        try (Fd probe = linux.socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, "nfnetlink")) {
            return open(probe);
        } catch (SyscallException e) {
            throw new NoNftablesException("the kernel has no nftables", e);
        }
    }

    private static Nftables open(Fd probe) throws IOException {
        LibNftables library;
        try {
            library = Library.LOADED;
        } catch (ExceptionInInitializerError | NoClassDefFoundError | UnsatisfiedLinkError e) {
            throw new NoNftablesException(LIBRARY + " cannot be loaded; install the package libnftables1", e);
        }
        Pointer context = library.nft_ctx_new(0);
        if (context == null) {
            throw new IOException("nft_ctx_new failed beside " + probe);
        }
        Nftables opened = new Nftables(library, context);
        if (library.nft_ctx_buffer_output(context) != 0 || library.nft_ctx_buffer_error(context) != 0) {
            opened.close();
            throw new IOException("libnftables: no memory for its output");
        }
        return opened;
    }

    /**
     * Makes changes, all or none.
     *
     * @param commands in nft's language, one a line
     * @throws NftException with what libnftables says of them
     */
    public void run(String commands) throws IOException {
        library.nft_ctx_output_set_flags(context, 0);
        int result = library.nft_run_cmd_from_buffer(context, commands);
        // Reading a buffer empties it.
        library.nft_ctx_get_output_buffer(context);
        String said = text(library.nft_ctx_get_error_buffer(context));
        if (result != 0) {
            throw new NftException(firstLine(said));
        }
    }

    /** What is in a table of the family inet; null if there is no such table. */
    public @Nullable Ruleset list(String table) throws IOException {
        library.nft_ctx_output_set_flags(context, JSON);
        int result = library.nft_run_cmd_from_buffer(context, "list table inet " + table);
        String json = text(library.nft_ctx_get_output_buffer(context));
        String said = text(library.nft_ctx_get_error_buffer(context));
        if (result == 0) {
            return Ruleset.parse(json);
        }
        if (said.contains(ABSENT)) {
            return null;
        }
        throw new NftException("list table inet " + table + ": " + firstLine(said));
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** The error without the commands that libnftables repeats under it. */
    private static String firstLine(String said) {
        return said.lines().filter(line -> !line.isBlank()).findFirst().orElse("no reason given");
    }

    @Override
    public void close() {
        library.nft_ctx_free(context);
    }
}
