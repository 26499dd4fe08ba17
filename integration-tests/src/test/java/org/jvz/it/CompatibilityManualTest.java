package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfOption;

/** docs/compatibility.md has every row of the contract's table; {@code -Djvz.manual=write} writes it anew. */
class CompatibilityManualTest {
    private static final Path MANUAL = Path.of("../docs/compatibility.md");

    @Test
    void theManualHasEveryRow() throws IOException {
        String expected = manual(ContractTable.rows());
        if (System.getProperty("jvz.manual", "").equals("write")) {
            Files.writeString(MANUAL, expected);
        }
        assertThat(MANUAL).hasContent(expected);
    }

    /** A failure of a row is found by its name. */
    @Test
    void everyRowHasANameOfItsOwn() throws IOException {
        Set<String> names = new HashSet<>();
        for (ContractRow row : ContractTable.rows()) {
            assertThat(names.add(row.section() + ": " + row.title()))
                    .as(row.section() + ": " + row.title())
                    .isTrue();
        }
    }

    /** Section 12 of the contract: what every program that can be run relies on. */
    @Test
    void everyExitStatusThatProgramsNeedHasARow() throws IOException {
        Set<Integer> shown = new TreeSet<>();
        for (ContractRow row : ContractTable.rows()) {
            shown.add(row.exit());
        }
        assertThat(shown).contains(0, 8, 9, 14, 20, 21, 29, 31, 32, 40, 41, 43, 44, 79, 82, 91, 99, 105, 131);
    }

    @Test
    void everyOptionThatChangesAKeyHasARow() throws IOException {
        StringBuilder commands = new StringBuilder();
        for (ContractRow row : ContractTable.rows()) {
            if (row.applies()) {
                commands.append(row.command()).append(' ');
            }
        }
        List<String> missing = new ArrayList<>();
        for (ConfOption option : ConfKey.allOptions()) {
            if (!Pattern.compile("--" + option.name() + "\\b(?!-)")
                    .matcher(commands)
                    .find()) {
                missing.add(option.name());
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String manual(List<ContractRow> rows) {
        Map<String, List<ContractRow>> sections = new LinkedHashMap<>();
        for (ContractRow row : rows) {
            sections.computeIfAbsent(row.section(), any -> new ArrayList<>()).add(row);
        }
        long tested = rows.stream().filter(ContractRow::applies).count();
        StringBuilder out = new StringBuilder(
                """
                # Compatibility with vzctl 4.11

                What programs that drive OpenVZ rely on: %d rows of calls, states, lines and exit codes, each run by `ContractTest` on the
                installed commands, and %d more that do not apply here, with the reason. Made from `contract/*.txt` among the
                resources of `integration-tests` by `mvn -pl integration-tests -am test -Djvz.manual=write
                -Dtest=CompatibilityManualTest -Dsurefire.failIfNoSpecifiedTests=false`.

                In calls, `$running`, `$stopped` (also named `contract`), `$mounted`, `$frozen`, `$bare` (a configuration without a private area)
                and `$none` (nothing) are containers; `$HOST` is empty on an ordinary host. `...` stands for any lines, a line after `~` is a
                regular expression. Where no exit code stands, it is 0; where no lines stand, nothing is said; what does not stand
                under "changes" of `/etc/vz` stays as it is.
                """
                        .formatted(tested, rows.size() - tested));
        sections.forEach((section, ofSection) -> {
            out.append("\n## ").append(section).append("\n\n");
            append(out, ofSection);
        });
        return out.toString();
    }

    private static void append(StringBuilder out, List<ContractRow> rows) {
        if (rows.stream().anyMatch(ContractRow::applies)) {
            out.append("| what | call | exit | stdout | stderr | changes |\n|---|---|---|---|---|---|\n");
        }
        for (ContractRow row : rows) {
            if (row.applies()) {
                cell(out, row.title());
                cell(out, code(calls(row)));
                cell(out, row.exit() == 0 ? "" : Integer.toString(row.exit()));
                cell(out, code(row.stdout()));
                cell(out, code(row.stderr()));
                cell(out, code(row.conf()));
                out.append("|\n");
            }
        }
        boolean any = rows.stream().anyMatch(ContractRow::applies);
        for (ContractRow row : rows) {
            if (!row.applies()) {
                out.append(any ? "\n" : "").append("Not here: ").append(row.title());
                out.append(": ").append(row.absent()).append(".\n");
                any = true;
            }
        }
    }

    private static List<String> calls(ContractRow row) {
        List<String> calls = new ArrayList<>();
        row.given().forEach(line -> calls.add(line.replaceFirst(" ", " has ")));
        calls.addAll(row.before());
        calls.add(row.command());
        return calls;
    }

    private static void cell(StringBuilder out, String text) {
        out.append("| ").append(text).append(text.isEmpty() ? "" : " ");
    }

    /** Lines of code in one cell. */
    private static String code(List<String> lines) {
        List<String> shown = new ArrayList<>();
        for (String line : lines) {
            String escaped = line.replace("|", "\\|").replace("\t", "→");
            shown.add(line.contains("`") ? "`` " + escaped + " ``" : "`" + escaped + "`");
        }
        return String.join("<br>", shown);
    }
}
