package org.jvz.runtime.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.rootfs.FileChange;
import org.jvz.runtime.rootfs.InsideRoot;

/** One file of a guest and what is to become of its text. Applied twice it does what it does once. */
public abstract class FileEdit {
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
    private final int mode;

    FileEdit(String path, Absent absent) {
        this(path, absent, MODE);
    }

    /** @param mode permissions if the file is made */
    FileEdit(String path, Absent absent, int mode) {
        this.path = path;
        this.absent = absent;
        this.mode = mode;
    }

    /** The new text, for the old one; an absent file's text is empty. Null if there is to be no such file. */
    abstract @Nullable String edit(String text);

    /** The file's name, for messages. */
    public final String path() {
        return path;
    }

    /**
     * What is to be done inside {@code root}; null if the file is as wanted already. A link stays a link and the file it leads to is changed,
     * unless it leads to nothing, or below {@code /run}: that directory is another one while the VE runs, so the link is replaced by a file.
     */
    public final @Nullable FileChange plan(InsideRoot root) throws IOException {
        String place = root.realPath(path);
        byte @Nullable [] old = place == null || place.startsWith("/run/") || place.startsWith("/var/run/")
                ? null
                : root.read(path, LIMIT);
        if (place == null || old == null) {
            String target = root.readLink(path);
            String wanted = absent == Absent.CREATE ? edit("") : null;
            return wanted == null ? null : new FileChange(path, target, target != null, wanted, mode);
        }
        // Latin-1 gives every byte back: what is not ours to change stays, in whatever encoding.
        String text = new String(old, StandardCharsets.ISO_8859_1);
        String wanted = edit(text);
        if (wanted == null) {
            String target = root.readLink(path);
            return new FileChange(path, target == null ? text : target, target != null, null, mode);
        }
        return wanted.equals(text) ? null : new FileChange(place, text, false, wanted, mode);
    }

    /** Edits the file inside {@code root}; a file that is as wanted already is not written. */
    final void apply(InsideRoot root) throws IOException {
        FileChange change = plan(root);
        if (change != null) {
            change.make(root);
        }
    }

    /** The file is this text, or is not there. */
    static FileEdit whole(String path, @Nullable String wanted, int mode) {
        return new FileEdit(path, Absent.CREATE, mode) {
            @Override
            @Nullable
            String edit(String text) {
                return wanted;
            }
        };
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

    /** Name servers and search domains; null leaves what is there. */
    static FileEdit resolvConf(GuestNetwork network) {
        return new FileEdit("/etc/resolv.conf", Absent.CREATE) {
            @Override
            String edit(String text) {
                return ResolvConf.change(text, network);
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
