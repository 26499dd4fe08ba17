package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one VE: its CTID.conf, and below that vz.conf, which gives the value of every key the VE does not
 * set, except of those that are the VE's own, such as its name and addresses. Immutable; a change gives a new one.
 *
 * <p>{@link #root}, {@link #privateArea} and {@link #text} look at the files only, so that commands in a hurry need
 * nothing else.
 */
public final class VeConf {

    private final VzConf global;
    private final CtId id;
    private final ConfFile file;

    private VeConf(VzConf global, CtId id, ConfFile file) {
        this.global = global;
        this.id = id;
        this.file = file;
    }

    /**
     * Reads {@code /etc/vz/conf/ID.conf}.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws IOException if it cannot be read; names the file
     */
    public static VeConf read(VzConf global, CtId id) throws IOException {
        return new VeConf(global, id, ConfFile.read(global.paths().conf(id)));
    }

    /** A configuration without any key, to be saved to {@code /etc/vz/conf/ID.conf}. */
    public static VeConf empty(VzConf global, CtId id) {
        return new VeConf(global, id, ConfFile.empty(global.paths().conf(id)));
    }

    /** The configuration a file holds. */
    public static VeConf of(VzConf global, CtId id, ConfFile file) {
        return new VeConf(global, id, file);
    }

    /** The VE. */
    public CtId id() {
        return id;
    }

    /** The global configuration below. */
    public VzConf global() {
        return global;
    }

    /** The file itself. */
    public ConfFile file() {
        return file;
    }

    /**
     * The value of a key as it stands, or null if it is unset; {@code $VEID} is left as it stands. A key that CTID.conf
     * sets to nothing is unset, whatever vz.conf says.
     */
    public @Nullable String text(String key) {
        @Nullable String value = file.get(key);
        if (value != null) {
            return value.isEmpty() ? null : value;
        }
        return isOwn(key) ? null : global.text(key);
    }

    /**
     * The value of a key, or empty if it is unset or set to nothing.
     *
     * @throws BadConfException if what stands there is no value for the key; names the file and the line
     */
    public <T> Optional<T> get(ConfKey<T> key) throws BadConfException {
        String name = nameInFile(key);
        @Nullable String value = text(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(key.parse(value));
        } catch (IllegalArgumentException e) {
            ConfFile source = file.has(name) ? file : global.file();
            throw new BadConfException(
                    source.path(), source.lineOf(name), name + "=\"" + value + "\": " + e.getMessage());
        }
    }

    /** The name, new or old, under which the key is set; the new one if it is not. */
    private String nameInFile(ConfKey<?> key) {
        @Nullable String alias = key.alias();
        return alias != null && !file.has(key.name()) && file.has(alias) ? alias : key.name();
    }

    /**
     * What is odd about CTID.conf: what reading it warned about, and the keys whose values are none. An operation shows
     * these and goes on as if those keys were unset.
     */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(file.warnings());
        for (ConfKey<?> key : ConfKey.all()) {
            try {
                get(key);
            } catch (BadConfException e) {
                warnings.add(String.valueOf(e.getMessage()));
            }
        }
        return warnings;
    }

    /** VE_ROOT, where the VE is mounted, with the id filled in; null if it is unset. */
    public @Nullable Path root() throws BadConfException {
        return path("VE_ROOT");
    }

    /** VE_PRIVATE, where the VE lies, with the id filled in; null if it is unset. */
    public @Nullable Path privateArea() throws BadConfException {
        return path("VE_PRIVATE");
    }

    /** DUMPDIR, where memory dumps lie, with the id filled in; null if it is unset. */
    public @Nullable Path dumpDir() throws BadConfException {
        return path("DUMPDIR");
    }

    private @Nullable Path path(String key) throws BadConfException {
        @Nullable String value = text(key);
        ConfFile source = file.has(key) ? file : global.file();
        return VzConf.path(source, key, value == null ? null : ConfQuoting.substitute(value, id));
    }

    /**
     * The configuration with a key set. A value that equals the one CTID.conf has leaves the line as it is; an old name
     * of the key goes away.
     */
    public <T> VeConf with(ConfKey<T> key, T value) {
        @Nullable String alias = key.alias();
        @Nullable String own = file.get(key.name());
        if (own != null
                && !own.isEmpty()
                && (alias == null || !file.has(alias))
                && value.equals(key.parseOrNull(own))) {
            return this;
        }
        VeConf changed = withText(key.name(), key.show(value));
        return alias == null ? changed : changed.without(alias);
    }

    /**
     * The configuration with what a new VE must have written into CTID.conf, so that a later change of vz.conf does not
     * move it: VE_ROOT and VE_PRIVATE, with {@code $VEID} as in vz.conf, VE_LAYOUT, and OSTEMPLATE by default. What is
     * unset everywhere stays unset.
     */
    public VeConf withDefaultsWritten() {
        VeConf changed = this;
        for (String key : new String[] {"VE_ROOT", "VE_PRIVATE", "VE_LAYOUT", "OSTEMPLATE"}) {
            if (!changed.file.has(key)) {
                @Nullable
                String value = key.equals("OSTEMPLATE") ? global.text(VzKey.DEF_OSTEMPLATE) : global.text(key);
                changed = value == null ? changed : changed.withText(key, value);
            }
        }
        return changed;
    }

    /**
     * The configuration with a key set to a text in the form of the file.
     *
     * @throws IllegalArgumentException if the value cannot stand on one line
     */
    public VeConf withText(String key, String value) {
        return new VeConf(global, id, file.with(key, value));
    }

    /** The configuration without a key. */
    public VeConf without(String key) {
        return new VeConf(global, id, file.without(key));
    }

    /** The configuration of another VE that reads the same, to be saved to that VE's file. */
    public VeConf forVe(CtId other) {
        return new VeConf(global, other, file.at(global.paths().conf(other)));
    }

    /** Saves the file; see {@link ConfFile#save()}. */
    public void save() throws IOException {
        file.save();
    }

    /** Whether a key is about one VE alone, so that vz.conf cannot give it for all. */
    static boolean isOwn(String key) {
        return switch (key) {
            case "VEID", "NAME", "DESCRIPTION", "HOSTNAME", "IP_ADDRESS", "NETIF", "NETDEV", "PCI", "PORTFORWARD" ->
                true;
            case "LOCAL_UID", "LOCAL_GID", "TEMPLATE_DIGEST", "ORIGIN_SAMPLE", "OSTEMPLATE" -> true;
            default -> false;
        };
    }
}
