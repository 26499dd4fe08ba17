package org.jvz.runtime.linux.spawn;

/**
 * The stub's listing for aarch64: call number in x8, arguments in x0 to x5, result in x0; {@code svc} changes nothing else.
 * Offsets are those of {@link TableLayout}.
 */
final class StubAarch64 {
    private StubAarch64() {}

    static final String LISTING =
            """
            entry:
            f3 53 be a9 | stp x19, x20, [sp, #-32]!    | callee-saved by the ABI
            f5 0b 00 f9 | str x21, [sp, #16]
            f3 03 00 aa | mov x19, x0                  | x19 = control block
            40 00 80 d2 | mov x0, #2                   | rt_sigprocmask(SIG_SETMASK, all, &saved, 8)
            61 82 00 91 | add x1, x19, #32
            62 62 00 91 | add x2, x19, #24
            03 01 80 d2 | mov x3, #8
            e8 10 80 d2 | mov x8, #135
            01 00 00 d4 | svc #0
            60 06 40 a9 | ldp x0, x1, [x19]            | clone3(arguments, their size)
            68 36 80 d2 | mov x8, #435
            01 00 00 d4 | svc #0
            80 01 00 b4 | cbz x0, child                | the child never comes back here
            f4 03 00 aa | mov x20, x0                  | x20 = pid or -errno
            40 00 80 d2 | mov x0, #2                   | rt_sigprocmask(SIG_SETMASK, &saved, NULL, 8)
            61 62 00 91 | add x1, x19, #24
            02 00 80 d2 | mov x2, #0
            03 01 80 d2 | mov x3, #8
            e8 10 80 d2 | mov x8, #135
            01 00 00 d4 | svc #0
            e0 03 14 aa | mov x0, x20
            f5 0b 40 f9 | ldr x21, [sp, #16]
            f3 53 c2 a8 | ldp x19, x20, [sp], #32
            c0 03 5f d6 | ret
            child:
            74 0a 40 f9 | ldr x20, [x19, #16]          | x20 = first record
            record:
            95 06 40 f9 | ldr x21, [x20, #8]           | x21 = flags
            09 00 80 d2 | mov x9, #0                   | x9 = number of the argument
            argument:
            8a 0e 09 8b | add x10, x20, x9, lsl #3
            4b 09 40 f9 | ldr x11, [x10, #16]          | the argument as written,
            ac 26 c9 9a | lsr x12, x21, x9
            4c 00 00 36 | tbz w12, #0, not_long
            6b 01 40 f9 | ldr x11, [x11]               | or the 64-bit number it points to,
            not_long:
            4c 00 40 36 | tbz w12, #8, not_int
            6b 01 80 b9 | ldrsw x11, [x11]             | or the int it points to,
            not_int:
            4b 31 00 f9 | str x11, [x10, #96]          | goes to the effective arguments
            29 05 00 91 | add x9, x9, #1
            3f 19 00 f1 | cmp x9, #6
            c1 fe ff 54 | b.ne argument
            80 06 46 a9 | ldp x0, x1, [x20, #96]
            82 0e 47 a9 | ldp x2, x3, [x20, #112]
            84 16 48 a9 | ldp x4, x5, [x20, #128]
            88 02 40 f9 | ldr x8, [x20]                | the call's number
            01 00 00 d4 | svc #0
            95 00 80 36 | tbz w21, #16, no_branch      | BRANCH
            89 26 40 f9 | ldr x9, [x20, #72]
            1f 00 09 eb | cmp x0, x9
            e0 00 00 54 | b.eq branch                  | before the result is stored: both sides of a clone3 record pass here
            no_branch:
            80 22 00 f9 | str x0, [x20, #64]           | result
            15 01 88 37 | tbnz w21, #17, fail          | MUST_BRANCH
            1f fc 3f b1 | cmn x0, #4095                | -4095 to -1 are errors
            a2 00 00 54 | b.hs error
            next:
            94 2a 40 f9 | ldr x20, [x20, #80]
            e5 ff ff 17 | b record
            branch:
            94 2e 40 f9 | ldr x20, [x20, #88]
            e3 ff ff 17 | b record
            error:
            95 ff 97 37 | tbnz w21, #18, next          | IGNORE
            fail:
            60 1a 00 f9 | str x0, [x19, #48]           | what failed, for the parent
            74 16 00 f9 | str x20, [x19, #40]
            e0 0f 80 d2 | mov x0, #127                 | exit_group(127)
            c8 0b 80 d2 | mov x8, #94
            01 00 00 d4 | svc #0
            00 00 20 d4 | brk #0
            """;
}
