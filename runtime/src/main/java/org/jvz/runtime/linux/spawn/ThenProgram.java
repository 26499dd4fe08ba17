package org.jvz.runtime.linux.spawn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jvz.runtime.linux.Arch;

/**
 * A program that waits until a child of its process has ended, leaves it to be reaped, and then executes its arguments, the first one being
 * the path: what it executes is the parent of that child still, and asks how it ended. A page of code and a page of stack are all the memory
 * it has.
 */
public final class ThenProgram {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int CODE_AT = HEADER + 2 * PROGRAM_HEADER;
    private static final long BASE = 0x400000;
    private static final int PT_LOAD = 1;
    private static final int PT_GNU_STACK = 0x6474e551;
    private static final int PF_X = 1;
    private static final int PF_W = 2;
    private static final int PF_R = 4;
    private static final short ET_EXEC = 2;
    private static final short EM_X86_64 = 62;
    private static final short EM_AARCH64 = 183;

    /** As {@link Stub}'s listings. waitid(P_ALL, 0, NULL, WEXITED|WNOWAIT, NULL); the stack is as execve(2) leaves it. */
    private static final String X86_64 =
            """
            wait:
            b8 f7 00 00 00       | mov eax, 247              | waitid
            31 ff                | xor edi, edi
            31 f6                | xor esi, esi
            31 d2                | xor edx, edx
            41 ba 04 00 00 01    | mov r10d, 0x1000004
            45 31 c0             | xor r8d, r8d
            0f 05                | syscall
            48 83 f8 fc          | cmp rax, -4               | EINTR, as after a stop
            74 e4                | je wait
            48 8b 0c 24          | mov rcx, [rsp]            | the number of arguments
            48 8d 54 cc 10       | lea rdx, [rsp+rcx*8+16]   | the environment
            48 8d 74 24 10       | lea rsi, [rsp+16]         | the arguments but our name
            48 8b 3e             | mov rdi, [rsi]
            b8 3b 00 00 00       | mov eax, 59               | execve
            0f 05                | syscall
            b8 e7 00 00 00       | mov eax, 231              | exit_group(127)
            bf 7f 00 00 00       | mov edi, 127
            0f 05                | syscall
            0f 0b                | ud2
            """;

    private static final String AARCH64 =
            """
            wait:
            00 00 80 d2 | mov x0, #0
            01 00 80 d2 | mov x1, #0
            02 00 80 d2 | mov x2, #0
            83 00 80 d2 | mov x3, #0x4
            03 20 a0 f2 | movk x3, #0x100, lsl #16
            04 00 80 d2 | mov x4, #0
            e8 0b 80 d2 | mov x8, #95                  | waitid
            01 00 00 d4 | svc #0
            1f 10 00 b1 | cmn x0, #4                   | EINTR, as after a stop
            e0 fe ff 54 | b.eq wait
            e9 03 40 f9 | ldr x9, [sp]                 | the number of arguments
            e2 6f 29 8b | add x2, sp, x9, lsl #3       | the environment
            42 40 00 91 | add x2, x2, #16
            e1 43 00 91 | add x1, sp, #16              | the arguments but our name
            20 00 40 f9 | ldr x0, [x1]
            a8 1b 80 d2 | mov x8, #221                 | execve
            01 00 00 d4 | svc #0
            e0 0f 80 d2 | mov x0, #127                 | exit_group(127)
            c8 0b 80 d2 | mov x8, #94
            01 00 00 d4 | svc #0
            00 00 20 d4 | brk #0
            """;

    private ThenProgram() {}

    static String listing(Arch arch) {
        return switch (arch) {
            case X86_64 -> X86_64;
            case AARCH64 -> AARCH64;
        };
    }

    /** The program as an ELF file for this machine. */
    public static byte[] bytes() {
        return bytes(Arch.host());
    }

    static byte[] bytes(Arch arch) {
        byte[] code = Stub.code(listing(arch));
        long size = (long) CODE_AT + code.length;
        ByteBuffer elf = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        // Elf64_Ehdr: 64 bits, little-endian, version 1.
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        elf.putShort(ET_EXEC)
                .putShort(arch == Arch.X86_64 ? EM_X86_64 : EM_AARCH64)
                .putInt(1);
        elf.putLong(BASE + CODE_AT).putLong(HEADER).putLong(0).putInt(0);
        elf.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 2);
        elf.position(HEADER);
        // Elf64_Phdr: type, flags, offset, virtual and physical address, size in the file and in memory, alignment.
        elf.putInt(PT_LOAD).putInt(PF_R | PF_X);
        elf.putLong(0).putLong(BASE).putLong(BASE).putLong(size).putLong(size).putLong(0x10000);
        elf.putInt(PT_GNU_STACK).putInt(PF_R | PF_W);
        elf.position(CODE_AT);
        elf.put(code);
        return elf.array();
    }
}
