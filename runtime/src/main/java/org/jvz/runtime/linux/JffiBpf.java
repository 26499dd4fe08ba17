package org.jvz.runtime.linux;

/** Programs of the kernel's own machine. */
abstract class JffiBpf extends JffiMounts {
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_ATTACH = 8;
    private static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    private static final int BPF_CGROUP_DEVICE = 6;
    private static final int INSTRUCTION_SIZE = 8;

    /** {@code union bpf_attr} up to {@code expected_attach_type}; the kernel takes what is not given as zero. */
    private static final int LOAD_SIZE = 72;

    private static final int ATTACH_SIZE = 20;
    private static final byte[] LICENSE = {'A', 'p', 'a', 'c', 'h', 'e', '-', '2', '.', '0'};

    @Override
    public Fd loadDeviceProgram(byte[] instructions) throws SyscallException {
        int count = instructions.length / INSTRUCTION_SIZE;
        try (OffHeap memory = new OffHeap()) {
            long attr = memory.zeroed(LOAD_SIZE);
            OffHeap.putInt(attr, BPF_PROG_TYPE_CGROUP_DEVICE);
            OffHeap.putInt(attr + 4, count);
            OffHeap.putLong(attr + 8, memory.bytes(instructions));
            OffHeap.putLong(attr + 16, memory.cString(LICENSE));
            OffHeap.put(attr + 48, new byte[] {'j', 'v', 'z', '_', 'd', 'e', 'v', 'i', 'c', 'e', 's'});
            OffHeap.putInt(attr + 68, BPF_CGROUP_DEVICE);
            long program = Native.call(SystemCall.BPF, BPF_PROG_LOAD, attr, LOAD_SIZE);
            check(program, "bpf", "PROG_LOAD", "CGROUP_DEVICE", count + " instructions");
            return owned(program, "device program");
        }
    }

    @Override
    public void attachDeviceProgram(Fd cgroup, Fd program) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long attr = memory.zeroed(ATTACH_SIZE);
            OffHeap.putInt(attr, cgroup.number());
            OffHeap.putInt(attr + 4, program.number());
            OffHeap.putInt(attr + 8, BPF_CGROUP_DEVICE);
            // Flags 0: one program a cgroup, the next takes its place, and nobody can attach one below.
            long result = Native.call(SystemCall.BPF, BPF_PROG_ATTACH, attr, ATTACH_SIZE);
            check(result, "bpf", "PROG_ATTACH", cgroup, program);
        }
    }
}
