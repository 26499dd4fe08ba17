package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Which MAC addresses the VEs of this host have in their configurations, so that no two get the same. */
public final class MacAddresses {
    /** The OUI of OpenVZ's devices. */
    private static final String PREFIX = "00:18:51";

    private static final int TRIES = 1000;
    private static final String SUFFIX = ".conf";

    private final HostPaths paths;
    private final Random random;

    public MacAddresses(HostPaths paths) {
        this(paths, new SecureRandom());
    }

    /** @param random where new addresses come from */
    MacAddresses(HostPaths paths, Random random) {
        this.paths = paths;
        this.random = random;
    }

    /**
     * An address that no VE has.
     *
     * @throws IOException if the configurations cannot be read, or every one tried is taken
     */
    public String unused() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            String mac = made();
            if (owner(mac, null) == null) {
                return mac;
            }
        }
        throw new IOException("No free MAC address found in " + TRIES + " tries");
    }

    private String made() {
        byte[] tail = new byte[3];
        random.nextBytes(tail);
        return String.format(Locale.ROOT, "%s:%02X:%02X:%02X", PREFIX, tail[0], tail[1], tail[2]);
    }

    /**
     * The VE whose NETIF has the address, at either end of a device.
     *
     * @param except a VE that does not count, or null
     * @return null if there is none
     */
    public @Nullable CtId owner(String mac, @Nullable CtId except) throws IOException {
        String wanted = "mac=" + mac.toUpperCase(Locale.ROOT);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(paths.confDir(), "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String number = name.substring(0, name.length() - SUFFIX.length());
                if (!CtId.isNumber(number) || (except != null && number.equals(except.toString()))) {
                    continue;
                }
                if (netif(file).contains(wanted)) {
                    return CtId.parse(number);
                }
            }
        } catch (NoSuchFileException none) {
            // No VE was ever made.
        }
        return null;
    }

    /** The line of NETIF with addresses in capitals; empty if there is none, or no file any more. */
    private static String netif(Path file) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (String line : text.split("\n", -1)) {
                if (line.startsWith("NETIF=")) {
                    return line.toUpperCase(Locale.ROOT).replace("MAC=", "mac=");
                }
            }
        } catch (NoSuchFileException gone) {
            // Destroyed while we looked.
        }
        return "";
    }
}
