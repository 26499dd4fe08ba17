package org.jvz.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The contract as a table, read from the resources in {@code contract/}. A line begins with what it is:
 *
 * <pre>
 * # section         a heading
 * = title           a new row
 * no: reason        there is no such row here, because of this
 * given: $ve K="v"  a line of a VE's configuration, for one with that key or more; any number
 * before: command   prepares, with these; any number
 * $ command         what is called; one
 * &gt; line            on its stdout; a line {@code ...} stands for any number of lines, {@code ~ regex} for one that fits
 * ! line            the same of stderr
 * ? number          its exit status, if that is not 0
 * conf: change      below /etc/vz/conf; {@code ...} if any may be
 * then: command     a look at what it left, and what that prints:
 * gives: line
 * undo: command     any number
 * </pre>
 *
 * Other lines that are not empty begin with {@code //} and are notes.
 */
final class ContractTable {
    /** One resource for a chapter of the contract. */
    static final List<String> FILES =
            List.of("01-frame", "02-commands", "03-exit-codes", "04-set", "05-files", "06-vzlist", "07-tools");

    private final String file;
    private final List<ContractRow> rows;
    private String section = "";
    private int number;
    private @Nullable Draft draft;

    private ContractTable(String file, List<ContractRow> rows) {
        this.file = file;
        this.rows = rows;
    }

    /** A row while its lines are read. */
    private static final class Draft {
        String title = "";
        String absent = "";
        String command = "";
        int exit;
        final List<String> given = new ArrayList<>();
        final List<String> before = new ArrayList<>();
        final List<String> stdout = new ArrayList<>();
        final List<String> stderr = new ArrayList<>();
        final List<String> conf = new ArrayList<>();
        final List<ContractRow.Look> after = new ArrayList<>();
        final List<String> undo = new ArrayList<>();
    }

    /** All rows, in the order of the contract. */
    static List<ContractRow> rows() throws IOException {
        List<ContractRow> rows = new ArrayList<>();
        for (String file : FILES) {
            new ContractTable(file, rows).read();
        }
        return rows;
    }

    private void read() throws IOException {
        String text;
        try (InputStream in =
                Objects.requireNonNull(ContractTable.class.getResourceAsStream("contract/" + file + ".txt"), file)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String line : text.split("\n", -1)) {
            number++;
            if (!line.isEmpty() && !line.startsWith("//")) {
                take(line);
            }
        }
        finish();
    }

    private void take(String line) {
        int blank = line.indexOf(' ');
        String kind = blank < 0 ? line : line.substring(0, blank);
        String rest = blank < 0 ? "" : line.substring(blank + 1);
        if (kind.equals("#")) {
            finish();
            section = rest;
            return;
        }
        if (kind.equals("=")) {
            finish();
            draft = new Draft();
            draft.title = rest;
            return;
        }
        Draft row = draft;
        if (row == null) {
            throw wrong("not in a row");
        }
        switch (kind) {
            case "no:" -> row.absent = rest;
            case "given:" -> row.given.add(rest);
            case "before:" -> row.before.add(rest);
            case "$" -> row.command = rest;
            case ">" -> row.stdout.add(rest);
            case "!" -> row.stderr.add(rest);
            case "?" -> row.exit = Integer.parseInt(rest);
            case "conf:" -> row.conf.add(rest);
            case "then:" -> row.after.add(new ContractRow.Look(rest, new ArrayList<>()));
            case "gives:" -> row.after.get(row.after.size() - 1).prints().add(rest);
            case "undo:" -> row.undo.add(rest);
            default -> throw wrong("no such kind of line");
        }
    }

    private void finish() {
        Draft row = draft;
        draft = null;
        if (row == null) {
            return;
        }
        if (row.command.isEmpty() == row.absent.isEmpty()) {
            throw wrong("the row before has neither a command nor a reason, or both");
        }
        rows.add(new ContractRow(
                section,
                row.title,
                row.absent,
                row.given,
                row.before,
                row.command,
                row.stdout,
                row.stderr,
                row.exit,
                row.conf,
                row.after,
                row.undo));
    }

    private IllegalStateException wrong(String what) {
        return new IllegalStateException(file + ".txt, line " + number + ": " + what);
    }
}
