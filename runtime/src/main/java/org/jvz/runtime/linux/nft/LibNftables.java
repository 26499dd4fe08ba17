package org.jvz.runtime.linux.nft;

import java.nio.charset.StandardCharsets;
import org.jvz.runtime.linux.NativeLibrary;
import org.jvz.runtime.linux.OffHeap;

/** The functions of {@code nftables/libnftables.h} (1.0) in use; libnftables(3). A context is {@code struct nft_ctx *}. */
final class LibNftables {
    static final String NAME = "libnftables.so.1";

    private final long contextNew;
    private final long contextFree;
    private final long setFlags;
    private final long bufferOutput;
    private final long bufferError;
    private final long outputBuffer;
    private final long errorBuffer;
    private final long run;

    private LibNftables(NativeLibrary library) {
        contextNew = library.function("nft_ctx_new");
        contextFree = library.function("nft_ctx_free");
        setFlags = library.function("nft_ctx_output_set_flags");
        bufferOutput = library.function("nft_ctx_buffer_output");
        bufferError = library.function("nft_ctx_buffer_error");
        outputBuffer = library.function("nft_ctx_get_output_buffer");
        errorBuffer = library.function("nft_ctx_get_error_buffer");
        run = library.function("nft_run_cmd_from_buffer");
    }

    /** @throws UnsatisfiedLinkError if it is not installed */
    static LibNftables load() {
        return new LibNftables(NativeLibrary.load(NAME));
    }

    /** {@code struct nft_ctx *nft_ctx_new(uint32_t flags)}; opens a socket in the calling thread's network namespace. 0 on failure. */
    long newContext() {
        return NativeLibrary.call(contextNew, 0, 0);
    }

    /** {@code void nft_ctx_free(struct nft_ctx *ctx)}. */
    void free(long context) {
        NativeLibrary.call(contextFree, context, 0);
    }

    /** {@code void nft_ctx_output_set_flags(struct nft_ctx *ctx, unsigned int flags)}. */
    void setOutputFlags(long context, int flags) {
        NativeLibrary.call(setFlags, context, flags);
    }

    /** {@code int nft_ctx_buffer_output(struct nft_ctx *ctx)} and {@code nft_ctx_buffer_error}; whether both are kept from now on. */
    boolean buffer(long context) {
        return (int) NativeLibrary.call(bufferOutput, context, 0) == 0
                && (int) NativeLibrary.call(bufferError, context, 0) == 0;
    }

    /** {@code const char *nft_ctx_get_output_buffer(struct nft_ctx *ctx)}; empties it. */
    String output(long context) {
        return NativeLibrary.text(NativeLibrary.call(outputBuffer, context, 0));
    }

    /** {@code const char *nft_ctx_get_error_buffer(struct nft_ctx *ctx)}; empties it. */
    String errors(long context) {
        return NativeLibrary.text(NativeLibrary.call(errorBuffer, context, 0));
    }

    /** {@code int nft_run_cmd_from_buffer(struct nft_ctx *nft, const char *buf)}; whether all commands are in force, else none is. */
    boolean run(long context, String commands) {
        try (OffHeap memory = new OffHeap()) {
            return (int) NativeLibrary.call(run, context, memory.cString(commands.getBytes(StandardCharsets.UTF_8)))
                    == 0;
        }
    }
}
