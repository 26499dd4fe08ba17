package org.jvz.templates;

import org.jvz.templates.tar.ArchiveException;

/** Names of archive entries as paths below the root being unpacked: {@code a/b/c}, or empty for the root itself. */
final class EntryPath {
    private EntryPath() {}

    /**
     * Normalizes {@code name}: leading {@code ./}, doubled and trailing slashes go.
     *
     * @param entry the entry to blame
     * @throws ArchiveException for what leads, or might lead, out of the root
     */
    static String of(String entry, String name, String what) throws ArchiveException {
        if (name.startsWith("/")) {
            throw new ArchiveException(entry, what + " is an absolute path");
        }
        // Nearly every name is "./" and plain parts: no builder for those.
        String rest = name.startsWith("./") ? name.substring(2) : name;
        return isPlain(rest) ? rest : rebuilt(entry, rest, what);
    }

    private static boolean isPlain(String path) {
        return !path.isEmpty()
                && path.charAt(0) != '.'
                && path.charAt(0) != '/'
                && !path.contains("//")
                && !path.contains("/.")
                && !path.endsWith("/");
    }

    private static String rebuilt(String entry, String path, String what) throws ArchiveException {
        StringBuilder out = new StringBuilder(path.length());
        for (int at = 0; at <= path.length(); ) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            String part = path.substring(at, end);
            if (part.equals("..")) {
                throw new ArchiveException(entry, what + " contains '..'");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                if (out.length() > 0) {
                    out.append('/');
                }
                out.append(part);
            }
            at = end + 1;
        }
        return out.toString();
    }

    /** The directory that {@code path} lies in; empty for the root. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** The last part of {@code path}. */
    static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
