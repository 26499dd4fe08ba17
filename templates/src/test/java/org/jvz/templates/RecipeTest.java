package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

class RecipeTest {
    private static final Path SHIPPED = Path.of("recipes");

    @TempDir
    Path dir;

    private Recipe recipe(String text) throws IOException {
        Files.writeString(dir.resolve("r"), text.replace('|', '\n'));
        return Recipe.read(dir, "r");
    }

    @Test
    void readsTheShippedRecipes() throws IOException {
        assertThat(Recipe.names(SHIPPED)).containsExactly("debian-12-minimal", "debian-12-standard", "tiny");
        for (String name : Recipe.names(SHIPPED)) {
            assertThat(Recipe.read(SHIPPED, name).summary()).as(name).isNotEmpty();
        }
    }

    @Test
    void standardHasAllOfMinimal() throws IOException {
        Recipe minimal = Recipe.read(SHIPPED, "debian-12-minimal");
        Recipe standard = Recipe.read(SHIPPED, "debian-12-standard");
        assertThat(standard.summary()).isNotEqualTo(minimal.summary());
        assertThat(standard.suite()).isEqualTo("bookworm");
        assertThat(standard.variant()).isEqualTo("minbase");
        assertThat(standard.packages())
                .containsAll(minimal.packages())
                .contains("systemd-sysv", "openssh-server", "iproute2")
                .doesNotHaveDuplicates();
        assertThat(standard.nodes()).containsAll(minimal.nodes());
        assertThat(standard.scripts()).isEqualTo(minimal.scripts()).hasSize(1);
    }

    @Test
    void noTemplateHasAnIdentityOfItsOwn() throws IOException {
        Recipe minimal = Recipe.read(SHIPPED, "debian-12-minimal");
        assertThat(minimal.nodes())
                .contains(
                        new Recipe.TextFile("/etc/machine-id", 0444, ""),
                        new Recipe.TextFile("/etc/resolv.conf", 0644, ""),
                        new Recipe.Link("/etc/systemd/system/systemd-udevd.service", "/dev/null"));
        assertThat(minimal.scripts().get(0)).contains("ssh_host_", "passwd --quiet --lock root");
    }

    @Test
    void readsEveryDirective() throws IOException {
        Recipe recipe =
                recipe("# a comment||summary  One line, 'as it is'|builder mmdebstrap|suite bookworm|variant minbase"
                        + "|packages a b|    c|    b d|mask x.service|directory /d 0700|symlink /l /t"
                        + "|file /f 0644|    one||      two|    # three||script|    echo $root|");
        assertThat(recipe.name()).isEqualTo("r");
        assertThat(recipe.summary()).isEqualTo("One line, 'as it is'");
        assertThat(recipe.packages()).containsExactly("a", "b", "c", "d");
        assertThat(recipe.nodes())
                .containsExactly(
                        new Recipe.Link("/etc/systemd/system/x.service", "/dev/null"),
                        new Recipe.Directory("/d", 0700),
                        new Recipe.Link("/l", "/t"),
                        new Recipe.TextFile("/f", 0644, "one\n\n  two\n# three\n"));
        assertThat(recipe.scripts()).containsExactly("echo $root\n");
    }

    @Test
    void ownWordsCountMoreThanThoseOfTheExtendedRecipe() throws IOException {
        Files.writeString(
                dir.resolve("base"), "summary base\nbuilder busybox\nfile /f 0644\n    base\nfile /g 0644\n    base\n");
        Recipe before = recipe("summary mine|extends base|file /f 0600|    mine");
        Recipe after = recipe("extends base|summary mine");
        assertThat(before.summary()).isEqualTo(after.summary()).isEqualTo("mine");
        assertThat(before.nodes())
                .containsExactly(new Recipe.TextFile("/g", 0644, "base\n"), new Recipe.TextFile("/f", 0600, "mine\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "frobnicate x; line 1: unknown word frobnicate",
                "builder busybox|builder docker; line 2: unknown builder docker",
                "builder; line 1: builder takes 1 argument",
                "suite a b; line 1: suite takes 1 argument",
                "summary a|    b; line 1: summary takes one line",
                "directory /d; line 1: directory takes 2 arguments",
                "directory /d 0700|    x; line 1: directory takes 2 arguments and no indented lines",
                "directory d 0700; line 1: not an absolute path: d",
                "directory /a/../../b 0700; line 1: not an absolute path: /a/../../b",
                "file /a/ 0644; line 1: not an absolute path: /a/",
                "file /a rw-r--r--; line 1: not an octal mode: rw-r--r--",
                "file /a 0888; line 1: not an octal mode: 0888",
                "packages --include=x; line 1: bad name --include=x",
                "packages a,b; line 1: bad name a,b",
                "mask ../x; line 1: bad name ../x",
                "summary x; Recipe r names no builder",
                "builder mmdebstrap; suite and variant belong to builder mmdebstrap",
                "builder busybox|suite x; suite and variant belong to builder mmdebstrap",
                "builder busybox|packages x; suite and variant belong to builder mmdebstrap",
                "extends r; recipes extend each other",
                "extends ../r; Bad recipe name",
            })
    void refusesWhatMakesNoSense(String text, String message) {
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> recipe(text))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.INVALID_VALUE));
    }

    @Test
    void tellsWhichRecipesThereAre() {
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> Recipe.read(SHIPPED, "centos-6"))
                .withMessageContaining("there are: debian-12-minimal, debian-12-standard, tiny")
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.OSTEMPLATE_NOT_FOUND));
    }
}
