package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.NetAddress;

/**
 * Which running VE has which address: one file per address in {@link HostPaths#veipDir()}, named by the address and holding the id. Other
 * tools read them. A file whose VE has no device is left over from a crash or a reboot and counts for nothing.
 */
final class AddressOwners {
    private final NetLock lock;
    private final HostPaths paths;

    AddressOwners(Linux linux, HostPaths paths) {
        this.lock = new NetLock(linux, paths);
        this.paths = paths;
    }

    /**
     * Records the VE, whose device is there already, as owner.
     *
     * @throws IpInUseException if another running VE is
     */
    void claim(CtId id, NetAddress address, Links links) throws IOException {
        Path file = file(address);
        lock.held(() -> {
            CtId owner = owner(file);
            if (owner != null && !owner.equals(id) && links.find(Venet.device(owner)) != null) {
                throw new IpInUseException(address, "container " + owner);
            }
            Files.createDirectories(paths.veipDir());
            // Readers take no lock: they see the old file or the new one. The colon keeps the name apart from
            // addresses.
            Path fresh = paths.veipDir().resolve(":new");
            Files.writeString(fresh, id + "\n");
            return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    /** Removes the record if it is the VE's. */
    void release(CtId id, NetAddress address) throws IOException {
        Path file = file(address);
        lock.held(() -> id.equals(owner(file)) && Files.deleteIfExists(file));
    }

    /** The addresses of one VE. */
    List<NetAddress> of(CtId id) throws IOException {
        List<NetAddress> addresses = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(paths.veipDir())) {
            for (Path file : files) {
                NetAddress address = address(file.getFileName().toString());
                if (address != null && id.equals(owner(file))) {
                    addresses.add(address);
                }
            }
        } catch (NoSuchFileException none) {
            // No VE ever had an address.
        }
        return addresses;
    }

    private Path file(NetAddress address) {
        return paths.veipDir().resolve(address.toString());
    }

    private static @Nullable NetAddress address(String name) {
        try {
            return NetAddress.of(VeAddress.parse(name).bytes());
        } catch (IllegalArgumentException notOurs) {
            return null;
        }
    }

    /** The id in a file; null if there is no file, or none of ours. */
    private static @Nullable CtId owner(Path file) throws IOException {
        try {
            String text = Files.readString(file).strip();
            return CtId.isNumber(text) ? CtId.parse(text) : null;
        } catch (NoSuchFileException none) {
            return null;
        }
    }
}
