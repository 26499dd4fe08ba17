package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code status} and {@code exec} read must not load the table of keys, regular expressions or lambdas. */
class QuickPathTest {

    @Test
    void readingThePathsLoadsLittle(@TempDir Path dir) throws Exception {
        HostPaths paths = HostPaths.under(dir);
        Samples.install(paths);
        VzConf global = VzConf.read(paths);
        Samples.configure(
                        global, new CtId(101), ConfFile.read(paths.confDir().resolve("ve-basic.conf-sample")), "basic")
                .withDefaultsWritten()
                .save();
        Path out = dir.resolve("out");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xlog:class+load:file=" + dir.resolve("loaded"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reader.class.getName(),
                        dir.toString())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(java.waitFor()).isZero();
        assertThat(out).hasContent(dir + "/vz/root/101 " + dir + "/vz/private/101");
        List<String> ours = Files.readAllLines(dir.resolve("loaded"), StandardCharsets.UTF_8).stream()
                .filter(line -> !line.contains("shared objects file"))
                .toList();
        assertThat(ours)
                .anyMatch(line -> line.contains("config.VeConf "))
                .noneMatch(line -> line.contains("config.ConfKey "))
                .noneMatch(line -> line.contains("java.util.regex"))
                .noneMatch(line -> line.contains("Lambda"));
    }

    /** Reads the paths of VE 101 in a process of its own. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] args) throws IOException {
            VeConf conf = VeConf.read(VzConf.read(HostPaths.under(Path.of(args[0]))), CtId.parse("101"));
            System.out.println(conf.root() + " " + conf.privateArea());
        }
    }
}
