package org.jvz.runtime.linux.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void anUnknownCallIsNamed() {
        List<Rule> rules = List.of(Rule.refuse("no_such_call", Errno.EPERM));
        assertThatThrownBy(() -> SeccompFilter.program(rules, cache, new JffiLinux()))
                .hasMessageContaining("no_such_call");
        assertThat(cache).isEmptyDirectory();
    }
}
