package org.jvz.runtime.linux.spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jvz.runtime.linux.Arch;

/** The listings' bytes are what an assembler makes of their text. */
class StubListingTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @EnumSource
    void bytesAreThoseOfTheText(Arch arch) throws Exception {
        assertBytes(arch, Stub.listing(arch));
    }

    @ParameterizedTest
    @EnumSource
    void bytesOfThenProgramAreThoseOfItsText(Arch arch) throws Exception {
        assertBytes(arch, ThenProgram.listing(arch));
    }

    private void assertBytes(Arch arch, String listing) throws Exception {
        String prefix = arch == Arch.X86_64 ? "x86_64-linux-gnu-" : "aarch64-linux-gnu-";
        Path source = temp.resolve("stub.s");
        Files.writeString(source, source(arch, listing));
        run(List.of(prefix + "as", "-o", "stub.o", "stub.s"));
        run(List.of(prefix + "objcopy", "-O", "binary", "-j", ".text", "stub.o", "stub.bin"));
        assertThat(Stub.code(listing)).isEqualTo(Files.readAllBytes(temp.resolve("stub.bin")));
    }

    /** The listing's second column, with its labels. */
    private static String source(Arch arch, String listing) {
        StringBuilder source = new StringBuilder(arch == Arch.X86_64 ? ".intel_syntax noprefix\n" : "");
        for (String line : listing.lines().toList()) {
            source.append(line.endsWith(":") ? line : line.split("\\|", -1)[1].strip())
                    .append('\n');
        }
        return source.toString();
    }

    private void run(List<String> command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(temp.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "needs " + command.get(0) + " (Debian: binutils, binutils-aarch64-linux-gnu)");
            throw e;
        }
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
