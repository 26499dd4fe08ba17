package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.ProjectId;
import org.jvz.runtime.rootfs.VeTree;

/**
 * A configured VE: its configuration and what follows from it.
 *
 * @param conf CTID.conf over vz.conf
 * @param privateArea where its files lie ({@code VE_PRIVATE})
 * @param root where they are mounted ({@code VE_ROOT})
 */
record Ve(VeConf conf, Path privateArea, Path root) {
    /** Key of CTID.conf that pins the template of an overlay VE: {@code sha256:} and 64 hexadecimal digits. */
    static final String DIGEST_KEY = "TEMPLATE_DIGEST";

    private static final String DIGEST_PREFIX = "sha256:";

    /**
     * Reads a VE's configuration.
     *
     * @throws VeException if there is none, or a directory is not set in it
     */
    static Ve load(VzConf global, CtId id) throws IOException {
        VeConf conf;
        try {
            conf = VeConf.read(global, id);
        } catch (NoSuchFileException none) {
            throw new VeException(VzError.NO_VE_CONFIG, VeEvent.of(VeEvent.Kind.NO_VE_CONFIG));
        }
        return of(conf);
    }

    /** The VE of a configuration that is not a file yet. */
    static Ve of(VeConf conf) throws IOException {
        Path area = conf.privateArea();
        if (area == null) {
            throw new VeException(VzError.VE_PRIVATE_NOT_SET, VeEvent.of(VeEvent.Kind.KEY_NOT_SET, "VE_PRIVATE"));
        }
        Path root = conf.root();
        if (root == null) {
            throw new VeException(VzError.VE_ROOT_NOT_SET, VeEvent.of(VeEvent.Kind.KEY_NOT_SET, "VE_ROOT"));
        }
        return new Ve(conf, area, root);
    }

    CtId id() {
        return conf.id();
    }

    /** The layout a configuration asks for, without its details ({@code ploop:expanded} is {@code ploop}). */
    static String layoutWord(VeConf conf) {
        String word = conf.text("VE_LAYOUT");
        if (word == null) {
            return "overlay";
        }
        int detail = word.indexOf(':');
        return detail < 0 ? word : word.substring(0, detail);
    }

    /** The layout of the private area. */
    String layout() {
        String word = layoutWord(conf);
        // A restored or migrated area is a whole tree, and no template is pinned.
        return word.equals("overlay") && digest() == null ? "simfs" : word;
    }

    /** The pinned template's digest in hexadecimal, or null for a VE that stands alone. */
    @Nullable
    String digest() {
        String value = conf.file().get(DIGEST_KEY);
        return value == null || !value.startsWith(DIGEST_PREFIX) ? null : value.substring(DIGEST_PREFIX.length());
    }

    /** The VE's ids on the host, or null if none were given to it yet. */
    @Nullable
    IdShift shift() throws IOException {
        String uid = conf.file().get("LOCAL_UID");
        if (uid == null) {
            return null;
        }
        String gid = conf.file().get("LOCAL_GID");
        try {
            return new IdShift(Long.parseLong(uid), Long.parseLong(gid == null ? uid : gid));
        } catch (IllegalArgumentException e) {
            throw new VeException(
                    VzError.INVALID_CONFIG,
                    conf.file().path() + ": LOCAL_UID=\"" + uid + "\" is not the base of an id range",
                    e);
        }
    }

    /** Where the parts of its root file system are, for its layout. */
    VeTree tree(IdShift shift) throws IOException {
        Path template = conf.global().path(VzKey.TEMPLATE);
        if (template == null) {
            throw new VeException(VzError.TEMPLATE_NOT_SET, VeEvent.of(VeEvent.Kind.KEY_NOT_SET, "TEMPLATE"));
        }
        String digest = digest();
        // A VE that stands alone has no template below it; the path then names nothing and is not looked at.
        Path lower = template.resolve("store")
                .resolve(digest == null ? "none" : digest)
                .resolve("rootfs");
        HostPaths paths = conf.global().paths();
        return new VeTree(lower, privateArea, root, paths.stage(id()), shift, ProjectId.of(paths, id()));
    }

    /** Fails as the contract says if the private area is not there. */
    void needPrivateArea() {
        if (!Files.isDirectory(privateArea)) {
            throw new VeException(VzError.NO_PRIVATE, VeEvent.of(VeEvent.Kind.PRIVATE_MISSING, privateArea.toString()));
        }
    }
}
