package org.jvz.runtime.linux;

/** bpf(2), as far as cgroups need it. */
public interface BpfCalls {

    /**
     * Has the kernel check and take a program of type {@code BPF_PROG_TYPE_CGROUP_DEVICE}.
     *
     * @param instructions an array of {@code struct bpf_insn}, 8 bytes each
     * @throws SyscallException EPERM without CAP_BPF and CAP_NET_ADMIN or CAP_SYS_ADMIN, EINVAL or EACCES if the kernel
     *     does not take the program
     */
    Fd loadDeviceProgram(byte[] instructions) throws SyscallException;

    /**
     * Lets a program decide about every device that a process in the cgroup, or one below, opens or makes. It takes the
     * place of one that was attached here before, at once, and stays until the cgroup is removed.
     *
     * @param cgroup directory in a cgroup2 mount
     */
    void attachDeviceProgram(Fd cgroup, Fd program) throws SyscallException;
}
