package org.jvz.runtime.undo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of the host made of named steps. Each step writes how to undo it to a journal file before it acts; a
 * transaction closed without {@link #commit()} undoes its steps in reverse, and one that died is undone by
 * {@link #recover}. The caller holds the VE's lock, so a journal has one writer at a time.
 */
public final class Transaction implements AutoCloseable {
    private final Path journal;
    private final UndoHandlers handlers;
    private final StepObserver observer;
    private final List<UndoStep> done = new ArrayList<>();
    private @Nullable FileChannel channel;
    private boolean committed;

    private Transaction(Path journal, UndoHandlers handlers, StepObserver observer) {
        this.journal = journal;
        this.handlers = handlers;
        this.observer = observer;
    }

    /** Begins a transaction. The journal file appears with the first step that has an undo and must not exist yet. */
    public static Transaction begin(Path journal, UndoHandlers handlers, StepObserver observer) {
        return new Transaction(journal, handlers, observer);
    }

    /**
     * Makes one step.
     *
     * @param name what is done, in words: {@code mount overlay}
     * @param object what it is done to: {@code on /vz/root/101}
     * @param undo how to take it back, or null if there is nothing to take back
     * @throws StepException if the action fails; nothing is undone until {@link #close()}
     */
    public <T> T step(String name, String object, @Nullable UndoStep undo, Step<T> action) throws IOException {
        try {
            if (Thread.interrupted()) {
                throw new java.io.InterruptedIOException("interrupted");
            }
            observer.before(name, object);
            if (undo != null) {
                append(undo);
                done.add(undo);
            }
            return action.run();
        } catch (StepException nested) {
            throw nested;
        } catch (IOException e) {
            throw new StepException(name, object, e);
        }
    }

    private void append(UndoStep undo) throws IOException {
        FileChannel out = channel;
        if (out == null) {
            out = FileChannel.open(journal, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel = out;
        }
        ByteBuffer line = StandardCharsets.UTF_8.encode(undo.toLine() + "\n");
        while (line.hasRemaining()) {
            out.write(line);
        }
    }

    /** The steps are to stay: the journal is removed. Nothing is undone from here on. */
    public void commit() throws IOException {
        closeChannel();
        Files.deleteIfExists(journal);
        committed = true;
    }

    /** Undoes everything in reverse unless committed. What cannot be undone stays in the journal for the next command. */
    @Override
    public void close() throws IOException {
        if (!committed) {
            closeChannel();
            // An interrupt asked us to stop the operation, not to leave the host half-way.
            boolean interrupted = Thread.interrupted();
            try {
                undoAll(journal, done, handlers);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private void closeChannel() throws IOException {
        FileChannel out = channel;
        if (out != null) {
            channel = null;
            out.close();
        }
    }

    /** Undoes what a dead transaction left in its journal; returns whether there was one. The VE's lock is held. */
    public static boolean recover(Path journal, UndoHandlers handlers) throws IOException {
        List<UndoStep> steps;
        try {
            steps = read(journal);
        } catch (NoSuchFileException none) {
            return false;
        }
        undoAll(journal, steps, handlers);
        return true;
    }

    private static List<UndoStep> read(Path journal) throws IOException {
        String text = Files.readString(journal);
        List<UndoStep> steps = new ArrayList<>();
        int start = 0;
        // A last line without its end was being written when the process died: its step had not begun.
        for (int end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
            steps.add(UndoStep.fromLine(text.substring(start, end)));
        }
        return steps;
    }

    private static void undoAll(Path journal, List<UndoStep> steps, UndoHandlers handlers) throws IOException {
        List<UndoStep> left = new ArrayList<>();
        IOException failure = null;
        for (int i = steps.size() - 1; i >= 0; i--) {
            try {
                handlers.undo(steps.get(i));
            } catch (IOException e) {
                left.add(0, steps.get(i));
                IOException named =
                        new IOException("undo " + steps.get(i).toLine().replace('\t', ' '), e);
                if (failure == null) {
                    failure = named;
                } else {
                    failure.addSuppressed(named);
                }
            }
        }
        if (failure == null) {
            Files.deleteIfExists(journal);
            return;
        }
        try {
            rewrite(journal, left);
        } catch (IOException e) {
            // The journal as it was will do: what is undone already can be undone again.
            failure.addSuppressed(e);
        }
        throw failure;
    }

    private static void rewrite(Path journal, List<UndoStep> left) throws IOException {
        StringBuilder text = new StringBuilder();
        for (UndoStep step : left) {
            text.append(step.toLine()).append('\n');
        }
        Path temporary = journal.resolveSibling(journal.getFileName() + ".new");
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, journal, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
