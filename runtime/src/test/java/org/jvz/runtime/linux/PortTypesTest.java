package org.jvz.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, numbers and structs of the port, without a system call. */
class PortTypesTest {

    @Test
    void anErrnoHasNameAndText() {
        assertThat(Errno.EPERM).hasToString("EPERM");
        assertThat(Errno.EPERM.text()).isEqualTo("Operation not permitted");
        assertThat(new Errno(133)).hasToString("EHWPOISON");
        assertThat(new Errno(41)).hasToString("errno 41");
        assertThat(new Errno(524)).hasToString("errno 524");
        assertThat(new Errno(524).text()).isEqualTo("Unknown error");
    }

    @Test
    void anErrnoConstantHasItsOwnNumber() throws Exception {
        int constants = 0;
        for (var field : Errno.class.getFields()) {
            if (field.getType() == Errno.class) {
                assertThat(field.get(null)).hasToString(field.getName());
                constants++;
            }
        }
        assertThat(constants).isGreaterThan(30);
    }

    @Test
    void aFailureReadsLikeTheCall() {
        SyscallException e = Native.failure(
                -1,
                "mount",
                "proc",
                "/vz/root/101/proc",
                "proc",
                EnumSet.of(MountFlag.NOEXEC, MountFlag.NOSUID, MountFlag.NODEV),
                null);
        assertThat(e)
                .hasMessage(
                        "mount(proc, /vz/root/101/proc, proc, NOSUID|NODEV|NOEXEC): EPERM (Operation not permitted)");
        assertThat(SyscallText.of("a", null, "", EnumSet.noneOf(MountFlag.class), 7, null, null))
                .isEqualTo("a, NULL, \"\", 0, 7");
        assertThat(SyscallText.of()).isEmpty();
        assertThat(SyscallText.octal(0755)).isEqualTo("0755");
    }

    @Test
    void flagsAddUpAndAreNamedInTheirOrder() {
        assertThat(Flag.mask(EnumSet.of(CloneFlag.NEWNS, CloneFlag.INTO_CGROUP, CloneFlag.VM)))
                .isEqualTo(0x200020100L);
        assertThat(Flag.text(EnumSet.of(CloneFlag.INTO_CGROUP, CloneFlag.NEWNS)))
                .isEqualTo("NEWNS|INTO_CGROUP");
    }

    @Test
    void noTwoFlagsShareABit() {
        for (List<? extends Flag> flags : List.<List<? extends Flag>>of(
                List.of(MountFlag.values()),
                List.of(UmountFlag.values()),
                List.of(MountAttr.values()),
                List.of(OpenTreeFlag.values()),
                List.of(MoveMountFlag.values()),
                List.of(ResolveFlag.values()),
                List.of(AtFlag.values()),
                List.of(RenameFlag.values()),
                List.of(CloneFlag.values()))) {
            long seen = 0;
            for (Flag flag : flags) {
                assertThat(Long.bitCount(flag.bit())).as(flag.name()).isOne();
                assertThat(seen & flag.bit()).as(flag.name()).isZero();
                seen |= flag.bit();
            }
        }
    }

    @Test
    void callNumbersAreThoseOfTheHeaders() throws Exception {
        Path header = Path.of("/usr/include/"
                + (Arch.host() == Arch.X86_64 ? "x86_64-linux-gnu/asm/unistd_64.h" : "asm-generic/unistd.h"));
        compare(Arch.host(), header);
        // asm-generic is what aarch64 uses, and its header is part of linux-libc-dev everywhere.
        compare(Arch.AARCH64, Path.of("/usr/include/asm-generic/unistd.h"));
    }

    private static void compare(Arch arch, Path header) throws Exception {
        assumeTrue(Files.exists(header), "needs " + header + " (Debian: linux-libc-dev)");
        String text = Files.readString(header);
        int found = 0;
        for (SystemCall call : SystemCall.values()) {
            Matcher line = Pattern.compile("#define __NR(?:3264)?_" + call + "\\s+(\\d+)\\b")
                    .matcher(text);
            if (line.find()) {
                assertThat(call.number(arch)).as(call + " on " + arch).isEqualTo(Integer.parseInt(line.group(1)));
                found++;
            } else {
                // Newer than Debian 12's headers.
                assertThat(call).isEqualTo(SystemCall.FCHMODAT2);
            }
        }
        assertThat(found).isGreaterThan(80);
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 0x103", "8, 16, 0x810", "259, 300, 0x11032c", "4095, 1048575, -1"})
    void deviceNumbers(int major, int minor, String expected) {
        assertThat(SystemCall.deviceNumber(major, minor)).isEqualTo((int) (long) Long.decode(expected));
    }

    @ParameterizedTest
    @CsvSource({"amd64, X86_64", "x86_64, X86_64", "aarch64, AARCH64"})
    void machines(String osArch, Arch arch) {
        assertThat(Arch.of(osArch)).isEqualTo(arch);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "größe", "日本", "\uD83D\uDE00 smile", "\u007f\u0080\u07ff\u0800\uffff"})
    void namesInUtf8(String name) {
        byte[] bytes = PathBytes.encode(name);
        assertThat(bytes).isEqualTo(name.getBytes(StandardCharsets.UTF_8));
        assertThat(PathBytes.decode(bytes, 0, bytes.length)).isEqualTo(name);
    }

    @Test
    void anyBytesSurviveARoundTrip() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] starts = {
            'a',
            (byte) 0x80,
            (byte) 0xc0,
            (byte) 0xc3,
            (byte) 0xe0,
            (byte) 0xed,
            (byte) 0xef,
            (byte) 0xf0,
            (byte) 0xf4,
            (byte) 0xf5,
            (byte) 0xff
        };
        for (int i = 0; i < 20_000; i++) {
            byte[] name = new byte[1 + random.nextInt(6)];
            for (int k = 0; k < name.length; k++) {
                name[k] = random.nextInt(3) == 0
                        ? starts[random.nextInt(starts.length)]
                        : (byte) (0x80 + random.nextInt(0x40));
            }
            String text = PathBytes.decode(name, 0, name.length);
            assertThat(PathBytes.encode(text))
                    .as("%s, seed %d", Arrays.toString(name), seed)
                    .isEqualTo(name);
        }
    }

    @Test
    void noNameHidesAnother() {
        assertThatIllegalArgumentException().isThrownBy(() -> PathBytes.encode("a\0b"));
        assertThatIllegalArgumentException().isThrownBy(() -> PathBytes.encode("ü\0"));
        assertThatIllegalArgumentException().isThrownBy(() -> PathBytes.encode("\uD800"));
        // Overlong forms of / and of NUL are no / and no NUL.
        byte[] overlong = {(byte) 0xc0, (byte) 0xaf, (byte) 0xc0, (byte) 0x80};
        assertThat(PathBytes.decode(overlong, 0, 4)).doesNotContain("/", "\0").hasSize(4);
    }

    @Test
    void aBlockOfDirectoryEntries() {
        ByteBuffer block = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        entry(block, 7, 4, ".");
        entry(block, 8, 4, "..");
        entry(block, 9, 4, "etc");
        entry(block, 10, 8, "a-longer-name");
        entry(block, 11, 0, "x");
        List<DirEntry> entries = new ArrayList<>();
        DirBlock.<RuntimeException>forEach(block.array(), block.position(), entries::add);
        assertThat(entries)
                .containsExactly(
                        new DirEntry("etc", FileStat.S_IFDIR, 9),
                        new DirEntry("a-longer-name", FileStat.S_IFREG, 10),
                        new DirEntry("x", 0, 11));
    }

    private static void entry(ByteBuffer block, long ino, int type, String name) {
        int start = block.position();
        int length = (19 + name.length() + 1 + 7) & -8;
        block.putLong(ino)
                .putLong(0)
                .putShort((short) length)
                .put((byte) type)
                .put(name.getBytes(StandardCharsets.US_ASCII));
        block.position(start + length);
    }

    @Test
    void rawModeIsThatOfCfmakeraw() {
        byte[] all = new byte[Termios.SIZE];
        Arrays.fill(all, 0, 16, (byte) 0xff);
        Arrays.fill(all, 17, 36, (byte) 9);
        ByteBuffer raw = ByteBuffer.wrap(new Termios(all).raw().struct()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(raw.getInt(0)).isEqualTo(~02753);
        assertThat(raw.getInt(4)).isEqualTo(~1);
        assertThat(raw.getInt(8)).isEqualTo(~0400);
        assertThat(raw.getInt(12)).isEqualTo(~0100113);
        assertThat(raw.get(17 + 6)).isEqualTo((byte) 1);
        assertThat(raw.get(17 + 5)).isEqualTo((byte) 0);
        assertThat(raw.get(17 + 4)).isEqualTo((byte) 9);
        assertThat(new Termios(all)).isEqualTo(new Termios(all)).isNotEqualTo(new Termios(all).raw());
    }

    @Test
    void endsOfProcesses() {
        assertThat(new WaitStatus(0, 3)).hasToString("exit status 3");
        assertThat(new WaitStatus(0, 3).shellStatus()).isEqualTo(3);
        assertThat(new WaitStatus(9, 0)).hasToString("killed by signal KILL");
        assertThat(new WaitStatus(9, 0).shellStatus()).isEqualTo(137);
        assertThat(new WaitStatus(11, 0)).hasToString("killed by signal 11");
    }

    @Test
    void capabilitiesStandInTheKernelsOrder() throws Exception {
        Path header = Path.of("/usr/include/linux/capability.h");
        assumeTrue(Files.exists(header), "needs " + header + " (Debian: linux-libc-dev)");
        String text = Files.readString(header);
        for (Capability capability : Capability.values()) {
            assertThat(text).containsPattern("#define CAP_" + capability + "\\s+" + capability.number() + "\\b");
        }
        assertThat(Capability.values()).hasSize(41);
    }
}
