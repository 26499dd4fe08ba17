package org.jvz.runtime.linux.nft;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** The functions of {@code nftables/libnftables.h} (1.0) in use, with their C names; libnftables(3). Public because jnr-ffi implements it. */
public interface LibNftables {
    /** {@code struct nft_ctx *nft_ctx_new(uint32_t flags)}; opens a socket in the calling thread's network namespace. Null on failure. */
    @Nullable
    Pointer nft_ctx_new(int flags);

    /** {@code void nft_ctx_free(struct nft_ctx *ctx)}. */
    void nft_ctx_free(Pointer context);

    /** {@code void nft_ctx_output_set_flags(struct nft_ctx *ctx, unsigned int flags)}. */
    void nft_ctx_output_set_flags(Pointer context, int flags);

    /** {@code int nft_ctx_buffer_output(struct nft_ctx *ctx)}; 0 if output is kept from now on. */
    int nft_ctx_buffer_output(Pointer context);

    /** {@code int nft_ctx_buffer_error(struct nft_ctx *ctx)}; 0 if messages are kept from now on. */
    int nft_ctx_buffer_error(Pointer context);

    /** {@code const char *nft_ctx_get_output_buffer(struct nft_ctx *ctx)}. */
    @Nullable
    String nft_ctx_get_output_buffer(Pointer context);

    /** {@code const char *nft_ctx_get_error_buffer(struct nft_ctx *ctx)}. */
    @Nullable
    String nft_ctx_get_error_buffer(Pointer context);

    /** {@code int nft_run_cmd_from_buffer(struct nft_ctx *nft, const char *buf)}; 0 if all commands are in force, else none is. */
    int nft_run_cmd_from_buffer(Pointer context, String commands);
}
