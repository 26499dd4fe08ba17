package org.jvz.templates.tar;

import java.util.Map;

/**
 * One entry of an archive, as the archive says; nothing is checked against a policy yet.
 *
 * @param name path as stored, never empty; bytes that are not UTF-8 are lone surrogates as in
 *     {@link org.jvz.runtime.linux.PathBytes}
 * @param kind what it is
 * @param linkName target of a symbolic or hard link, else empty
 * @param mode permission, set-id and sticky bits: 0 to 07777
 * @param uid numeric owner, 0 to 2^63-1
 * @param gid numeric group, 0 to 2^63-1
 * @param size length of the file in bytes, holes included; 0 for all but files
 * @param mtimeSeconds since the epoch, may be negative
 * @param mtimeNanos 0 to 999,999,999
 * @param devMajor major number of a device node, else 0
 * @param devMinor minor number of a device node, else 0
 * @param xattrs extended attributes by full name, in archive order
 * @param extents where the stored bytes lie in the file
 * @param hasAcls whether the archive has access lists of this entry in a form that is not read (SCHILY.acl.*)
 */
public record TarEntry(
        String name,
        Kind kind,
        String linkName,
        int mode,
        long uid,
        long gid,
        long size,
        long mtimeSeconds,
        int mtimeNanos,
        long devMajor,
        long devMinor,
        Map<String, byte[]> xattrs,
        Extents extents,
        boolean hasAcls) {

    /** What an entry can be. Sockets have no form in tar. */
    public enum Kind {
        FILE,
        HARD_LINK,
        SYMLINK,
        CHAR_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO
    }
}
