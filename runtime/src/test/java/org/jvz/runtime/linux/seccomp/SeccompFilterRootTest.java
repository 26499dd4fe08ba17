package org.jvz.runtime.linux.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.JffiLinux;

@Tag("root")
class SeccompFilterRootTest {
    @TempDir
    Path cache;

    @Test
    void aProgramIsCompiledOnceForEachSetOfRules() throws IOException {
        List<Rule> rules = List.of(Rule.refuse("syslog", Errno.EPERM), Rule.ifEqual("ioctl", 1, 0x5412, Errno.EPERM));
        byte[] program = SeccompFilter.program(rules, cache, new JffiLinux());
        // struct sock_filter has 8 bytes; a program loads the architecture, tests it and returns at the least.
        assertThat(program.length % 8).isZero();
        assertThat(program.length).isGreaterThan(8 * 5);
        assertThat(SeccompFilter.program(rules, cache, new JffiLinux())).isEqualTo(program);
        assertThat(SeccompFilter.program(rules.subList(0, 1), cache, new JffiLinux()))
                .isNotEqualTo(program);
        try (var files = Files.list(cache)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void aCallYoungerThanTheLibraryIsRefusedToo() throws IOException {
        List<Rule> rules = List.of(Rule.refuse("syslog", Errno.EPERM), Rule.refuse("file_setattr", Errno.EPERM));
        byte[] program = SeccompFilter.program(rules, cache, new JffiLinux());
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> numbers = new ArrayList<>();
        for (int at = 0; at < program.length; at += 8) {
            numbers.add(code.getInt(at + 4));
        }
        assertThat(numbers).contains(469);
    }

    @Test
    void twoArgumentsCountTogetherAlsoFor32Bits() throws IOException {
        assumeTrue("amd64".equals(System.getProperty("os.arch")), "numbers of x86");
        List<Rule> rules = List.of(
                Rule.ifEqual("socket", 0, 16, Errno.EPERM).and(2, 12),
                Rule.ifEqual("setsockopt", 1, 0, Errno.EPERM).and(2, 64),
                Rule.ifEqual("socketcall", 0, 1, Errno.EPERM));
        byte[] program = SeccompFilter.program(rules, cache, new JffiLinux());
        int amd64 = 0xc000003e;
        int i386 = 0x40000003;
        assertThat(FilterRun.answer(program, amd64, 41, 16, 3, 12)).isEqualTo(1);
        assertThat(FilterRun.answer(program, amd64, 41, 16 | 1L << 40, 3, 12 | 1L << 35))
                .isEqualTo(1);
        assertThat(FilterRun.answer(program, amd64, 41, 16, 3, 0)).isZero();
        assertThat(FilterRun.answer(program, amd64, 41, 2, 3, 12)).isZero();
        assertThat(FilterRun.answer(program, amd64, 0x40000000 | 41, 16, 3, 12)).isEqualTo(1);
        assertThat(FilterRun.answer(program, amd64, 54, 5, 0, 64)).isEqualTo(1);
        assertThat(FilterRun.answer(program, amd64, 54, 5, 1, 64)).isZero();
        assertThat(FilterRun.answer(program, i386, 359, 16, 3, 12)).isEqualTo(1);
        assertThat(FilterRun.answer(program, i386, 359, 16, 3, 0)).isZero();
        // Its own arguments are in memory, where no filter can look.
        assertThat(FilterRun.answer(program, i386, 102, 1, 0)).isEqualTo(1);
        assertThat(FilterRun.answer(program, i386, 102, 14, 0)).isZero();
        // The number is another call's elsewhere.
        assertThat(FilterRun.answer(program, amd64, 102, 1, 0)).isZero();
    }

    @Test
    void anUnknownCallIsNamed() {
        List<Rule> rules = List.of(Rule.refuse("no_such_call", Errno.EPERM));
        assertThatThrownBy(() -> SeccompFilter.program(rules, cache, new JffiLinux()))
                .hasMessageContaining("no_such_call");
        assertThat(cache).isEmptyDirectory();
    }
}
