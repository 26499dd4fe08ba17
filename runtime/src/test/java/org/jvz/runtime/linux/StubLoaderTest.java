package org.jvz.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.kenai.jffi.internal.StubLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** jffi's library must come by way of our own loader, for the sake of the commands' start-up time. */
final class StubLoaderTest {
    /** What a child JVM does: one native call, then say which logging classes that has cost. */
    public static final class Child {
        public static void main(String[] args) {
            System.out.println(com.kenai.jffi.Library.getDefault().getSymbolAddress("getpid") != 0);
        }
    }

    @Test
    void ourLoaderComesBeforeJffisOwn() {
        assertThat(StubLoader.class.getProtectionDomain().getCodeSource())
                .isEqualTo(Native.class.getProtectionDomain().getCodeSource());
    }

    @Test
    void loadsFromTheJarWithoutLogging() throws Exception {
        String output = run(List.of());

        assertThat(output).contains("\ntrue\n").doesNotContain("java.util.logging.Logger ");
    }

    @Test
    void loadsFromTheBootPath(@TempDir Path dir) throws Exception {
        try (InputStream library = StubLoader.class.getResourceAsStream(
                "/jni/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-Linux/libjffi-1.2.so")) {
            Files.copy(library, dir.resolve("libjffi-1.2.so"));
        }

        assertThat(run(List.of("-Djffi.boot.library.path=" + dir))).contains("\ntrue\n");
    }

    @Test
    void aMissingLibraryIsNamed(@TempDir Path dir) throws Exception {
        assertThat(run(List.of("-Djffi.boot.library.path=" + dir)))
                .contains("UnsatisfiedLinkError")
                .contains(dir + "/libjffi-1.2.so");
    }

    private static String run(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Xlog:class+load:stdout", "-cp", System.getProperty("java.class.path")));
        command.add(Child.class.getName());
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        child.waitFor();
        return output;
    }
}
