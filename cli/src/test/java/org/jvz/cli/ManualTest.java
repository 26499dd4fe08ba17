package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfOption;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.ve.VzError;

/** Manual pages and completions tell of everything that the commands know. */
class ManualTest {
    private final Map<String, String> files = Manual.files();

    private String page(String name) {
        return Objects.requireNonNull(files.get(name), name).replace("\\-", "-");
    }

    @Test
    void everyVerbIsExplainedUnderItsWords() {
        Set<Verb> verbs = EnumSet.noneOf(Verb.class);
        for (CommandHelp command : CommandHelp.all()) {
            assertThat(Verb.of(command.words().get(0))).isEqualTo(command.verb());
            for (String word : command.words()) {
                verbs.add(Objects.requireNonNull(Verb.of(word), word));
                assertThat(page("vzctl.bash")).containsPattern("[ ']" + word + " ");
                assertThat(page("_vzctl")).contains(" " + word + " ");
            }
            assertThat(page("man8/vzctl.8")).contains(".B " + String.join(" | ", command.words()) + " CTID");
        }
        assertThat(verbs).isEqualTo(EnumSet.allOf(Verb.class));
    }

    @Test
    void everyOptionKeyFieldAndStatusIsThere() {
        for (ConfKey<?> key : ConfKey.all()) {
            assertThat(page("man5/ctid.conf.5")).contains(".B " + key.name() + "\n");
            for (ConfOption option : key.options()) {
                assertThat(page("man8/vzctl.8")).contains("--" + option.name() + " ");
            }
        }
        for (VzKey key : VzKey.values()) {
            assertThat(page("man5/vz.conf.5")).contains(".B " + key.name() + "\n");
        }
        for (Option option : Options.setOwn()) {
            assertThat(Manual.about(option.name())).isNotBlank();
            assertThat(page("man8/vzctl.8")).contains(".B --" + option.name());
        }
        for (Field field : Field.all()) {
            assertThat(page("man8/vzlist.8")).contains(".B " + field.name() + "\n");
        }
        for (VzError error : VzError.values()) {
            assertThat(page("man8/vzctl.8")).contains(".B " + error.exitStatus() + "\n");
        }
    }

    @Test
    void aLineOfTextIsNeverARequest() {
        String page = new Roff("x", 8, "y")
                .text(".so /etc/passwd")
                .text("'br")
                .text("a\\b \"c\"")
                .toString();
        assertThat(page).endsWith("\\&.so /etc/passwd\n\\&'br\na\\eb \\(dqc\\(dq\n");
    }

    /** The words typed so far, the last one unfinished, and what completes it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            vzctl sta             | start status
            vzctl --quiet des     | destroy
            vzctl start 101 --w   | --wait
            vzctl start 101 --fa  | ''
            vzctl stop 101 --fa   | --fast
            vzctl set 101 --ip    | --ip --ipadd --ipdel --ips --iptables
            vzlist -o ostem       | ostemplate
            vzlist --js           | --json
            """)
    void bashCompletes(String typed, String words, @TempDir Path dir) throws Exception {
        assumeThat(Path.of("/bin/bash")).as("bash is installed").isExecutable();
        Path script = Files.writeString(dir.resolve("completion"), page("vzctl.bash"));
        String run = ". \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _$1; echo ${COMPREPLY[*]}";
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", run, script.toString()));
        command.addAll(List.of(typed.split(" ")));
        assertThat(output(command)).isEqualTo(words);
    }

    @Test
    void groffHasNothingToWarnOf(@TempDir Path dir) throws Exception {
        assumeThat(Path.of("/usr/bin/groff")).as("groff is installed").isExecutable();
        Manual.main(new String[] {dir.toString()});
        for (String name : files.keySet()) {
            if (name.startsWith("man")) {
                // -z prints nothing: what remains are the warnings.
                assertThat(output(List.of("/usr/bin/groff", "-man", "-ww", "-z", "-Kutf8", "-Tutf8", dir + "/" + name)))
                        .as(name)
                        .isEmpty();
            }
        }
    }

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.strip();
    }
}
