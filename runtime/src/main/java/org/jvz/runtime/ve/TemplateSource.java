package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;

/** Where root file systems come from; the template store implements it. */
public interface TemplateSource {
    /**
     * Finds the template of that name, unpacks it if nobody did so before, and keeps it from being removed until the
     * lease is closed.
     *
     * @throws VeException with {@link VzError#OSTEMPLATE_NOT_FOUND} if there is no such template
     * @throws IOException if it cannot be unpacked
     */
    Lease acquire(String ostemplate, VeEvents events) throws IOException;

    /** A template that stays while this is open. */
    interface Lease extends AutoCloseable {
        /** {@code sha256:} and 64 hexadecimal digits: what TEMPLATE_DIGEST in CTID.conf pins. */
        String digest();

        /** The unpacked tree; read only. */
        Path rootfs();

        /** Size of the unpacked tree in bytes. */
        long unpackedBytes();

        /** Number of files and directories in it. */
        long inodes();

        @Override
        void close() throws IOException;
    }
}
