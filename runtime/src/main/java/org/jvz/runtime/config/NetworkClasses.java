package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classes of networks by which traffic is counted, {@code /etc/vz/conf/networks_classes}: lines of a class and a network, as in OpenVZ. Of
 * networks that hold an address one of class 0 counts, which is the host's own, where nothing is counted; else the last one of the file.
 *
 * @param networks in the order of the file
 */
public record NetworkClasses(List<Network> networks) {
    /** The highest class. */
    public static final int LAST = 15;

    public NetworkClasses {
        networks = List.copyOf(networks);
    }

    /**
     * One line.
     *
     * @param trafficClass 0 to {@value #LAST}
     * @param network with a prefix
     */
    public record Network(int trafficClass, VeAddress network) {}

    /** Where the file is. */
    public static Path file(HostPaths paths) {
        return paths.confDir().resolve("networks_classes");
    }

    /**
     * Reads the file; null if there is none.
     *
     * @throws BadConfException if a line is not as it should be; names the file and the line
     */
    public static @Nullable NetworkClasses read(HostPaths paths) throws IOException {
        Path file = file(paths);
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException none) {
            return null;
        }
        List<Network> networks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            List<String> words = Words.split(lines.get(i), " \t\r");
            if (words.isEmpty() || words.get(0).startsWith("#")) {
                continue;
            }
            try {
                networks.add(network(words));
            } catch (IllegalArgumentException e) {
                throw new BadConfException(file, i + 1, "'" + lines.get(i).strip() + "': " + e.getMessage());
            }
        }
        return new NetworkClasses(networks);
    }

    private static Network network(List<String> words) {
        if (words.size() != 2) {
            throw new IllegalArgumentException("not a class and a network");
        }
        String number = words.get(0);
        if (!CtId.isNumber(number) || number.length() > 2 || Integer.parseInt(number) > LAST) {
            throw new IllegalArgumentException("its class is not a number from 0 to " + LAST);
        }
        VeAddress network = VeAddress.parse(words.get(1));
        return new Network(
                Integer.parseInt(number),
                network.prefix() >= 0 ? network : new VeAddress(network.address(), network.bytes().length * 8));
    }

    /** The classes that are counted, in rising order. */
    public List<Integer> counted() {
        List<Integer> classes = new ArrayList<>();
        for (int each = 1; each <= LAST; each++) {
            for (Network network : networks) {
                if (network.trafficClass == each) {
                    classes.add(each);
                    break;
                }
            }
        }
        return classes;
    }
}
