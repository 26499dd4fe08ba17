package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.Neighbours;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.undo.Transaction;

/**
 * Asks the machines on the host's uplinks whether one of them has an address that a VE is to get, before the VE has it. The kernel asks, by
 * ARP or neighbour discovery, as it would before it sent a packet there; answers lie in its neighbour table. So the asking takes no time:
 * whoever begins it does something else until {@link #check} or {@link #finish}. See docs/adr/0023.
 *
 * <p>In vz.conf, SKIP_ARPDETECT=yes asks for nothing, and an answer is a warning, with ERROR_ON_ARPFAIL=yes an error.
 */
public final class AddressProbe implements AutoCloseable {
    /** The kernel keeps 1,024 neighbours of a family by default (gc_thresh3 in arp(7)), unanswered ones and the host's own included. */
    private static final int AT_ONCE = 256;

    /** How long each further round listens at least. */
    private static final long ROUND_MILLIS = 50;

    private final NetlinkSocket socket;
    private final Neighbours neighbours;
    private final Transaction transaction;
    private final boolean refuses;
    private final Deque<Question> waiting = new ArrayDeque<>();
    private final List<Question> asked = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private long askedAt = System.nanoTime();

    private AddressProbe(NetlinkSocket socket, Transaction transaction, boolean refuses) {
        this.socket = socket;
        this.neighbours = new Neighbours(socket);
        this.transaction = transaction;
        this.refuses = refuses;
    }

    private record Question(NetAddress address, Link uplink) {
        @Override
        public String toString() {
            return address + " on " + uplink.name();
        }
    }

    /**
     * Begins to ask on the uplinks that will answer for the addresses.
     *
     * @param transaction forgets the questions if it is undone
     * @throws IOException with an {@link IpInUseException} as a cause if the host itself has an address, or was told of another owner
     */
    public static AddressProbe begin(Linux linux, VzConf conf, Transaction transaction, Collection<VeAddress> addresses)
            throws IOException {
        NetlinkSocket socket = NetlinkSocket.open(linux);
        AddressProbe probe = new AddressProbe(socket, transaction, conf.yes(VzKey.ERROR_ON_ARPFAIL));
        try {
            if (!conf.yes(VzKey.SKIP_ARPDETECT)) {
                for (Wanted each : Wanted.of(addresses, Uplinks.read(socket, conf), conf)) {
                    for (Link uplink : each.uplinks()) {
                        probe.waiting.add(new Question(each.address(), uplink));
                    }
                }
                probe.ask();
            }
            return probe;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void ask() throws IOException {
        askedAt = System.nanoTime();
        while (asked.size() < AT_ONCE && !waiting.isEmpty()) {
            Question question = waiting.remove();
            boolean open = transaction.step(
                    "ask for owner",
                    question.toString(),
                    NetUndo.question(question.address, question.uplink.name()),
                    () -> neighbours.ask(question.address, question.uplink));
            asked.add(question);
            if (!open) {
                check();
            }
        }
    }

    /**
     * Looks at the answers so far.
     *
     * @throws IOException with an {@link IpInUseException} as a cause if there is one and vz.conf has ERROR_ON_ARPFAIL=yes
     */
    public void check() throws IOException {
        List<Question> open = new ArrayList<>();
        for (Question question : asked) {
            Mac mac = transaction
                    .step("look for owner", question.toString(), null, () -> ownerOf(question))
                    .orElse(null);
            if (mac == null || isOwn(mac)) {
                open.add(question);
                continue;
            }
            IpInUseException conflict = new IpInUseException(question.address, mac + " on " + question.uplink.name());
            if (refuses) {
                throw conflict;
            }
            warnings.add(String.valueOf(conflict.getMessage()));
            forget(question);
        }
        asked.clear();
        asked.addAll(open);
    }

    private Optional<Mac> ownerOf(Question question) throws IOException {
        Neighbours.Neighbour owner = neighbours.find(question.address, question.uplink);
        return owner == null ? Optional.empty() : Optional.ofNullable(owner.mac());
    }

    /** An uplink may answer on another one of the same LAN for everything it forwards (proxy_arp). */
    private boolean isOwn(Mac mac) throws IOException {
        for (Link link : new Links(socket).list()) {
            if (mac.equals(link.mac())) {
                return true;
            }
        }
        return false;
    }

    private void forget(Question question) throws IOException {
        neighbours.forget(question.address, question.uplink);
    }

    /**
     * Asks for the addresses that are left (of more than {@value #AT_ONCE}), waits for answers and forgets the questions.
     *
     * @param millis how long after the asking answers count at least; nothing waits where nothing was asked
     * @return other owners of addresses, for a warning
     * @throws IOException as {@link #check}
     */
    public List<String> finish(long millis) throws IOException {
        long least = millis;
        while (!asked.isEmpty()) {
            await(askedAt + TimeUnit.MILLISECONDS.toNanos(least));
            check();
            for (Question question : asked) {
                forget(question);
            }
            asked.clear();
            ask();
            least = Math.max(millis, ROUND_MILLIS);
        }
        return List.copyOf(warnings);
    }

    /** An interruption ends the waiting; the next step of the transaction sees it. */
    private static void await(long until) {
        long left = until - System.nanoTime();
        while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(left);
            left = until - System.nanoTime();
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
