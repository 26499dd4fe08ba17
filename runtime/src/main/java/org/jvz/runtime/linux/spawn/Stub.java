package org.jvz.runtime.linux.spawn;

import java.io.ByteArrayOutputStream;
import org.jvz.runtime.linux.Arch;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Native;
import org.jvz.runtime.linux.OffHeap;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.SystemCall;

/**
 * The machine code that clones and, in the child, walks the table of records. It blocks all signals around clone3, touches neither
 * TLS nor heap, calls nothing, uses no stack in the child and never returns there: so it is safe with CLONE_VM in a multi-threaded JVM.
 * It is position independent.
 *
 * <p>A listing has one instruction a line: its bytes, its assembler text, and why; a test gives the text to the assembler and compares.
 */
final class Stub {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int SIZE = 4096;

    private Stub() {}

    /** Runs the stub: clones as the control block says. Returns the child's pid, or a negative error number. */
    static long run(long controlBlock) throws SyscallException {
        return Native.enter(address(), controlBlock);
    }

    /** Where the code lies. */
    static long address() throws SyscallException {
        return Loaded.address();
    }

    static String listing(Arch arch) {
        return switch (arch) {
            case X86_64 -> StubX8664.LISTING;
            case AARCH64 -> StubAarch64.LISTING;
        };
    }

    /** The bytes in a listing: what stands left of the first bar, as pairs of hexadecimal digits. Lines with a label have none. */
    static byte[] code(String listing) {
        ByteArrayOutputStream code = new ByteArrayOutputStream(512);
        for (int line = 0; line < listing.length(); line = listing.indexOf('\n', line) + 1) {
            if (listing.charAt(listing.indexOf('\n', line) - 1) == ':') {
                continue;
            }
            for (int i = line; listing.charAt(i) != '|'; i += 3) {
                if (listing.charAt(i) == ' ') {
                    break;
                }
                code.write(Character.digit(listing.charAt(i), 16) << 4 | Character.digit(listing.charAt(i + 1), 16));
            }
        }
        return code.toByteArray();
    }

    /** The code in memory, once per process: written first, executable after; never both at once. */
    private static final class Loaded {
        private static long address;

        static synchronized long address() throws SyscallException {
            if (address == 0) {
                address = load();
            }
            return address;
        }

        private static long load() throws SyscallException {
            byte[] code = code(listing(Arch.host()));
            long page =
                    Native.call(SystemCall.MMAP, 0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            check(page, "mmap", "PROT_READ|PROT_WRITE");
            OffHeap.put(page, code);
            // On aarch64 the kernel makes caches coherent when a page becomes executable.
            check(
                    Native.call(SystemCall.MPROTECT, page, SIZE, PROT_READ | PROT_EXEC),
                    "mprotect",
                    "PROT_READ|PROT_EXEC");
            return page;
        }

        private static void check(long result, String call, String arguments) throws SyscallException {
            if (result < 0 && result >= -4095) {
                throw new SyscallException(call, arguments, new Errno((int) -result));
            }
        }
    }
}
