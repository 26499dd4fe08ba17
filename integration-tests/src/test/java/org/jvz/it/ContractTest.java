package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of the contract, on the installed commands. {@code -Dve.contract=REGEX} runs those rows only in whose section or title it is
 * found.
 */
@EndToEnd
final class ContractTest {
    private final ContractHost host = new ContractHost();

    @BeforeEach
    void make() throws Exception {
        host.make();
    }

    @AfterEach
    void end() throws Exception {
        host.end();
    }

    @TestFactory
    Stream<DynamicNode> rows() throws IOException {
        Pattern wanted = Pattern.compile(System.getProperty("ve.contract", ""));
        Map<String, List<DynamicTest>> sections = new LinkedHashMap<>();
        for (ContractRow row : ContractTable.rows()) {
            if (row.applies()
                    && wanted.matcher(row.section() + ": " + row.title()).find()) {
                sections.computeIfAbsent(row.section(), any -> new ArrayList<>())
                        .add(DynamicTest.dynamicTest(row.title() + ": " + row.command(), () -> runAndMend(row)));
            }
        }
        return sections.entrySet().stream()
                .map(section -> DynamicContainer.dynamicContainer(section.getKey(), section.getValue()));
    }

    private void runAndMend(ContractRow row) throws Exception {
        Map<String, String> conf = host.conf();
        boolean good = false;
        try {
            run(row, conf);
            good = true;
        } finally {
            if (!good) {
                for (String undo : row.undo()) {
                    host.shell(undo);
                }
                host.restore(conf);
                host.mend();
            }
        }
    }

    private void run(ContractRow row, Map<String, String> conf) throws Exception {
        Set<String> state = host.state();
        for (String given : row.given()) {
            host.give(given);
        }
        for (String before : row.before()) {
            host.shell(before).exits(0);
        }
        Map<String, String> prepared = host.conf();
        Outcome outcome = host.shell(row.command());
        assertThat(outcome.exit()).as("exit status of %s", outcome).isEqualTo(row.exit());
        fits("stdout", outcome, outcome.stdout(), row.stdout());
        fits("stderr", outcome, outcome.stderr(), row.stderr());
        if (!row.conf().equals(List.of("..."))) {
            assertThat(ContractHost.changes(prepared, host.conf()))
                    .as("configuration after %s", outcome)
                    .containsExactlyInAnyOrderElementsOf(
                            row.conf().stream().map(host::expand).toList());
        }
        for (ContractRow.Look look : row.after()) {
            Outcome seen = host.shell(look.command()).exits(0);
            fits("what is seen after " + outcome, seen, seen.stdout(), look.prints());
        }
        for (String undo : row.undo()) {
            host.shell(undo).exits(0);
        }
        host.restore(conf);
        assertThat(ContractHost.changes(conf, host.conf()))
                .as("left in the configuration")
                .isEmpty();
        assertThat(host.differences(state))
                .as("left on the host by %s", outcome)
                .isEmpty();
    }

    private void fits(String what, Outcome outcome, String text, List<String> expected) {
        StringBuilder pattern = new StringBuilder();
        for (String line : expected) {
            if (line.equals("...")) {
                pattern.append("(?:.*\n)*");
            } else if (line.startsWith("~ ")) {
                pattern.append(host.expand(line.substring(2))).append('\n');
            } else {
                pattern.append(Pattern.quote(host.expand(line))).append('\n');
            }
        }
        boolean fits = Pattern.matches(pattern.toString(), text);
        assertThat(fits)
                .as("%s of %s%nshould be%n%s", what, outcome, host.expand(String.join("\n", expected)))
                .isTrue();
    }
}
