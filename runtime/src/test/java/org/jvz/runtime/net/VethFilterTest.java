package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvz.runtime.config.NetIf;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.net.BpfMachine.Verdict;

/** The program run by an interpreter over frames that a VE might send. */
final class VethFilterTest {
    private static final Mac OWN = Mac.parse("00:18:51:00:00:01");
    private static final List<VeAddress> IPS =
            NetIf.addresses("192.0.2.10,198.51.100.16/28,2001:db8::10,2001:db8:5:40::/58");
    private static final byte[] BY_MAC = VethFilter.program(OWN, true, List.of());
    private static final byte[] BY_IPS = VethFilter.program(OWN, false, IPS);
    private static final byte[] BY_BOTH = VethFilter.program(OWN, true, IPS);

    /** Words of the frames below; other words are an address, or bytes in hexadecimal. */
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("own", "001851000001"),
            Map.entry("other", "001851000002"),
            Map.entry("near", "001851000101"),
            Map.entry("all", "ffffffffffff"),
            Map.entry("none", "000000000000"),
            Map.entry("arp", "0806 0001 0800 0604"),
            Map.entry("linklocal", "fe80::218:51ff:fe00:1"),
            Map.entry("solicit", "8700 0000 00000000"),
            Map.entry("advertise", "8800 0000 60000000"),
            Map.entry("nonce", "0e01 112233445566"),
            Map.entry("pad", "0104 00000000"));

    /**
     * What mac_filter does with a frame, then what ips does, P or D, a name, and the frame. {@code v4} and {@code v6} begin a packet: a number of
     * the protocol, source, target, and all that follows.
     */
    private static final String FRAMES =
            """
            PP | ARP request                     | all own arp 0001 own 192.0.2.10 none 192.0.2.1
            PP | ARP answer of a listed network  | other own arp 0002 own 198.51.100.31 other 192.0.2.1
            PD | ARP outside the listed network  | other own arp 0002 own 198.51.100.32 other 192.0.2.1
            PD | ARP takes over an address       | other own arp 0002 own 192.0.2.1 other 192.0.2.20
            DP | ARP with another's MAC          | other own arp 0002 other 192.0.2.10 other 192.0.2.1
            DP | ARP with a MAC one byte away    | other own arp 0002 near 192.0.2.10 other 192.0.2.1
            PP | ARP probe                       | all own arp 0001 own 0.0.0.0 none 192.0.2.10
            PD | ARP probe for another's address | all own arp 0001 own 0.0.0.0 none 192.0.2.1
            DD | ARP of other lengths            | all own 0806 0001 0800 0804 0001 0000 other 192.0.2.10 none 192.0.2.1
            DD | ARP of other hardware           | all own 0806 0006 0800 0604 0001 own 192.0.2.10 none 192.0.2.1
            DD | ARP, short                      | all own arp 0001 own 192.0.2.10 none
            DP | ARP in a frame from elsewhere   | all other arp 0001 own 192.0.2.10 none 192.0.2.1
            PP | IPv4, TCP                       | other own v4 6 192.0.2.10 192.0.2.1 1000 0050 00000000
            DP | IPv4 in a frame from elsewhere  | other other v4 6 192.0.2.10 192.0.2.1 1000 0050
            DP | IPv4, MAC one byte away         | other near v4 6 192.0.2.10 192.0.2.1 1000 0050
            PD | IPv4, another's source          | other own v4 6 192.0.2.11 192.0.2.1 1000 0050
            PP | IPv4, TCP to 68                 | other own v4 6 192.0.2.10 192.0.2.1 1000 0044 00000000
            PP | DHCP of a client                | all own v4 17 0.0.0.0 255.255.255.255 0044 0043 0008 0000
            DP | DHCP of a server                | all own v4 17 192.0.2.10 255.255.255.255 0043 0044 0008 0000
            DP | DHCP from any port              | all own v4 17 192.0.2.10 255.255.255.255 1000 0044 0008 0000
            DP | DHCP, with IPv4 options         | all own v4+ 17 192.0.2.10 255.255.255.255 0043 0044 0008 0000
            DP | UDP, short                      | all own v4 17 192.0.2.10 255.255.255.255 0043 0044
            PP | UDP                             | other own v4 17 192.0.2.10 192.0.2.1 1000 0035 0008 0000
            PP | UDP, a later fragment           | other own v4f 17 192.0.2.10 192.0.2.1 0043 0044 0008 0000
            PP | ping                            | other own v4 1 192.0.2.10 192.0.2.1 0800 0000 00010001
            DP | ICMP redirect                   | other own v4 1 192.0.2.10 192.0.2.20 0501 0000 192.0.2.10
            DP | ICMP router advertisement       | all own v4 1 192.0.2.10 224.0.0.1 0900 0000 0102 0708
            DD | IPv4, short                     | other own 0800 4500 0014 0000 0000 4006 0000 192.0.2.10
            PP | IPv6, TCP                       | other own v6 6 2001:db8::10 2001:db8::1 1000 0050 00000000
            PP | IPv6 of a listed network        | other own v6 6 2001:db8:5:7f:ffff::1 2001:db8::1 1000 0050
            PD | IPv6 outside that network       | other own v6 6 2001:db8:5:80::1 2001:db8::1 1000 0050
            PD | IPv6, another's source          | other own v6 6 2001:db8::11 2001:db8::1 1000 0050
            PP | IPv6, own link-local address    | other own v6 6 linklocal 2001:db8::1 1000 0050
            PD | IPv6, another link-local one    | other own v6 6 fe80::1 2001:db8::1 1000 0050
            PP | IPv6, nothing follows           | other own v6 59 2001:db8::10 2001:db8::1
            DD | IPv6, short                     | other own 86dd 6000 0000 0000 06ff 2001:db8::10 20010db8
            PP | ping                            | other own v6 58 2001:db8::10 2001:db8::1 8000 0000 00010001
            PP | solicitation                    | other own v6 58 2001:db8::10 ff02::1:ff00:1 solicit 2001:db8::1 0101 own
            PP | solicitation with a nonce       | other own v6 58 2001:db8::10 ff02::1:ff00:1 solicit 2001:db8::1 nonce 0101 own
            DP | solicitation with another's MAC | other own v6 58 2001:db8::10 ff02::1:ff00:1 solicit 2001:db8::1 0101 other
            DP | that behind a nonce             | other own v6 58 2001:db8::10 ff02::1:ff00:1 solicit 2001:db8::1 nonce 0101 other
            DP | that as the second of two       | other own v6 58 2001:db8::10 ff02::1:ff00:1 solicit 2001:db8::1 0101 own 0101 near
            DP | that as target's                | other own v6 58 2001:db8::10 ff02::1:ff00:1 solicit 2001:db8::1 0201 other
            DP | that, twice as long             | other own v6 58 2001:db8::10 ff02::1:ff00:1 solicit 2001:db8::1 0102 own 0000 none
            PP | search for duplicates           | other own v6 58 :: ff02::1:ff00:10 solicit 2001:db8::10 nonce
            PP | that of the link-local address  | other own v6 58 :: ff02::1:ff00:1 solicit linklocal
            PD | that for another's address      | other own v6 58 :: ff02::1:ff00:1 solicit 2001:db8::1
            PP | advertisement                   | other own v6 58 2001:db8::10 2001:db8::1 advertise 2001:db8::10 0201 own
            PP | advertisement of the other own  | other own v6 58 2001:db8::10 2001:db8::1 advertise linklocal 0201 own
            PD | advertisement takes over        | other own v6 58 2001:db8::10 2001:db8::20 advertise 2001:db8::1 0201 own
            PD | advertisement without MAC       | other own v6 58 2001:db8::10 2001:db8::20 advertise 2001:db8::1
            DP | advertisement with another MAC  | other own v6 58 2001:db8::10 2001:db8::1 advertise 2001:db8::10 0201 other
            DP | that as source's                | other own v6 58 2001:db8::10 2001:db8::1 advertise 2001:db8::10 0101 near
            DD | advertisement, short            | other own v6 58 2001:db8::10 2001:db8::1 advertise 20010db8
            DP | an option of length 0           | other own v6 58 2001:db8::10 2001:db8::1 advertise 2001:db8::10 0e00 none
            DP | an option beyond the end        | other own v6 58 2001:db8::10 2001:db8::1 advertise 2001:db8::10 0e02 none
            DP | half an option                  | other own v6 58 2001:db8::10 2001:db8::1 advertise 2001:db8::10 0e01 0000
            PP | seven nonces and a MAC          | other own v6 58 2001:db8::10 2001:db8::1 solicit 2001:db8::1 nonce nonce nonce nonce nonce nonce nonce
            DP | more options than are walked    | other own v6 58 2001:db8::10 2001:db8::1 solicit 2001:db8::1 nonce nonce nonce nonce nonce nonce nonce nonce
            PP | router solicitation             | other own v6 58 linklocal ff02::2 8500 0000 00000000 0101 own
            DP | that with another's MAC         | other own v6 58 linklocal ff02::2 8500 0000 00000000 0101 other
            DP | router advertisement            | other own v6 58 linklocal ff02::1 8600 0000 4000 0708 00000000 00000000
            DP | that behind options             | other own v6 60 linklocal ff02::1 3a00 pad 8600 0000 4000 0708
            DP | that behind a long hop-by-hop   | other own v6 0 linklocal ff02::1 3a01 pad pad 0000 8600 0000 4000 0708
            DP | that behind a routing header    | other own v6 43 linklocal ff02::1 3a00 0400 00000000 8600 0000 4000 0708
            DP | that behind authentication      | other own v6 51 linklocal ff02::1 3a01 0000 00000000 00000000 8600 0000 4000 0708
            DP | that in a first fragment        | other own v6 44 linklocal ff02::1 3a00 0001 00000007 8600 0000 4000 0708
            DP | that behind four headers        | other own v6 0 linklocal ff02::1 3c00 pad 2b00 pad 2c00 0000 00000000 3a00 0001 00000007 8600 0000 4000 0708
            DD | it begins in the next fragment  | other own v6 44 linklocal ff02::1 3c00 0001 00000007 3a00 pad
            DD | so do the options               | other own v6 44 linklocal ff02::1 3c00 0001 00000007
            DD | more headers than are walked    | other own v6 60 linklocal ff02::1 3c00 pad 3c00 pad 3c00 pad 3c00 pad 3c00 pad 3c00 pad 3c00 pad 3a00 pad 8600 0000 4000 0708
            DD | a header that ends beyond       | other own v6 60 linklocal ff02::1 3aff pad 8600 0000 4000 0708
            PP | a later fragment                | other own v6 44 linklocal ff02::1 3a00 0008 00000007 8600 0000 4000 0708
            PP | ping behind options             | other own v6 60 2001:db8::10 2001:db8::1 3a00 pad 8000 0000 00010001
            DP | solicitation in a fragment      | other own v6 44 2001:db8::10 ff02::1 3a00 0001 00000007 solicit 2001:db8::1 0101 own
            DP | redirect                        | other own v6 58 linklocal ff02::1 8900 0000 00000000 2001:db8::10 2001:db8::1
            PP | multicast listener report       | other own v6 0 :: ff02::16 3a00 0502 0000 0100 8f00 0000 00000001
            PP | DHCPv6 of a client              | other own v6 17 linklocal ff02::1:2 0222 0223 0008 0000
            DP | DHCPv6 of a server              | other own v6 17 linklocal fe80::2 0223 0222 0008 0000
            DP | that from any port              | other own v6 17 linklocal fe80::2 1000 0222 0008 0000
            DP | that behind options             | other own v6 60 linklocal fe80::2 1100 pad 0223 0222 0008 0000
            DD | a tag within a tag              | other own 8100 0005 v4 6 192.0.2.10 192.0.2.1 1000 0050
            DD | a service tag                   | other own 88a8 0005 v4 6 192.0.2.10 192.0.2.1 1000 0050
            PD | another protocol                | other own 88b5 0000 00000000
            DD | spanning tree                   | 0180c2000000 own 0026 4242 0300 0000
            PD | the same group's neighbour      | 0180c2000010 own 0026 4242 0300 0000
            DD | no frame                        | other own
            """;

    private record Row(boolean byMac, boolean byIps, String name, List<String> words) {
        static Row parse(String line) {
            String[] columns = line.split("\\|");
            return new Row(
                    line.charAt(0) == 'P',
                    line.charAt(1) == 'P',
                    columns[1].strip(),
                    List.of(columns[2].strip().split(" ")));
        }

        byte[] frame() {
            return bytes(words);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] bytes(List<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("v4") || word.startsWith("v6")) {
                byte[] body = bytes(words.subList(i + 4, words.size()));
                int protocol = Integer.parseInt(words.get(i + 1));
                List<String> header = word.startsWith("v6")
                        ? List.of("86dd 60000000", hex(body.length, 4), hex(protocol, 2), "ff")
                        : List.of(
                                word.equals("v4+") ? "0800 4600" : "0800 4500",
                                hex(body.length + (word.equals("v4+") ? 24 : 20), 4),
                                "0000",
                                word.equals("v4f") ? "0001" : "4000",
                                "40",
                                hex(protocol, 2),
                                "0000");
                for (String each : header) {
                    out.writeBytes(bytes(List.of(each.split(" "))));
                }
                out.writeBytes(bytes(words.subList(i + 2, i + 4)));
                out.writeBytes(word.equals("v4+") ? new byte[] {1, 1, 1, 0} : new byte[0]);
                out.writeBytes(body);
                return out.toByteArray();
            }
            String meant = WORDS.get(word);
            if (meant != null) {
                out.writeBytes(bytes(List.of(meant.split(" "))));
            } else if (word.contains(":") || word.contains(".")) {
                out.writeBytes(VeAddress.parse(word).bytes());
            } else {
                for (int at = 0; at < word.length(); at += 2) {
                    out.write(Integer.parseInt(word.substring(at, at + 2), 16));
                }
            }
        }
        return out.toByteArray();
    }

    private static String hex(int value, int digits) {
        return String.format("%0" + digits + "x", value);
    }

    private static Stream<Row> rows() {
        return FRAMES.lines().map(Row::parse);
    }

    private static Verdict verdict(boolean passes) {
        return passes ? Verdict.PASS : Verdict.DROP;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void frame(Row row) {
        assertThat(BpfMachine.run(BY_MAC, row.frame())).as("mac_filter").isEqualTo(verdict(row.byMac));
        assertThat(BpfMachine.run(BY_IPS, row.frame())).as("ips").isEqualTo(verdict(row.byIps));
        assertThat(BpfMachine.run(BY_BOTH, row.frame())).as("both").isEqualTo(verdict(row.byMac && row.byIps));
    }

    /** Frames cut off and changed at random: whatever they are, no load is beyond the end, and both filters are each of them. */
    @Test
    void noLoadIsBeyondTheEnd() {
        long seed = 4117;
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> frames = new ArrayList<>(rows().map(Row::frame).toList());
        int passed = 0;
        for (byte[] whole : frames) {
            for (int length = 0; length <= whole.length; length++) {
                for (int i = 0; i < 40; i++) {
                    byte[] frame = Arrays.copyOf(whole, length);
                    for (int change = random.nextInt(4); change > 0 && length > 14; change--) {
                        frame[12 + random.nextInt(length - 12)] = (byte) random.nextInt();
                    }
                    Verdict byMac = BpfMachine.run(BY_MAC, frame);
                    Verdict byIps = BpfMachine.run(BY_IPS, frame);
                    String what = Arrays.toString(frame) + ", seed " + seed;
                    assertThat(byMac).as(what).isNotEqualTo(Verdict.BEYOND);
                    assertThat(byIps).as(what).isNotEqualTo(Verdict.BEYOND);
                    assertThat(BpfMachine.run(BY_BOTH, frame))
                            .as(what)
                            .isEqualTo(verdict(byMac == Verdict.PASS && byIps == Verdict.PASS));
                    passed += byMac == Verdict.PASS && byIps == Verdict.PASS ? 1 : 0;
                }
            }
        }
        assertThat(passed).isPositive();
    }

    @Test
    void theLongestListFitsIntoAProgram() {
        List<VeAddress> longest = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            longest.add(VeAddress.parse("2001:db8::" + Integer.toHexString(i << 4) + "/127"));
        }
        NetIf.addresses(NetIf.join(longest));
        assertThat(VethFilter.program(OWN, true, longest).length / 8).isLessThanOrEqualTo(BpfCode.MAX);
    }

    @Test
    void withoutEitherEverythingPasses() {
        byte[] program = VethFilter.program(OWN, false, List.of());
        assertThat(rows().map(row -> BpfMachine.run(program, row.frame()))).containsOnly(Verdict.PASS);
    }
}
