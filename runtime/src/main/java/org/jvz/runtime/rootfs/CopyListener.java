package org.jvz.runtime.rootfs;

/** Told how far a copy has come. Called on the copying thread; it must not throw. */
@FunctionalInterface
public interface CopyListener {
    /** Does not want to know. */
    CopyListener NONE = new CopyListener() {
        @Override
        public void copied(long entries, long bytes) {}
    };

    /**
     * Some hundred entries later.
     *
     * @param entries files, directories and others copied so far
     * @param bytes of file content, holes included
     */
    void copied(long entries, long bytes);
}
