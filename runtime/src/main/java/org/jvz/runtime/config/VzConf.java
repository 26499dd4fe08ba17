package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The global configuration, vz.conf: what it sets, else the defaults of {@link VzKey}. A key that is set to nothing is
 * unset, whatever its default. Immutable.
 */
public final class VzConf {

    private final HostPaths paths;
    private final ConfFile file;

    private VzConf(HostPaths paths, ConfFile file) {
        this.paths = paths;
        this.file = file;
    }

    /**
     * Reads {@link HostPaths#vzConf()}.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws IOException if it cannot be read; names the file
     */
    public static VzConf read(HostPaths paths) throws IOException {
        return new VzConf(paths, ConfFile.read(paths.vzConf()));
    }

    /** The configuration a file holds. */
    public static VzConf of(HostPaths paths, ConfFile file) {
        return new VzConf(paths, file);
    }

    /** Where jvz's files lie. */
    public HostPaths paths() {
        return paths;
    }

    /** The file itself. */
    public ConfFile file() {
        return file;
    }

    /** The value of a key, or null if it is unset; {@code $VEID} is left as it stands. */
    public @Nullable String text(VzKey key) {
        @Nullable String value = file.get(key.name());
        if (value != null) {
            return value.isEmpty() ? null : value;
        }
        @Nullable String byDefault = key.defaultText();
        if (byDefault == null) {
            return null;
        }
        return switch (key) {
            case VZDIR -> paths.vzDir().toString();
            case LOGFILE -> paths.logFile().toString();
            case LXCFS -> paths.lxcfs().toString();
            default ->
                byDefault.startsWith(VzKey.VZDIR_MARK)
                        ? vzDir() + byDefault.substring(VzKey.VZDIR_MARK.length() - 1)
                        : byDefault;
        };
    }

    /** As {@link #text(VzKey)} for any key, with no default for those that are not vz.conf's own. */
    @Nullable
    String text(String key) {
        @Nullable VzKey own = VzKey.named(key);
        if (own != null) {
            return text(own);
        }
        @Nullable String value = file.get(key);
        return value == null || value.isEmpty() ? null : value;
    }

    private String vzDir() {
        @Nullable String dir = text(VzKey.VZDIR);
        return dir == null ? paths.vzDir().toString() : dir;
    }

    /**
     * Whether a key is yes.
     *
     * @throws BadConfException if it is neither yes nor no; an unset key is no
     */
    public boolean yes(VzKey key) throws BadConfException {
        @Nullable String value = text(key);
        if (value == null || value.equals("no")) {
            return false;
        }
        if (value.equals("yes")) {
            return true;
        }
        throw bad(key.name(), "'" + value + "' is neither yes nor no");
    }

    /**
     * The value of a key that is a number.
     *
     * @param unset what counts if the key is unset
     * @throws BadConfException if it is not a number from 0 to 2147483647
     */
    public int number(VzKey key, int unset) throws BadConfException {
        @Nullable String value = text(key);
        if (value == null) {
            return unset;
        }
        if (CtId.isNumber(value) && value.length() <= 10 && Long.parseLong(value) <= Integer.MAX_VALUE) {
            return Integer.parseInt(value);
        }
        throw bad(key.name(), "'" + value + "' is not a number");
    }

    /**
     * The value of a key that is a path without {@code $VEID}: LOCKDIR, TEMPLATE, LOGFILE. Null if it is unset.
     *
     * @throws BadConfException if it is not an absolute path
     */
    public @Nullable Path path(VzKey key) throws BadConfException {
        return path(file, key.name(), text(key));
    }

    /**
     * The value of a key that is a path with {@code $VEID} in it, for one VE: DUMPDIR, VE_ROOT, VE_PRIVATE.
     *
     * @throws BadConfException if it is not an absolute path
     */
    public @Nullable Path path(VzKey key, CtId id) throws BadConfException {
        @Nullable String value = text(key);
        return path(file, key.name(), value == null ? null : ConfQuoting.substitute(value, id));
    }

    /** The sample new VEs are configured from, or null if that is unset. */
    public @Nullable String configFile() {
        return text(VzKey.CONFIGFILE);
    }

    /** A path from a file, checked: whoever removes a private area must be able to trust it. */
    static @Nullable Path path(ConfFile file, String key, @Nullable String value) throws BadConfException {
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.charAt(0) != '/') {
            throw new BadConfException(
                    file.path(), file.lineOf(key), key + ": '" + value + "' is not an absolute path");
        }
        if (value.indexOf('$') >= 0) {
            throw new BadConfException(
                    file.path(), file.lineOf(key), key + ": '" + value + "' has a variable other than $VEID in it");
        }
        Path path = Path.of(value);
        if (path.normalize().getNameCount() == 0) {
            throw new BadConfException(file.path(), file.lineOf(key), key + ": must not be /");
        }
        return path;
    }

    private BadConfException bad(String key, String reason) {
        return new BadConfException(file.path(), file.lineOf(key), key + ": " + reason);
    }
}
