package org.jvz.runtime.undo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionTest {
    @TempDir
    Path dir;

    private final List<String> undone = new ArrayList<>();
    private final UndoHandlers handlers = step -> undone.add(step.kind() + step.args());

    private Path journal() {
        return dir.resolve("101.journal");
    }

    @Test
    void undoesInReverseWhenNotCommitted() throws IOException {
        try (Transaction tx = Transaction.begin(journal(), handlers, StepObserver.NONE)) {
            tx.step("one", "a", UndoStep.of("x", "1"), () -> "");
            tx.step("two", "b", UndoStep.of("y", "2"), () -> "");
            assertThat(journal()).hasContent("x\t1\ny\t2\n");
        }
        assertThat(undone).containsExactly("y[2]", "x[1]");
        assertThat(journal()).doesNotExist();
    }

    @Test
    void commitKeepsTheSteps() throws IOException {
        try (Transaction tx = Transaction.begin(journal(), handlers, StepObserver.NONE)) {
            tx.step("one", "a", UndoStep.of("x", "1"), () -> "");
            tx.commit();
        }
        assertThat(undone).isEmpty();
        assertThat(journal()).doesNotExist();
    }

    @Test
    void aFailedStepIsUndoneTooAndNamed() {
        assertThatThrownBy(() -> {
                    try (Transaction tx = Transaction.begin(journal(), handlers, StepObserver.NONE)) {
                        tx.step("mount overlay", "on /r", UndoStep.of("umount", "/r"), () -> {
                            throw new IOException("EPERM");
                        });
                    }
                })
                .isInstanceOf(StepException.class)
                .hasMessage("mount overlay on /r")
                .hasRootCauseMessage("EPERM");
        assertThat(undone).containsExactly("umount[/r]");
    }

    @Test
    void aStepStoppedByTheObserverHasNoUndo() {
        StepObserver refuse = (name, object) -> {
            throw new IOException("injected");
        };
        assertThatThrownBy(() -> {
                    try (Transaction tx = Transaction.begin(journal(), handlers, refuse)) {
                        tx.step("one", "a", UndoStep.of("x", "1"), () -> "");
                    }
                })
                .hasMessage("one a");
        assertThat(undone).isEmpty();
        assertThat(journal()).doesNotExist();
    }

    @Test
    void aDeadTransactionIsRecovered() throws IOException {
        Files.writeString(journal(), "x\t1\ny\t/a\\tb\\\\\\nc\nz\tcut o");
        assertThat(Transaction.recover(journal(), handlers)).isTrue();
        assertThat(undone).containsExactly("y[/a\tb\\\nc]", "x[1]");
        assertThat(Transaction.recover(journal(), handlers)).isFalse();
    }

    @Test
    void whatCannotBeUndoneStaysForTheNextCommand() throws IOException {
        Files.writeString(journal(), "x\t1\nbusy\t2\nz\t3\n");
        UndoHandlers stubborn = step -> {
            if (step.kind().equals("busy")) {
                throw new IOException("EBUSY");
            }
            handlers.undo(step);
        };
        assertThatThrownBy(() -> Transaction.recover(journal(), stubborn)).hasMessage("undo busy 2");
        assertThat(undone).containsExactly("z[3]", "x[1]");
        assertThat(journal()).hasContent("busy\t2\n");
        assertThat(Transaction.recover(journal(), handlers)).isTrue();
        assertThat(journal()).doesNotExist();
    }

    /** As on a full disk: what had to be undone is what failed, not the journal. */
    @Test
    void aJournalThatCannotBeShortenedStaysWhole() throws IOException {
        Files.writeString(journal(), "busy\t2\nz\t3\n");
        Path inTheWay = journal().resolveSibling(journal().getFileName() + ".new");
        Files.createDirectories(inTheWay.resolve("full"));
        UndoHandlers stubborn = step -> {
            if (step.kind().equals("busy")) {
                throw new IOException("EBUSY");
            }
        };
        assertThatThrownBy(() -> Transaction.recover(journal(), stubborn)).hasMessage("undo busy 2");
        assertThat(journal()).hasContent("busy\t2\nz\t3\n");
    }

    @Test
    void anInterruptStopsBeforeTheNextStepAndStillUndoes() {
        assertThatThrownBy(() -> {
                    try (Transaction tx = Transaction.begin(journal(), handlers, StepObserver.NONE)) {
                        tx.step("one", "a", UndoStep.of("x", "1"), () -> "");
                        Thread.currentThread().interrupt();
                        tx.step("two", "b", UndoStep.of("y", "2"), () -> "");
                    }
                })
                .hasMessage("two b");
        assertThat(undone).containsExactly("x[1]");
        assertThat(Thread.interrupted()).isFalse();
    }
}
