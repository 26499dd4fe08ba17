package org.jvz.runtime.linux.spawn;

/**
 * The stub's listing for x86-64: call number in rax, arguments in rdi rsi rdx r10 r8 r9, result in rax; {@code syscall} changes rcx and r11.
 * Offsets are those of {@link TableLayout}.
 */
final class StubX8664 {
    private StubX8664() {}

    static final String LISTING =
            """
            entry:
            53                         | push rbx                     | callee-saved by the ABI
            55                         | push rbp
            41 54                      | push r12
            48 89 fb                   | mov rbx, rdi                 | rbx = control block
            b8 0e 00 00 00             | mov eax, 14                  | rt_sigprocmask(SIG_SETMASK, all, &saved, 8)
            bf 02 00 00 00             | mov edi, 2
            48 8d 73 20                | lea rsi, [rbx+32]
            48 8d 53 18                | lea rdx, [rbx+24]
            41 ba 08 00 00 00          | mov r10d, 8
            0f 05                      | syscall
            b8 b3 01 00 00             | mov eax, 435                 | clone3(arguments, their size)
            48 8b 3b                   | mov rdi, [rbx]
            48 8b 73 08                | mov rsi, [rbx+8]
            0f 05                      | syscall
            48 85 c0                   | test rax, rax
            74 23                      | jz child                     | the child never comes back here
            49 89 c4                   | mov r12, rax                 | r12 = pid or -errno
            b8 0e 00 00 00             | mov eax, 14                  | rt_sigprocmask(SIG_SETMASK, &saved, NULL, 8)
            bf 02 00 00 00             | mov edi, 2
            48 8d 73 18                | lea rsi, [rbx+24]
            31 d2                      | xor edx, edx
            41 ba 08 00 00 00          | mov r10d, 8
            0f 05                      | syscall
            4c 89 e0                   | mov rax, r12
            41 5c                      | pop r12
            5d                         | pop rbp
            5b                         | pop rbx
            c3                         | ret
            child:
            48 8b 6b 10                | mov rbp, [rbx+16]            | rbp = first record
            record:
            4c 8b 65 08                | mov r12, [rbp+8]             | r12 = flags
            31 c9                      | xor ecx, ecx                 | ecx = number of the argument
            argument:
            48 8b 44 cd 10             | mov rax, [rbp+rcx*8+16]      | the argument as written,
            49 0f a3 cc                | bt r12, rcx
            73 03                      | jnc not_long
            48 8b 00                   | mov rax, [rax]               | or the 64-bit number it points to,
            not_long:
            8d 51 08                   | lea edx, [rcx+8]
            49 0f a3 d4                | bt r12, rdx
            73 03                      | jnc not_int
            48 63 00                   | movsxd rax, dword ptr [rax]  | or the int it points to,
            not_int:
            48 89 44 cd 60             | mov [rbp+rcx*8+96], rax      | goes to the effective arguments
            ff c1                      | inc ecx
            83 f9 06                   | cmp ecx, 6
            75 da                      | jne argument
            48 8b 7d 60                | mov rdi, [rbp+96]
            48 8b 75 68                | mov rsi, [rbp+104]
            48 8b 55 70                | mov rdx, [rbp+112]
            4c 8b 55 78                | mov r10, [rbp+120]
            4c 8b 85 80 00 00 00       | mov r8, [rbp+128]
            4c 8b 8d 88 00 00 00       | mov r9, [rbp+136]
            48 8b 45 00                | mov rax, [rbp]               | the call's number
            0f 05                      | syscall
            41 f7 c4 00 00 01 00       | test r12d, 0x10000           | BRANCH
            74 06                      | jz no_branch
            48 3b 45 48                | cmp rax, [rbp+72]
            74 1b                      | je branch                    | before the result is stored: both sides of a clone3 record pass here
            no_branch:
            48 89 45 40                | mov [rbp+64], rax            | result
            41 f7 c4 00 00 02 00       | test r12d, 0x20000           | MUST_BRANCH
            75 1d                      | jnz fail
            48 3d 01 f0 ff ff          | cmp rax, -4095               | -4095 to -1 are errors
            73 0c                      | jae error
            next:
            48 8b 6d 50                | mov rbp, [rbp+80]
            eb 86                      | jmp record
            branch:
            48 8b 6d 58                | mov rbp, [rbp+88]
            eb 80                      | jmp record
            error:
            41 f7 c4 00 00 04 00       | test r12d, 0x40000           | IGNORE
            75 eb                      | jnz next
            fail:
            48 89 43 30                | mov [rbx+48], rax            | what failed, for the parent
            48 89 6b 28                | mov [rbx+40], rbp
            b8 e7 00 00 00             | mov eax, 231                 | exit_group(127)
            bf 7f 00 00 00             | mov edi, 127
            0f 05                      | syscall
            0f 0b                      | ud2
            """;
}
