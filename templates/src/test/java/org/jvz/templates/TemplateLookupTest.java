package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

class TemplateLookupTest {
    @TempDir
    Path dir;

    private TestStore host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new TestStore(dir);
    }

    private Path find(String name) throws IOException {
        return new TemplateLookup(host.template, host.environment).find(name, host.listener());
    }

    @Test
    void looksInTheOrderOfTheContract() throws IOException {
        for (String suffix : new String[] {".tar.zst", ".tar.xz", ".tar.bz2", ".tar.gz", ".tar"}) {
            Path archive = host.archive("t" + suffix, new byte[0]);
            assertThat(find("t")).isEqualTo(archive);
        }
    }

    @ParameterizedTest
    @CsvSource({"t,t", "/vz/template/cache/t,t", "some/dir/t,t", "../../t,t"})
    void takesTheLastPartOfAPath(String ostemplate, String name) throws IOException {
        Path archive = host.archive(name + ".tar.gz", new byte[0]);
        assertThat(find(ostemplate)).isEqualTo(archive);
        assertThat(TemplateLookup.basename(ostemplate)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "t.tar", "", ".", "..", "a/", ".hidden", "-x", "dir"})
    void tellsTheArchiveThatIsMissing(String name) throws IOException {
        host.archive(".hidden.tar", new byte[0]);
        host.archive("-x.tar", new byte[0]);
        host.archive("t.tar", new byte[0]);
        Files.createDirectory(host.cache.resolve("dir.tar"));
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> find(name))
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.OSTEMPLATE_NOT_FOUND))
                .satisfies(e -> assertThat(e.refusal())
                        .isEqualTo(VeEvent.of(
                                VeEvent.Kind.OSTEMPLATE_NOT_FOUND, host.cache + "/" + TemplateLookup.basename(name))));
        assertThat(VzError.OSTEMPLATE_NOT_FOUND.exitStatus()).isEqualTo(91);
    }

    private void downloader(String script) throws IOException {
        Path bin = Files.createDirectories(dir.resolve("bin"));
        Path program = bin.resolve("vztmpl-dl");
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        host.environment.put("PATH", bin + ":/usr/bin:/bin");
    }

    @Test
    void asksTheDownloaderOnceAndLooksAgain() throws IOException {
        downloader("echo \"getting $*\"; : >" + host.cache + "/$1.tar.xz\n");
        assertThat(find("debian-12")).isEqualTo(host.cache.resolve("debian-12.tar.xz"));
        assertThat(host.events).containsExactly("DOWNLOADING debian-12", "output getting debian-12");
        host.events.clear();
        find("debian-12");
        assertThat(host.events).isEmpty();
    }

    /** What only a downloader that is asked for it tells, others say nothing of how far they are. */
    @Test
    void tellsHowFarTheDownloadIs() throws IOException {
        host.tellProgress = true;
        downloader(
                "[ $JVZ_DOWNLOAD_LINES = yes ] && echo 'vztmpl-dl: 20 of 80 bytes' && echo 'vztmpl-dl: 20 of bytes'\n"
                        + ": >" + host.cache + "/$1.tar.xz\n");
        find("debian-12");
        assertThat(host.events)
                .containsExactly("DOWNLOADING debian-12", "progress 20 of 80", "output vztmpl-dl: 20 of bytes");
        assertThat(host.environment).doesNotContainKey("JVZ_DOWNLOAD_LINES");
    }

    @Test
    void missesItStillIfTheDownloaderFails() throws IOException {
        downloader("echo no such template >&2; exit 1\n");
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> find("debian-12"))
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.OSTEMPLATE_NOT_FOUND));
        assertThat(host.events)
                .containsExactly(
                        "DOWNLOADING debian-12",
                        "output no such template",
                        "warning vztmpl-dl debian-12 exited with 1: no such template");
    }

    @Test
    void neverHandsAnOddNameToTheDownloader() throws IOException {
        downloader(": >" + dir.resolve("called") + "\n");
        assertThatExceptionOfType(VeException.class).isThrownBy(() -> find("--config"));
        assertThat(Files.exists(dir.resolve("called"))).isFalse();
    }
}
