package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfOption;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.ve.DistActions;
import org.jvz.runtime.ve.VzError;
import org.jvz.templates.DownloadKey;
import org.jvz.templates.RecipeWord;

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
            vzlist -o ctid,ostem  | ctid,ostemplate
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

    /** The words as above; zsh's own functions, which are there only while it completes, say what they are given. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            vzctl sta             | start status
            vzctl --quiet des     | destroy
            vzctl start 101 --w   | --wait
            vzctl stop 101 --fa   | --fast
            vzctl exec 101 l      | files
            vzlist -o ostem       | ostemplate
            vzlist -o ctid,ostem  | ostemplate
            vzlist --sort -ostem  | ostemplate
            vzlist --js           | --json
            """)
    void zshCompletes(String typed, String words, @TempDir Path dir) throws Exception {
        Path zsh = Path.of("/bin/zsh");
        assumeThat(zsh).as("zsh is installed").isExecutable();
        Path script = Files.writeString(dir.resolve("completion"), page("_vzctl"));
        assertThat(Files.readAllLines(script).get(0)).isEqualTo("#compdef vzctl vzlist");
        String run =
                """
                compadd() { local word; shift; for word; do [[ $word == ${words[CURRENT]}* ]] && print -n -- "$word "; done; true }
                compset() { words[CURRENT]=${words[CURRENT]##${~2}} }
                _files() { print files }
                complete() { local words=("$@") CURRENT=$# service=$1; . "$script" }
                script=$0
                complete "$@"
                """;
        List<String> command = new ArrayList<>(List.of(zsh.toString(), "-f", "-c", run, script.toString()));
        command.addAll(List.of(typed.split(" ")));
        assertThat(output(command)).isEqualTo(words);
    }

    /** What ./install puts into sbin, and what the documents tell the administrator to write. */
    @Test
    void everyCommandAndEveryFileHasAPage() throws Exception {
        Path top = Path.of("..").toAbsolutePath().normalize();
        List<String> commands = matches(top.resolve("install"), "fill 755 \"\\$dist/launcher\" \"\\$sbin/([a-z-]+)\"");
        assertThat(commands).contains("vzctl", "vztmpl-dl", "vznetaddbr");
        for (String command : commands) {
            assertThat(page("man8/" + command + ".8")).contains("\n" + command + " - ");
        }
        List<String> places = new ArrayList<>(List.of("/etc/vz/names/", "/etc/vz/conf/vps.", "/etc/vz/conf/ve-"));
        for (String document : List.of("README.md", "docs/configuration.md", "docs/network.md", "docs/templates.md")) {
            // Examples are called my-something.
            places.addAll(matches(top.resolve(document), "(/etc/vz/(?!\\S*my-)[A-Za-z0-9_./-]*[A-Za-z0-9_])"));
        }
        assertThat(places).contains("/etc/vz/vz.conf", "/etc/vz/download.conf", "/etc/vz/dists/scripts/functions");
        for (String place : places) {
            assertThat(files.keySet())
                    .as(place)
                    .anyMatch(name -> name.startsWith("man5/") && page(name).contains(place));
        }
    }

    private static List<String> matches(Path file, String pattern) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void everyWordOfSmallFilesIsThere() throws IOException {
        for (DownloadKey key : DownloadKey.values()) {
            assertThat(page("man5/download.conf.5")).contains(".B " + key.name() + "\n");
        }
        for (RecipeWord word : RecipeWord.values()) {
            assertThat(page("man5/vztmpl.recipe.5")).contains(".B " + word.word());
        }
        assertThat(DistActions.help()).containsKeys("ADD_IP", "POST_CREATE");
        for (String action : DistActions.help().keySet()) {
            assertThat(page("man5/vz.dists.5")).contains(".B " + action + "\n");
        }
        for (String stage : List.of("premount", "mount", "start", "stop", "umount", "postumount")) {
            assertThat(page("man5/vz.scripts.5")).contains("CTID." + stage);
        }
        // What is shipped has no other keys than those of the table.
        Path shipped = Path.of("../runtime/src/main/resources/org/jvz/runtime/config/etc/vz/download.conf");
        List<String> keys = matches(shipped, "(?m)^#?([A-Z_]+)=");
        assertThat(keys)
                .isNotEmpty()
                .allMatch(key -> DownloadKey.valueOf(key).name().equals(key));
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
