package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.net.Traffic;
import org.jvz.runtime.net.TrafficAccounts;
import org.jvz.runtime.net.Venet;
import org.jvz.runtime.net.VethConfig;

/**
 * Tells what running VEs have sent and received since their start. On a host with classes of networks that is counted for their addresses on venet0,
 * by class and family; on one without, the counters of their devices are told as class 1.
 */
public final class ReadTraffic {
    /** The devices count the headers of Ethernet, too. */
    private static final int ETHERNET = 14;

    /** One line for each device of the calling thread's network namespace, after two of headers; proc(5). */
    private static final Path DEVICES = Path.of("/proc/thread-self/net/dev");

    /** Where in a line the bytes are, with the packets after them. */
    private static final int RECEIVED = 0;

    private static final int SENT = 8;

    private final VeHost host;

    public ReadTraffic(VeHost host) {
        this.host = host;
    }

    /** Whether classes and families are told apart. */
    public boolean byClass() {
        return Files.exists(NetworkClasses.file(host.paths()));
    }

    /** The traffic of all running VEs. */
    public SortedMap<CtId, List<Traffic>> run() throws IOException {
        if (byClass()) {
            return new TreeMap<>(new TrafficAccounts(host.linux(), host.paths()).read());
        }
        SortedMap<CtId, List<Traffic>> all = new TreeMap<>();
        List<String> table = Files.readAllLines(DEVICES);
        for (CtId id : LiveVes.look(host).ids()) {
            VeState state = VeState.read(host.paths().state(id));
            if (state != null) {
                all.put(id, List.of(ofDevices(id, state, table)));
            }
        }
        return all;
    }

    private static Traffic ofDevices(CtId id, VeState state, List<String> table) {
        List<String> devices = new ArrayList<>(List.of(Venet.device(id)));
        for (VethConfig each : VethConfig.parseAll(state.settings().getOrDefault(VethDevices.SETTING, ""))) {
            devices.add(each.hostName());
        }
        Traffic.Count received = Traffic.Count.NONE;
        Traffic.Count sent = Traffic.Count.NONE;
        for (String line : table) {
            int colon = line.indexOf(':');
            if (colon > 0 && devices.contains(line.substring(0, colon).strip())) {
                String[] numbers = line.substring(colon + 1).strip().split(" +", -1);
                // The host's end of a pair sends what the VE receives.
                sent = sent.plus(count(numbers, RECEIVED));
                received = received.plus(count(numbers, SENT));
            }
        }
        return new Traffic(1, false, received, sent);
    }

    private static Traffic.Count count(String[] numbers, int at) {
        long packets = Long.parseLong(numbers[at + 1]);
        return new Traffic.Count(packets, Math.max(0, Long.parseLong(numbers[at]) - ETHERNET * packets));
    }
}
