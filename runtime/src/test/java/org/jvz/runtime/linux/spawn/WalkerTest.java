package org.jvz.runtime.linux.spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.jvz.runtime.linux.spawn.TableLayout.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jvz.runtime.linux.Arch;
import org.jvz.runtime.linux.SystemCall;

/**
 * Each machine's stub walks tables as {@link TableLayout} says. The stub is put into an ELF file of its own, which enters it at the child's
 * first instruction; the machine that is not ours is emulated by qemu. The table is also a file, which its first records map over
 * themselves, so what the stub leaves in it can be read afterwards.
 */
class WalkerTest {
    private static final int CODE = 0x400000;
    private static final int TABLE = 0x600000;
    private static final int PAGE = 4096;
    /** aarch64 kernels may have larger pages than x86-64; the mapping needs one. */
    private static final int TABLE_SIZE = 0x10000;

    private static final int O_RDWR = 2;
    private static final int PROT_RW = 3;
    private static final int MAP_SHARED_FIXED = 0x11;
    private static final int AT_FDCWD = -100;

    @TempDir
    Path temp;

    /** A table under construction at its address in the emulated process. */
    private static final class Image {
        final Arch arch;
        final ByteBuffer bytes = ByteBuffer.allocate(TABLE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        private int free = 64;
        private int last;

        Image(Arch arch) {
            this.arch = arch;
        }

        long data(byte[] data) {
            int at = free;
            bytes.position(at).put(data);
            free = (at + data.length + 15) & -16;
            return (long) TABLE + at;
        }

        long string(String text) {
            return data((text + "\0").getBytes(UTF_8));
        }

        /** Appends a record to the chain; returns its offset. */
        int record(SystemCall call, int flags, long expected, long... arguments) {
            int at = (int) (data(new byte[RECORD_SIZE]) - TABLE);
            bytes.putLong(at + NUMBER, call.number(arch));
            bytes.putLong(at + FLAGS, flags);
            for (int i = 0; i < arguments.length; i++) {
                bytes.putLong(at + ARGUMENTS + 8 * i, arguments[i]);
            }
            bytes.putLong(at + EXPECTED, expected);
            if (last == 0) {
                bytes.putLong(FIRST_RECORD, TABLE + at);
            } else {
                bytes.putLong(last + NEXT, TABLE + at);
            }
            last = at;
            return at;
        }

        void branch(int from, int to) {
            bytes.putLong(from + BRANCH_TO, TABLE + to);
        }

        long result(int record) {
            return (long) TABLE + record + RESULT;
        }
    }

    /** The first records: the table file takes the place of the table in memory. */
    private Image image(Arch arch) {
        Image image = new Image(arch);
        int open = image.record(
                SystemCall.OPENAT,
                0,
                0,
                AT_FDCWD,
                image.string(temp.resolve("table").toString()),
                O_RDWR,
                0);
        image.record(
                SystemCall.MMAP, LONG_AT << 4, 0, TABLE, TABLE_SIZE, PROT_RW, MAP_SHARED_FIXED, image.result(open), 0);
        // The mapping has the file's result of the first record, which is none yet.
        return image;
    }

    @ParameterizedTest
    @EnumSource
    void walksToTheEnd(Arch arch) throws Exception {
        Image image = image(arch);
        int open = image.record(
                SystemCall.OPENAT,
                0,
                0,
                AT_FDCWD,
                image.string(temp.resolve("table").toString()),
                O_RDWR,
                0);
        int viaLong = image.record(SystemCall.LSEEK, LONG_AT, 0, image.result(open), 0, 0);
        long minusOne = image.data(new byte[] {-1, -1, -1, -1, 1, 1, 1, 1});
        // lseek(file, 0xffffffff, SEEK_SET) would do: EINVAL proves that the int was sign-extended, and alone.
        int viaInt = image.record(
                SystemCall.LSEEK, LONG_AT | INT_AT << 1 | BRANCH | MUST_BRANCH, -22, image.result(open), minusOne, 0);
        int notTaken = image.record(SystemCall.CLOSE, BRANCH | IGNORE, -22, 999);
        image.branch(viaInt, notTaken);
        int ignored = image.record(SystemCall.CLOSE, IGNORE, 0, 999);
        int taken = image.record(SystemCall.CLOSE, BRANCH, -9, 999);
        int skipped = image.record(SystemCall.EXIT_GROUP, 0, 0, 3);
        byte[] hello = "hello\n".getBytes(UTF_8);
        int write = image.record(SystemCall.WRITE, 0, 0, 1, image.data(hello), hello.length);
        image.branch(taken, write);
        int six = image.record(SystemCall.MMAP, BRANCH | MUST_BRANCH, -22, 0, 4096, 1, MAP_PRIVATE_ANONYMOUS, -1, 1);
        int end = image.record(SystemCall.EXIT_GROUP, 0, 0, 5);
        image.branch(six, end);

        Run run = run(arch, image, "child");
        assertThat(run.output).isEqualTo("hello\n");
        assertThat(run.status).isEqualTo(5);
        ByteBuffer table = run.table;
        assertThat(table.getLong(FAILED_RECORD)).isZero();
        assertThat(table.getLong(open + RESULT)).isGreaterThan(2);
        assertThat(table.getLong(viaLong + EFFECTIVE)).isEqualTo(table.getLong(open + RESULT));
        assertThat(table.getLong(viaInt + EFFECTIVE + 8)).isEqualTo(-1);
        assertThat(table.getLong(notTaken + RESULT)).isEqualTo(-9);
        assertThat(table.getLong(ignored + RESULT)).isEqualTo(-9);
        assertThat(table.getLong(taken + RESULT)).isZero();
        assertThat(table.getLong(skipped + EFFECTIVE)).isZero();
        assertThat(table.getLong(write + RESULT)).isEqualTo(6);
        assertThat(table.getLong(six + EFFECTIVE + 40)).isEqualTo(1);
    }

    /** With a file offset of 1 this is EINVAL, with one of 0 it succeeds: so the sixth argument arrives. */
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    @ParameterizedTest
    @EnumSource
    void anErrorEndsTheWalkAndIsReported(Arch arch) throws Exception {
        Image image = image(arch);
        int failing = image.record(SystemCall.CLOSE, 0, 0, 999);
        image.record(SystemCall.EXIT_GROUP, 0, 0, 0);
        Run run = run(arch, image, "child");
        assertThat(run.status).isEqualTo(127);
        assertThat(run.table.getLong(FAILED_RECORD)).isEqualTo(TABLE + failing);
        assertThat(run.table.getLong(FAILED_RESULT)).isEqualTo(-9);
    }

    @ParameterizedTest
    @EnumSource
    void anUnexpectedSuccessEndsTheWalkToo(Arch arch) throws Exception {
        Image image = image(arch);
        int failing = image.record(SystemCall.UMASK, BRANCH | MUST_BRANCH, 0777_777, 022);
        image.branch(failing, failing);
        image.record(SystemCall.EXIT_GROUP, 0, 0, 0);
        Run run = run(arch, image, "child");
        assertThat(run.status).isEqualTo(127);
        assertThat(run.table.getLong(FAILED_RECORD)).isEqualTo(TABLE + failing);
        assertThat(run.table.getLong(FAILED_RESULT)).isBetween(0L, 0777L);
    }

    /** The parent's side comes back with the error of a clone3 that cannot work: its arguments have no size. */
    @ParameterizedTest
    @EnumSource
    void theParentReturnsTheError(Arch arch) throws Exception {
        Run run = run(arch, new Image(arch), "entry");
        // The kernel says EINVAL; qemu-user without clone3 says ENOSYS.
        assertThat(run.status).isIn(22, 38);
    }

    private record Run(int status, String output, ByteBuffer table) {}

    private Run run(Arch arch, Image image, String label) throws Exception {
        Path table = temp.resolve("table");
        Files.write(table, image.bytes.array());
        Path elf = temp.resolve("walker");
        Files.write(elf, elf(arch, image.bytes.array(), label));
        assertThat(elf.toFile().setExecutable(true)).isTrue();
        String qemu = arch == Arch.X86_64 ? "qemu-x86_64" : "qemu-aarch64";
        List<String> command = arch == Arch.host() ? List.of(elf.toString()) : List.of(qemu, elf.toString());
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            assumeTrue(arch == Arch.host(), "needs " + qemu + " (Debian: qemu-user)");
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int status = process.waitFor();
        return new Run(
                status, output, ByteBuffer.wrap(Files.readAllBytes(table)).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** An executable of two segments: code with a start that enters the stub at {@code label}, and the table. */
    private static byte[] elf(Arch arch, byte[] table, String label) {
        byte[] stub = Stub.code(Stub.listing(arch));
        ByteBuffer elf = ByteBuffer.allocate(2 * PAGE + TABLE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        elf.putShort((short) 2)
                .putShort((short) (arch == Arch.X86_64 ? 62 : 183))
                .putInt(1);
        elf.putLong(CODE + PAGE).putLong(64).putLong(0).putInt(0);
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 2).position(64);
        segment(elf, 5, PAGE, CODE + PAGE, PAGE);
        segment(elf, 6, 2 * PAGE, TABLE, table.length);
        elf.position(PAGE + 64).put(stub);
        elf.position(PAGE);
        start(arch, elf, 64 + offset(arch, label), label.equals("entry"));
        elf.position(2 * PAGE).put(table);
        return elf.array();
    }

    private static void segment(ByteBuffer elf, int rights, long offset, long address, long size) {
        elf.putInt(1).putInt(rights).putLong(offset).putLong(address).putLong(address);
        elf.putLong(size).putLong(size).putLong(PAGE);
    }

    /** Offset of a label: the bytes above it. */
    private static int offset(Arch arch, String label) {
        String listing = Stub.listing(arch);
        return Stub.code(listing.substring(0, listing.indexOf(label + ":\n"))).length;
    }

    /** Puts the table's address where the stub wants it, and jumps to it or calls it; after a call, exits with the error. */
    private static void start(Arch arch, ByteBuffer code, int target, boolean call) {
        if (arch == Arch.X86_64) {
            // mov rdi or rbx, TABLE; call or jmp target
            code.put((byte) 0x48).put((byte) (call ? 0xbf : 0xbb)).putLong(TABLE);
            code.put((byte) (call ? 0xe8 : 0xe9)).putInt(target - 15);
            // neg eax; mov edi, eax; mov eax, 231; syscall
            code.put(new byte[] {(byte) 0xf7, (byte) 0xd8, (byte) 0x89, (byte) 0xc7, (byte) 0xb8})
                    .putInt(231);
            code.put(new byte[] {0x0f, 0x05});
        } else {
            int register = call ? 0 : 19;
            // movz xN, #(TABLE >> 16), lsl #16; bl or b target
            code.putInt(0xd2a00000 | TABLE >> 16 << 5 | register);
            code.putInt((call ? 0x94000000 : 0x14000000) | (target - 4) / 4);
            // neg x0, x0; mov x8, #94; svc #0
            code.putInt(0xcb0003e0).putInt(0xd2800bc8).putInt(0xd4000001);
        }
    }
}
