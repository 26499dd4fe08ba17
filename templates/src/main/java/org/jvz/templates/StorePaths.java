package org.jvz.templates;

import java.nio.file.Path;

/**
 * What lies where below the template directory (TEMPLATE in vz.conf).
 *
 * @param template absolute path, {@code /vz/template} by default
 */
record StorePaths(Path template) {
    /** Directories being made start so; whoever makes one holds a flock on it. */
    static final String TEMPORARY = "tmp-";

    /** Archives, {@code NAME.tar[.SUFFIX]}. */
    Path cache() {
        return template.resolve("cache");
    }

    /** Unpacked templates, one directory each, named by the SHA-256 of the archive. */
    Path store() {
        return template.resolve("store");
    }

    Path locks() {
        return store().resolve("locks");
    }

    Path index() {
        return store().resolve("index");
    }

    Path entry(String hex) {
        return store().resolve(hex);
    }

    Path rootfs(String hex) {
        return entry(hex).resolve("rootfs");
    }

    Path meta(String hex) {
        return entry(hex).resolve("meta");
    }

    Path manifest(String hex) {
        return entry(hex).resolve("manifest");
    }

    /** Whether a name in the store is that of an unpacked template. */
    static boolean isDigest(String name) {
        if (name.length() != 64) {
            return false;
        }
        for (int i = 0; i < 64; i++) {
            char c = name.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
