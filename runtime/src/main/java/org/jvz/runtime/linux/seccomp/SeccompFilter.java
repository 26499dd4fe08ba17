package org.jvz.runtime.linux.seccomp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Arch;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;

/**
 * Compiles a filter that allows every system call but those its rules refuse, for the native architecture and the ones its
 * kernel runs beside it. libseccomp does the work once; the program is kept in a file, for loading the library costs more
 * than starting a VE.
 */
public final class SeccompFilter {
    private static final int ALLOW = 0x7fff0000;
    private static final int REFUSE = 0x00050000;
    private static final int MASKED_EQUAL = 7;

    /** Calls younger than Debian 12's library. Since 5.1 a new call has one number on all architectures. */
    private static final Map<String, Integer> YOUNG = Map.of("file_setattr", 469);

    /**
     * The call of 32-bit x86 programs for all that concerns sockets. The library adds rules of its own for it to those of the calls it stands for, which look at
     * arguments that are not there; and with rules for it besides, version 2.5 makes programs that no longer load the number on x86-64.
     */
    private static final String SOCKETCALL = "socketcall";

    private static final int SOCKETCALL_NUMBER = 102;
    private static final int AUDIT_ARCH_I386 = 0x40000003;
    /** Places in {@code struct seccomp_data}. */
    private static final int ARCHITECTURE = 4;

    private static final int FIRST_ARGUMENT = 16;

    private static final int X32_BIT = 0x40000000;
    private static final int BPF_LOAD = 0x20;
    private static final int BPF_JUMP_IF_EQUAL = 0x15;
    private static final int BPF_RETURN = 0x06;
    /** {@code struct scmp_arg_cmp}: unsigned arg, enum op, two 64-bit data. */
    private static final int COMPARISON_SIZE = 24;

    private SeccompFilter() {}

    /**
     * The BPF program ({@code struct sock_filter[]}, 8 bytes each) for the rules, from {@code cache} or newly compiled
     * into it.
     *
     * @throws IOException if libseccomp cannot be loaded or refuses a rule, naming it
     */
    public static byte[] program(List<Rule> rules, Path cache, Linux linux) throws IOException {
        Path file = cache.resolve("seccomp-" + Arch.host() + "-" + Long.toHexString(checksum(rules)) + ".bpf");
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException first) {
            Files.createDirectories(cache);
            Path temporary = Files.createTempFile(cache, "seccomp", ".new");
            try {
                compile(rules, temporary, linux);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            return Files.readAllBytes(file);
        }
    }

    private static long checksum(List<Rule> rules) {
        CRC32C sum = new CRC32C();
        for (Rule rule : rules) {
            sum.update((rule.key() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return sum.getValue();
    }

    private static void compile(List<Rule> rules, Path into, Linux linux) throws IOException {
        LibSeccomp library;
        try {
            library =
                    LibraryLoader.loadLibrary(LibSeccomp.class, Map.of(LibraryOption.LoadNow, true), "libseccomp.so.2");
        } catch (UnsatisfiedLinkError e) {
            throw new IOException("libseccomp.so.2 cannot be loaded; install the package libseccomp2", e);
        }
        Pointer context = library.seccomp_init(ALLOW);
        if (context == null) {
            throw new IOException("seccomp_init failed");
        }
        try {
            addArchitectures(library, context);
            ByteArrayOutputStream young = new ByteArrayOutputStream();
            for (Rule rule : rules) {
                @Nullable Integer number = YOUNG.get(rule.syscall());
                if (rule.syscall().equals(SOCKETCALL)) {
                    refuseSocketcall(young, rule);
                } else if (number == null) {
                    add(library, context, rule);
                } else {
                    refuse(young, number, rule.answer());
                }
            }
            try (Fd fd = linux.open(into, OpenFlag.WRONLY)) {
                linux.writeFully(fd, young.toByteArray());
                check(library.seccomp_export_bpf(context, fd.number()), "seccomp_export_bpf");
            }
        } finally {
            library.seccomp_release(context);
        }
    }

    private static void addArchitectures(LibSeccomp library, Pointer context) throws IOException {
        List<String> besides =
                switch (Arch.host()) {
                    case X86_64 -> List.of("x86", "x32");
                    case AARCH64 -> List.of("arm");
                };
        for (String name : besides) {
            check(
                    library.seccomp_arch_add(context, library.seccomp_arch_resolve_name(name)),
                    "seccomp_arch_add " + name);
        }
    }

    /** Instructions ({@code struct sock_filter}) that look at the number alone; they go before the library's. */
    private static void refuse(ByteArrayOutputStream program, int number, Errno answer) {
        ByteBuffer code = ByteBuffer.allocate(4 * 8).order(ByteOrder.LITTLE_ENDIAN);
        code.putShort((short) BPF_LOAD).putShort((short) 0).putInt(0);
        code.putShort((short) BPF_JUMP_IF_EQUAL).put((byte) 1).put((byte) 0).putInt(number);
        code.putShort((short) BPF_JUMP_IF_EQUAL).put((byte) 0).put((byte) 1).putInt(number | X32_BIT);
        code.putShort((short) BPF_RETURN).putShort((short) 0).putInt(REFUSE | answer.number());
        program.writeBytes(code.array());
    }

    /** Instructions that refuse one of the calls that socketcall(2) stands for, its first argument; nothing where there is no such call. */
    private static void refuseSocketcall(ByteArrayOutputStream program, Rule rule) {
        if (Arch.host() != Arch.X86_64) {
            return;
        }
        ByteBuffer code = ByteBuffer.allocate(7 * 8).order(ByteOrder.LITTLE_ENDIAN);
        code.putShort((short) BPF_LOAD).putShort((short) 0).putInt(ARCHITECTURE);
        code.putShort((short) BPF_JUMP_IF_EQUAL).put((byte) 0).put((byte) 5).putInt(AUDIT_ARCH_I386);
        code.putShort((short) BPF_LOAD).putShort((short) 0).putInt(0);
        code.putShort((short) BPF_JUMP_IF_EQUAL).put((byte) 0).put((byte) 3).putInt(SOCKETCALL_NUMBER);
        code.putShort((short) BPF_LOAD).putShort((short) 0).putInt(FIRST_ARGUMENT);
        int call = (int) rule.matches().get(0).value();
        code.putShort((short) BPF_JUMP_IF_EQUAL).put((byte) 0).put((byte) 1).putInt(call);
        code.putShort((short) BPF_RETURN)
                .putShort((short) 0)
                .putInt(REFUSE | rule.answer().number());
        program.writeBytes(code.array());
    }

    private static void add(LibSeccomp library, Pointer context, Rule rule) throws IOException {
        int number = library.seccomp_syscall_resolve_name(rule.syscall());
        if (number == -1) {
            throw new IOException("libseccomp does not know the system call " + rule.syscall());
        }
        int count = rule.matches().size();
        Pointer comparisons =
                count == 0 ? null : Memory.allocateDirect(Runtime.getRuntime(library), count * COMPARISON_SIZE);
        if (comparisons != null) {
            int at = 0;
            for (Rule.Match each : rule.matches()) {
                comparisons.putInt(at, each.argument());
                comparisons.putInt(at + 4, MASKED_EQUAL);
                comparisons.putLong(at + 8, each.mask());
                comparisons.putLong(at + 16, each.value());
                at += COMPARISON_SIZE;
            }
        }
        int action = REFUSE | rule.answer().number();
        int result = library.seccomp_rule_add_array(context, action, number, count, comparisons);
        check(result, "seccomp_rule_add " + rule.syscall());
    }

    private static void check(int result, String what) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + new Errno(-result));
        }
    }
}
