package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The names of VEs: {@code /etc/vz/names/NAME} is a symbolic link to {@code ../conf/ID.conf}, and that file's NAME says the
 * same. A link whose file says otherwise is stale and names nobody. A process makes one of these and shares it.
 */
public final class Names {

    private static final int MAX_LENGTH = 255;

    private final HostPaths paths;
    private final HostLock lock;

    /** The names of this host. */
    public Names(HostPaths paths) {
        this.paths = paths;
        this.lock = new HostLock(paths.stateDir().resolve("names.lock"));
    }

    /**
     * Whether the text may be a name: letters, digits, blanks, {@code - + _ .}, at most 255 of them, and neither
     * {@code .} nor {@code ..}, which are directories.
     */
    public static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && " -+_.".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The VE that a word on the command line means. Digits are always an id, whether there is such a VE or not.
     *
     * @throws BadCtIdException {@code Bad CT ID X} if it is neither an id nor a name, {@code Unable to find container by
     *     name} if it is a stale link
     * @throws IOException if a file cannot be read
     */
    public CtId resolve(String idOrName) throws IOException {
        if (CtId.isNumber(idOrName)) {
            return CtId.parse(idOrName);
        }
        @Nullable CtId linked = isValid(idOrName) ? linked(idOrName) : null;
        if (linked == null) {
            throw new BadCtIdException(idOrName);
        }
        if (!isNamed(linked, idOrName)) {
            throw new BadCtIdException(idOrName, "Unable to find container by name");
        }
        return linked;
    }

    /** The VE that has a name, or null. */
    public @Nullable CtId owner(String name) throws IOException {
        @Nullable CtId linked = isValid(name) ? linked(name) : null;
        return linked != null && isNamed(linked, name) ? linked : null;
    }

    /** A name that is given to a VE; until this is closed nobody else can take it. */
    public static final class Claim implements AutoCloseable {
        private final String name;
        private final HostLock.Held held;

        private Claim(String name, HostLock.Held held) {
            this.name = name;
            this.held = held;
        }

        /** The configuration with the name recorded in it. */
        public VeConf recordIn(VeConf conf) {
            return conf.withText("NAME", name);
        }

        @Override
        public void close() throws IOException {
            held.close();
        }
    }

    /**
     * Points a name at a VE. The caller records the name in the VE's configuration, saves that, then closes the claim; a
     * link without such a configuration is stale, so a crash in between leaves the name free.
     *
     * @throws IllegalArgumentException if it is not a name
     * @throws NameConflictException if another VE has it
     */
    public Claim claim(String name, CtId id) throws IOException, NameConflictException {
        if (!isValid(name)) {
            throw new IllegalArgumentException("Not a name: " + name);
        }
        HostLock.Held held = lock.take();
        try {
            @Nullable CtId owner = owner(name);
            if (owner != null && !owner.equals(id)) {
                throw new NameConflictException(name, owner);
            }
            link(name, id);
            return new Claim(name, held);
        } catch (IOException | NameConflictException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    /** Removes the link of a name if it points at this VE. */
    public void remove(String name, CtId id) throws IOException {
        // Without it nothing is to be done, and the first lock of a host is a file for which there may be no room.
        if (!isValid(name) || !id.equals(linked(name))) {
            return;
        }
        HostLock.Held held = lock.take();
        try {
            if (id.equals(linked(name))) {
                Files.deleteIfExists(paths.namesDir().resolve(name));
            }
        } finally {
            held.close();
        }
    }

    private void link(String name, CtId id) throws IOException {
        Files.createDirectories(paths.namesDir());
        Path link = paths.namesDir().resolve(name);
        Path target = Path.of("../conf").resolve(id + ".conf");
        try {
            Files.createSymbolicLink(link, target);
        } catch (FileAlreadyExistsException e) {
            // Ours already, or stale. The lock is held, so the temporary name is free or left by a kill; no name of a
            // VE has a tilde in it.
            Path temp = paths.namesDir().resolve("~new");
            Files.deleteIfExists(temp);
            Files.createSymbolicLink(temp, target);
            Files.move(temp, link, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The VE that a link points at, or null if there is no such link. */
    private @Nullable CtId linked(String name) throws IOException {
        try {
            Path target = Files.readSymbolicLink(paths.namesDir().resolve(name)).getFileName();
            return target == null ? null : CtId.ofConfName(target.toString());
        } catch (NoSuchFileException | NotLinkException e) {
            return null;
        }
    }

    private boolean isNamed(CtId id, String name) throws IOException {
        try {
            return name.equals(ConfFile.read(paths.conf(id)).get("NAME"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
