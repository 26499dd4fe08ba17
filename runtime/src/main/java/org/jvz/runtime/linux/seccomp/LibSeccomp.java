package org.jvz.runtime.linux.seccomp;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** The functions of {@code seccomp.h} (libseccomp 2.5) in use, with their C names. Public because jnr-ffi implements it. */
public interface LibSeccomp {
    /** {@code scmp_filter_ctx seccomp_init(uint32_t def_action)}; seccomp_init(3). Null on failure. */
    @Nullable
    Pointer seccomp_init(int defaultAction);

    /** {@code void seccomp_release(scmp_filter_ctx ctx)}; seccomp_release(3). */
    void seccomp_release(Pointer context);

    /** {@code int seccomp_arch_add(scmp_filter_ctx ctx, uint32_t arch_token)}; 0, or -errno (-EEXIST for a second time). */
    int seccomp_arch_add(Pointer context, int architecture);

    /** {@code uint32_t seccomp_arch_resolve_name(const char *arch_name)}; 0 if unknown. */
    int seccomp_arch_resolve_name(String name);

    /** {@code int seccomp_syscall_resolve_name(const char *name)}; -1 if unknown to the library. */
    int seccomp_syscall_resolve_name(String name);

    /**
     * {@code int seccomp_rule_add_array(scmp_filter_ctx ctx, uint32_t action, int syscall, unsigned int arg_cnt, const
     * struct scmp_arg_cmp *arg_array)}; seccomp_rule_add(3).
     */
    int seccomp_rule_add_array(Pointer context, int action, int syscall, int count, @Nullable Pointer comparisons);

    /** {@code int seccomp_export_bpf(const scmp_filter_ctx ctx, int fd)}; seccomp_export_bpf(3). */
    int seccomp_export_bpf(Pointer context, int fd);
}
