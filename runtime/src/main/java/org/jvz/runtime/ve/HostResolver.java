package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.guest.ResolvConf;

/** What {@code inherit} stands for: the name servers and search domains of this host. */
final class HostResolver {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    /** Where systemd-resolved keeps the servers it asks itself; its resolv.conf names only its own address. */
    private static final Path RESOLVED = Path.of("/run/systemd/resolve/resolv.conf");

    private @Nullable List<String> servers;
    private @Nullable List<String> domains;

    /** The words with {@code inherit} replaced by the host's name servers. */
    List<String> servers(List<String> words) throws IOException {
        return replaced(words, true);
    }

    /** The words with {@code inherit} replaced by the host's search domains. */
    List<String> domains(List<String> words) throws IOException {
        return replaced(words, false);
    }

    private List<String> replaced(List<String> words, boolean ofServers) throws IOException {
        List<String> all = new ArrayList<>();
        for (String word : words) {
            for (String each : word.equals("inherit") ? host(ofServers) : List.of(word)) {
                if (!all.contains(each)) {
                    all.add(each);
                }
            }
        }
        return all;
    }

    private List<String> host(boolean ofServers) throws IOException {
        if (servers == null || domains == null) {
            String text = read(RESOLV_CONF);
            servers = ResolvConf.servers(text);
            domains = ResolvConf.domains(text);
            if (servers.isEmpty()) {
                servers = ResolvConf.servers(read(RESOLVED));
            }
        }
        return ofServers ? servers : domains;
    }

    private static String read(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException none) {
            return "";
        }
    }
}
