package org.jvz.runtime.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.rootfs.InsideRoot;

/** One file of a guest and what is to become of its text. Applied twice it does what it does once. */
abstract class FileEdit {
    /** No configuration file of a sane guest is larger. */
    private static final int LIMIT = 1 << 20;

    private static final int MODE = 0644;

    /** What to do where the file is absent. */
    enum Absent {
        SKIP,
        CREATE
    }

    private final String path;
    private final Absent absent;

    FileEdit(String path, Absent absent) {
        this.path = path;
        this.absent = absent;
    }

    /** The new text, for the old one; an absent file's text is empty. */
    abstract String edit(String text);

    /** Edits the file inside {@code root}; a file that is as wanted already is not written. */
    final void apply(InsideRoot root) throws IOException {
        byte @Nullable [] old = root.read(path, LIMIT);
        if (old == null) {
            if (absent == Absent.CREATE) {
                root.makeDirectories(path.substring(0, path.lastIndexOf('/')), 0755);
                root.write(path, bytes(edit("")), MODE);
            }
            return;
        }
        // Latin-1 gives every byte back: what is not ours to change stays, in whatever encoding.
        byte[] wanted = bytes(edit(new String(old, StandardCharsets.ISO_8859_1)));
        if (!Arrays.equals(old, wanted)) {
            // A link stays a link, the file it leads to (inside the VE) is the one to change.
            String place = root.realPath(path);
            root.write(place == null ? path : place, wanted, MODE);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The whole file is one line. */
    static FileEdit line(String path, Absent absent, String line) {
        return new FileEdit(path, absent) {
            @Override
            String edit(String text) {
                return line + "\n";
            }
        };
    }

    /** The host's own entry in /etc/hosts. */
    static FileEdit ownHostsEntry(String hostname) {
        return new FileEdit("/etc/hosts", Absent.CREATE) {
            @Override
            String edit(String text) {
                return HostsFile.ownName(text, hostname);
            }
        };
    }

    /** A shell assignment that is there already gets another value; without one, the file stays. */
    static FileEdit assignment(String path, String key, String value) {
        return new FileEdit(path, Absent.SKIP) {
            @Override
            String edit(String text) {
                return Assignments.change(text, key, value);
            }
        };
    }

    /** Entries of localhost in /etc/hosts. */
    static FileEdit seededHosts() {
        return new FileEdit("/etc/hosts", Absent.CREATE) {
            @Override
            String edit(String text) {
                return HostsFile.seed(text);
            }
        };
    }

    /** Root's empty password locked, in /etc/shadow or /etc/passwd. */
    static FileEdit lockedRoot(String path) {
        return new FileEdit(path, Absent.SKIP) {
            @Override
            String edit(String text) {
                return Passwords.lockEmptyRoot(text);
            }
        };
    }

    /** The jobs of a crontab spread over the hour. */
    static FileEdit spreadCrontab(String path, long seed) {
        return new FileEdit(path, Absent.SKIP) {
            @Override
            String edit(String text) {
                return Crontab.spread(text, seed);
            }
        };
    }
}
