package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileBytesTest {
    @TempDir
    private Path dir;

    @Test
    void readsFilesAndThoseWhoseLengthIsNotKnown() throws IOException {
        byte[] content = new byte[70_000];
        content[69_999] = 1;
        Path file = Files.write(dir.resolve("füle"), content);
        assertThat(FileBytes.read(file)).isEqualTo(content);
        assertThat(FileBytes.read(Path.of("/proc/self/stat"))).isNotEmpty();
    }

    @Test
    void tellsWhatIsWrong() {
        Path absent = dir.resolve("absent");
        assertThatThrownBy(() -> FileBytes.read(absent))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(absent.toString());
        assertThatThrownBy(() -> FileBytes.read(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Is a directory");
    }
}
