package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveIndexTest {
    /** {@code printf hello | sha256sum}. */
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    Path dir;

    private TestStore host;
    private Path archive;

    @BeforeEach
    void makeArchive() throws IOException {
        host = new TestStore(dir);
        archive = host.archive("t.tar", "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** An index that lives this many seconds after the archive was written. */
    private ArchiveIndex index(int secondsLater) {
        return new ArchiveIndex(
                host.store.resolve("index"), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(secondsLater)));
    }

    private long reads() {
        return host.count(TemplateEvents.Stage.HASHING);
    }

    @Test
    void readsAnArchiveOnce() throws IOException {
        assertThat(index(10).digest(archive, host.listener()).hex()).isEqualTo(HELLO);
        assertThat(index(10).digest(archive, host.listener()).hex()).isEqualTo(HELLO);
        assertThat(reads()).isEqualTo(1);
        assertThat(index(10).remembered(archive)).isEqualTo(HELLO);
    }

    @Test
    void doesNotRememberWhatMayStillChangeUnnoticed() throws IOException {
        index(0).digest(archive, host.listener());
        index(0).digest(archive, host.listener());
        assertThat(reads()).isEqualTo(2);
        assertThat(index(0).remembered(archive)).isNull();
    }

    @Test
    void noticesAChangeThatKeepsSizeAndTime() throws IOException {
        index(10).digest(archive, host.listener());
        FileTime time = Files.getLastModifiedTime(archive);
        Files.writeString(archive, "HELLO");
        Files.setLastModifiedTime(archive, time);
        assertThat(index(10).digest(archive, host.listener()).hex()).isNotEqualTo(HELLO);
        assertThat(reads()).isEqualTo(2);
    }

    @Test
    void noticesAnotherFileOfTheSameName() throws IOException {
        index(10).digest(archive, host.listener());
        Path other = host.archive("other", "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        Files.move(other, archive, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        index(10).digest(archive, host.listener());
        assertThat(reads()).isEqualTo(2);
    }

    @Test
    void survivesAnyDamageOfItsFile() throws IOException {
        index(10).digest(archive, host.listener());
        for (byte[] damage : new byte[][] {
            {}, {(byte) 0xff, '\n', '\t', '\n'}, "\t\n\t".getBytes(java.nio.charset.StandardCharsets.US_ASCII)
        }) {
            Files.write(host.store.resolve("index"), damage);
            assertThat(index(10).digest(archive, host.listener()).hex()).isEqualTo(HELLO);
        }
        assertThat(reads()).isEqualTo(4);
    }

    @Test
    void forgetsArchivesThatAreGone() throws IOException {
        index(10).digest(archive, host.listener());
        assertThat(index(10).prune()).isZero();
        Files.delete(archive);
        assertThat(index(10).prune()).isEqualTo(1);
        assertThat(Files.readString(host.store.resolve("index"))).isEmpty();
    }
}
