package org.jvz.runtime.linux.spawn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jvz.runtime.linux.Arch;

/**
 * A program that waits until a child of its process has ended, leaves it to be reaped, and then executes its arguments, the first one being
 * the path: what it executes is the parent of that child still, and asks how it ended. A page of code and a page or two of stack are all the
 * memory it has. What it finds open from 3 on is closed by then.
 *
 * <p>Meanwhile it copies: if {@value #EPOLL} is an epoll instance, each edge-triggered event bears the number N of a non-blocking
 * descriptor to read from, 0 for the child's end. What is read is appended to descriptor N + 1, a file of which all but the last
 * {@value #KEPT} bytes are given back to the file system, {@value #CHUNK} bytes every {@value #PAUSE_MILLIS} ms at the most: who writes
 * faster waits.
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

    /** As {@link Stub}'s listings. waitid(P_ALL, 0, NULL, WEXITED|WNOWAIT, NULL). */
    private static final String X86_64 =
            """
            entry:
            48 89 e5                   | mov rbp, rsp                   | as execve(2) leaves it
            48 81 ec 40 08 00 00       | sub rsp, 0x840                 | an event at rsp, bytes at rsp+64
            next:
            b8 19 01 00 00             | mov eax, 281                   | epoll_pwait(5, event, 1, -1, NULL)
            bf 05 00 00 00             | mov edi, 5
            48 89 e6                   | mov rsi, rsp
            ba 01 00 00 00             | mov edx, 1
            41 ba ff ff ff ff          | mov r10d, -1
            45 31 c0                   | xor r8d, r8d
            0f 05                      | syscall
            48 83 f8 fc                | cmp rax, -4                    | EINTR, as after a stop
            74 dd                      | je next
            48 83 f8 01                | cmp rax, 1
            75 7c                      | jne wait                       | no such descriptor: there is nothing to copy
            8b 5c 24 04                | mov ebx, [rsp+4]               | the event's number
            85 db                      | test ebx, ebx
            74 74                      | je wait                        | the child's end
            more:
            31 c0                      | xor eax, eax                   | read
            89 df                      | mov edi, ebx
            48 8d 74 24 40             | lea rsi, [rsp+64]
            ba 00 08 00 00             | mov edx, 2048
            0f 05                      | syscall
            48 85 c0                   | test rax, rax
            7e ba                      | jle next                       | EAGAIN, or EIO while nobody has the terminal open
            48 89 c2                   | mov rdx, rax
            b8 01 00 00 00             | mov eax, 1                     | write what was read
            8d 7b 01                   | lea edi, [rbx+1]
            48 8d 74 24 40             | lea rsi, [rsp+64]
            0f 05                      | syscall
            b8 08 00 00 00             | mov eax, 8                     | lseek(file, 0, SEEK_CUR): its end
            8d 7b 01                   | lea edi, [rbx+1]
            31 f6                      | xor esi, esi
            ba 01 00 00 00             | mov edx, 1
            0f 05                      | syscall
            4c 8d 90 00 00 ff ff       | lea r10, [rax-65536]
            4d 85 d2                   | test r10, r10
            7e 11                      | jle pause
            b8 1d 01 00 00             | mov eax, 285                   | fallocate(file, 3, 0, end-65536): all but the last 64 KiB
            8d 7b 01                   | lea edi, [rbx+1]
            be 03 00 00 00             | mov esi, 3
            31 d2                      | xor edx, edx
            0f 05                      | syscall
            pause:
            48 c7 04 24 00 00 00 00    | mov qword ptr [rsp], 0
            48 c7 44 24 08 40 4b 4c 00 | mov qword ptr [rsp+8], 5000000
            b8 23 00 00 00             | mov eax, 35                    | nanosleep
            48 89 e7                   | mov rdi, rsp
            31 f6                      | xor esi, esi
            0f 05                      | syscall
            eb 8c                      | jmp more
            wait:
            b8 f7 00 00 00             | mov eax, 247                   | waitid
            31 ff                      | xor edi, edi
            31 f6                      | xor esi, esi
            31 d2                      | xor edx, edx
            41 ba 04 00 00 01          | mov r10d, 0x1000004
            45 31 c0                   | xor r8d, r8d
            0f 05                      | syscall
            48 83 f8 fc                | cmp rax, -4                    | EINTR
            74 e4                      | je wait
            b8 b4 01 00 00             | mov eax, 436                   | close_range(3, ~0, 0)
            bf 03 00 00 00             | mov edi, 3
            be ff ff ff ff             | mov esi, -1
            31 d2                      | xor edx, edx
            0f 05                      | syscall
            48 8b 4d 00                | mov rcx, [rbp]                 | the number of arguments
            48 8d 54 cd 10             | lea rdx, [rbp+rcx*8+16]        | the environment
            48 8d 75 10                | lea rsi, [rbp+16]              | the arguments but our name
            48 8b 3e                   | mov rdi, [rsi]
            b8 3b 00 00 00             | mov eax, 59                    | execve
            0f 05                      | syscall
            b8 e7 00 00 00             | mov eax, 231                   | exit_group(127)
            bf 7f 00 00 00             | mov edi, 127
            0f 05                      | syscall
            0f 0b                      | ud2
            """;

    private static final String AARCH64 =
            """
            entry:
            f3 03 00 91 | mov x19, sp               | as execve(2) leaves it
            ff 03 21 d1 | sub sp, sp, #0x840        | an event at sp, bytes at sp+64
            next:
            a0 00 80 d2 | mov x0, #5                | epoll_pwait(5, event, 1, -1, NULL)
            e1 03 00 91 | mov x1, sp
            22 00 80 d2 | mov x2, #1
            03 00 80 92 | mov x3, #-1
            04 00 80 d2 | mov x4, #0
            c8 02 80 d2 | mov x8, #22
            01 00 00 d4 | svc #0
            1f 10 00 b1 | cmn x0, #4                | EINTR, as after a stop
            00 ff ff 54 | b.eq next
            1f 04 00 f1 | cmp x0, #1
            81 04 00 54 | b.ne wait                 | no such descriptor: there is nothing to copy
            f4 0b 40 b9 | ldr w20, [sp, #8]         | the event's number
            54 04 00 34 | cbz w20, wait             | the child's end
            95 06 00 11 | add w21, w20, #1
            more:
            e0 03 14 2a | mov w0, w20               | read
            e1 03 01 91 | add x1, sp, #64
            02 00 81 d2 | mov x2, #2048
            e8 07 80 d2 | mov x8, #63
            01 00 00 d4 | svc #0
            1f 00 00 f1 | cmp x0, #0
            8d fd ff 54 | b.le next                 | EAGAIN, or EIO while nobody has the terminal open
            e2 03 00 aa | mov x2, x0                | write what was read
            e0 03 15 2a | mov w0, w21
            e1 03 01 91 | add x1, sp, #64
            08 08 80 d2 | mov x8, #64
            01 00 00 d4 | svc #0
            e0 03 15 2a | mov w0, w21               | lseek(file, 0, SEEK_CUR): its end
            01 00 80 d2 | mov x1, #0
            22 00 80 d2 | mov x2, #1
            c8 07 80 d2 | mov x8, #62
            01 00 00 d4 | svc #0
            03 40 40 f1 | subs x3, x0, #16, lsl #12
            cd 00 00 54 | b.le pause
            e0 03 15 2a | mov w0, w21               | fallocate(file, 3, 0, end-65536): all but the last 64 KiB
            61 00 80 d2 | mov x1, #3
            02 00 80 d2 | mov x2, #0
            e8 05 80 d2 | mov x8, #47
            01 00 00 d4 | svc #0
            pause:
            09 68 89 d2 | mov x9, #0x4b40           | 5,000,000 ns
            89 09 a0 f2 | movk x9, #0x4c, lsl #16
            ff 27 00 a9 | stp xzr, x9, [sp]
            e0 03 00 91 | mov x0, sp                | nanosleep
            01 00 80 d2 | mov x1, #0
            a8 0c 80 d2 | mov x8, #101
            01 00 00 d4 | svc #0
            e1 ff ff 17 | b more
            wait:
            00 00 80 d2 | mov x0, #0
            01 00 80 d2 | mov x1, #0
            02 00 80 d2 | mov x2, #0
            83 00 80 d2 | mov x3, #0x4
            03 20 a0 f2 | movk x3, #0x100, lsl #16
            04 00 80 d2 | mov x4, #0
            e8 0b 80 d2 | mov x8, #95               | waitid
            01 00 00 d4 | svc #0
            1f 10 00 b1 | cmn x0, #4                | EINTR
            e0 fe ff 54 | b.eq wait
            60 00 80 d2 | mov x0, #3                | close_range(3, ~0, 0)
            01 00 80 12 | mov w1, #-1
            02 00 80 d2 | mov x2, #0
            88 36 80 d2 | mov x8, #436
            01 00 00 d4 | svc #0
            69 02 40 f9 | ldr x9, [x19]             | the number of arguments
            62 0e 09 8b | add x2, x19, x9, lsl #3   | the environment
            42 40 00 91 | add x2, x2, #16
            61 42 00 91 | add x1, x19, #16          | the arguments but our name
            20 00 40 f9 | ldr x0, [x1]
            a8 1b 80 d2 | mov x8, #221              | execve
            01 00 00 d4 | svc #0
            e0 0f 80 d2 | mov x0, #127              | exit_group(127)
            c8 0b 80 d2 | mov x8, #94
            01 00 00 d4 | svc #0
            00 00 20 d4 | brk #0
            """;

    /** The epoll instance among its descriptors. */
    public static final int EPOLL = 5;

    /** How much of what was copied last is kept, bytes. */
    public static final int KEPT = 65_536;

    /** The most that is copied at once, bytes. */
    public static final int CHUNK = 2_048;

    /** How long it rests after that, milliseconds. */
    public static final int PAUSE_MILLIS = 5;

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
