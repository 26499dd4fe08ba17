package org.jvz.templates;

import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeEvents;

/**
 * Listener for what an operation on templates tells while it runs. {@link #progress} may be called on another thread than
 * the rest; nothing may throw.
 */
public interface TemplateEvents {
    /** Hears nothing. */
    TemplateEvents NONE = (stage, object) -> {};

    /** What an operation is at. */
    enum Stage {
        /** {@code vztmpl-dl} is asked for a template: name. */
        DOWNLOADING,
        /** An archive is read for its digest: path. */
        HASHING,
        /** Another process is unpacking the same archive, or removing it: digest. */
        WAITING,
        /** An archive is copied into the cache: path. */
        COPYING,
        /** An archive is unpacked into the store: path. */
        UNPACKING,
        /** What was unpacked is written out to the disk: digest. */
        SYNCING,
        /** A template's tree is made: recipe. */
        BUILDING,
        /** The archive is finished and takes its place: path. */
        PLACING,
        /** An archive and its unpacked tree are compared with what was imported: name or digest. */
        VERIFYING,
        /** Something is removed: path. */
        REMOVING
    }

    /** A stage begins. */
    void stage(Stage stage, String object);

    /** Of the current stage {@code done} of {@code total} is done; bytes, or a count. */
    default void progress(long done, long total) {}

    /** A line of output of a program that was called. */
    default void output(String line) {}

    /** Something the administrator should know; the operation goes on. */
    default void warning(String text) {}

    /** Tells a VE operation's listener: stages and output are details, and how far a stage is is for people. */
    static TemplateEvents to(VeEvents events) {
        return new TemplateEvents() {
            private volatile String at = "";

            @Override
            public void stage(Stage stage, String object) {
                at = stage.name().charAt(0) + lower(stage) + " " + object;
                events.event(VeEvent.Kind.DETAIL, at);
                events.lasting(at);
            }

            @Override
            public void progress(long done, long total) {
                if (total > 0) {
                    events.progress(at + " ... " + 100 * done / total + "%");
                }
            }

            @Override
            public void output(String line) {
                events.event(VeEvent.Kind.DETAIL, line);
            }

            @Override
            public void warning(String text) {
                events.event(VeEvent.Kind.WARNING, text);
            }
        };
    }

    private static String lower(Stage stage) {
        return stage.name().substring(1).toLowerCase(java.util.Locale.ROOT);
    }
}
