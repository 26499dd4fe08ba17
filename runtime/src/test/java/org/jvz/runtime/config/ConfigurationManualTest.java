package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** docs/configuration.md has every key as the tables have it; {@code -Djvz.manual=write} writes it anew. */
class ConfigurationManualTest {

    private static final Path MANUAL = Path.of("../docs/configuration.md");

    @Test
    void theManualHasEveryKey() throws IOException {
        String expected = manual();
        if (System.getProperty("jvz.manual", "").equals("write")) {
            Files.writeString(MANUAL, expected);
        }
        assertThat(MANUAL).hasContent(expected);
    }

    private static String manual() {
        StringBuilder out = new StringBuilder(
                """
                # Configuration files

                Made from the tables in `org.jvz.runtime.config` by `mvn -pl runtime -am test -Djvz.manual=write
                -Dtest=ConfigurationManualTest -Dsurefire.failIfNoSpecifiedTests=false`.

                Both files are lines of `KEY="value"` that a shell can source. `vzctl` changes only the lines it must (ADR 0003).

                ## /etc/vz/conf/CTID.conf

                A key that is not set has the value of vz.conf, except those that only one VE can have: NAME, addresses, ids and
                the like. "When" is when a change takes effect on a running VE: at once, at the next start, only after a restart
                (`vzctl set` says so), or never because it is only recorded. A key whose mechanism this version does not have yet
                (see CHANGELOG.md for what it has) is kept and takes effect with the version that has it.

                | key | options of `vzctl set` and `create` | when | meaning |
                |---|---|---|---|
                """);
        for (ConfKey<?> key : ConfKey.all()) {
            String name = key.alias() == null ? key.name() : key.name() + " (old: " + key.alias() + ")";
            row(out, name, options(key), when(key.applies()), key.help());
        }
        out.append(
                """

                ## /etc/vz/vz.conf

                | key | default | meaning |
                |---|---|---|
                """);
        for (VzKey key : VzKey.values()) {
            @Nullable String byDefault = key.defaultText();
            row(out, key.name(), byDefault == null ? "-" : "`" + byDefault + "`", key.help());
        }
        return out.toString();
    }

    private static String options(ConfKey<?> key) {
        List<String> options = new ArrayList<>();
        for (ConfOption option : key.options()) {
            String letter = option.letter() == 0 ? "" : "-" + option.letter() + ", ";
            options.add("`" + letter + "--" + option.name() + " "
                    + option.argument().replace("|", "\\|") + "`");
        }
        return options.isEmpty() ? "-" : String.join(", ", options);
    }

    private static String when(Applies applies) {
        return switch (applies) {
            case AT_ONCE -> "at once";
            case AT_START -> "next start";
            case NEEDS_RESTART -> "restart";
            case NEVER_APPLIED -> "recorded";
        };
    }

    private static void row(StringBuilder out, String... cells) {
        for (String cell : cells) {
            out.append("| ").append(cell).append(' ');
        }
        out.append("|\n");
    }
}
