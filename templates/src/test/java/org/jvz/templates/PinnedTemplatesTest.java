package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedTemplatesTest {
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    @TempDir
    Path dir;

    private void conf(String name, String text) throws IOException {
        Files.writeString(dir.resolve(name), text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void findsEveryVeThatNeedsATemplate() throws IOException {
        conf("101.conf", "ONBOOT=\"yes\"\nTEMPLATE_DIGEST=\"sha256:" + A + "\"\n");
        conf("102.conf", "TEMPLATE_DIGEST=sha256:" + A);
        conf("103.conf", "  TEMPLATE_DIGEST='" + B + "' # caf\u00e9\r\n");
        conf("104.conf", "#TEMPLATE_DIGEST=\"sha256:" + A + "\"\n");
        conf("105.conf", "DESCRIPTION=\"" + A + "\"\n");
        conf("106.conf.destroyed", "TEMPLATE_DIGEST=\"sha256:" + A + "\"\n");
        conf("ve-basic.conf-sample", "TEMPLATE_DIGEST=\"sha256:" + A + "\"\n");
        Files.createSymbolicLink(dir.resolve("107.conf"), dir.resolve("gone"));
        Files.createDirectory(dir.resolve("108.conf"));
        Map<String, List<String>> pins = PinnedTemplates.scan(dir);
        assertThat(pins).containsOnlyKeys(A, B);
        assertThat(pins.get(A)).containsExactlyInAnyOrder("101", "102");
        assertThat(pins.get(B)).containsExactly("103");
    }

    @Test
    void noDirectoryPinsNothing() throws IOException {
        assertThat(PinnedTemplates.scan(dir.resolve("none"))).isEmpty();
    }

    @Test
    void aConfigurationThatCannotBeReadIsAFailureNotAGuess() throws IOException {
        // A symbolic link to itself: whoever reads it fails with ELOOP, root too.
        Files.createSymbolicLink(dir.resolve("101.conf"), dir.resolve("101.conf"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> PinnedTemplates.scan(dir));
    }
}
