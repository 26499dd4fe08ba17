package org.jvz.runtime.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.jvz.runtime.linux.netlink.Ips.ip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What ip(8) and tc(8) of iproute2 6.1 sent to the kernel for the commands named here, and what it answered, as strace(1) saw it. */
final class MessageGoldenTest {
    /** ip link add v101 address 02:00:00:00:00:01 type veth peer name venet0 address 02:00:00:00:00:01 */
    private static final String VETH = "74000000100005062f91046b0000000000000000000000000000000000000000"
            + "0a00010002000000000100000900030076313031000000003c00120008000100"
            + "76657468300002002c000100000000000000000000000000000000000a00010002000000000100000b00030076656e6574300000";
    /** ip link set v101 up mtu 1400 */
    private static final String SET_UP =
            "28000000100005002f91046b00000000" + "00000000030000000100000001000000" + "0800040078050000";
    /** ip addr add 10.0.0.2/32 dev v101 label v101:0 */
    private static final String ADDRESS_V4 = "34000000140005062f91046b00000000" + "0220000003000000"
            + "080002000a000002" + "0b000300763130313a300000" + "080001000a000002";
    /** ip -6 addr add 2001:db8::2/128 dev v101 */
    private static final String ADDRESS_V6 = "40000000140005062f91046b00000000" + "0a80000003000000"
            + "1400020020010db8000000000000000000000002" + "1400010020010db8000000000000000000000002";
    /** ip route add 10.9.0.2 dev v101 proto 118 src 10.0.0.2 */
    private static final String ROUTE_DEV = "34000000180005062f91046b00000000" + "02200000fe76fd0100000000"
            + "080001000a090002" + "080007000a000002" + "0800040003000000";
    /** ip route add default via 10.9.0.2 dev v101 */
    private static final String ROUTE_VIA =
            "2c000000180005062f91046b00000000" + "02000000fe03000100000000" + "080005000a090002" + "0800040003000000";
    /** ip -6 route add default dev v101 */
    private static final String ROUTE_V6 = "38000000180005062f91046b00000000" + "0a000000fe03000100000000"
            + "1400010000000000000000000000000000000000" + "0800040003000000";
    /** ip neigh add proxy 10.9.0.2 dev v101 proto 118 */
    private static final String PROXY =
            "2c0000001c0005063091046b00000000" + "020000000300000080000800" + "05000c0076000000" + "080001000a090002";
    /** ip rule add from 10.9.0.2 iif lo lookup 118 pref 1000 */
    private static final String RULE = "34000000200005066f6d086b00000000" + "020020007600000100000000"
            + "080002000a090002" + "070003006c6f0000" + "08000600e8030000";
    /** ip -6 rule add to 2001:db8::/64 lookup 300 pref 1001 */
    private static final String RULE_V6 = "40000000200005066f6d086b00000000" + "0a4000000000000100000000"
            + "1400010020010db8000000000000000000000000" + "08000f002c010000" + "08000600e9030000";
    /** tc qdisc add dev v101 root handle 1: htb default 10 */
    private static final String HTB = "4800000024000506f27d086b00000000"
            + "000000000300000000000100ffffffff00000000"
            + "08000100687462001c00020018000200030000000a000000100000000000000000000000";
    /** tc qdisc show dev v101: the answer. */
    private static final String HTB_SHOWN = "b400000024000200f27d086b52260000"
            + "000000000300000000000100ffffffff03000000"
            + "08000100687462002400020018000200110003000a00000010000000000000000000000008000500e803000005000c00"
            + "000000003000070014000100000000000000000000000000000000001800030000000000000000000000000000000000"
            + "000000002c00030000000000000000000000000000000000000000000000000000000000000000000000000000000000";
    /** tc class show dev v101: the answer, with the class of {@link #htbClass}. */
    private static final String HTB_CLASS_SHOWN = "f800000028000200f27d086b4e260000"
            + "000000000300000010000100ffffffff00000000"
            + "08000100687462004000020030000100000100000000000048e801000001000000000000ffffffff400d030000000000"
            + "d430000000000000030000000c00070000f2052a01000000480007001400010000000000000000000000000000000000"
            + "18000300000000000000000000000000000000000000000018000400000000000000000000000000400d030000000000"
            + "2c0003000000000000000000000000000000000000000000000000000000000000000000000000000000000018000400"
            + "000000000000000000000000400d030000000000";
    /** tc class del dev v101 classid 1:10 */
    private static final String HTB_CLASS_GONE =
            "2400000029000500f27d086b00000000" + "0000000003000000100001000000000000000000";
    /** ip link add br7 type bridge */
    private static final String BRIDGE = "38000000100005062f91046b00000000" + "00000000000000000000000000000000"
            + "0800030062723700" + "100012000a0001006272696467650000";
    /** ip link set v101 master br7 */
    private static final String MASTER =
            "28000000100005002f91046b00000000" + "00000000030000000000000000000000" + "08000a0004000000";
    /** ip link add link v101 name v101.5 type vlan id 5 */
    private static final String VLAN = "4c000000100005062f91046b00000000" + "00000000000000000000000000000000"
            + "0800050003000000" + "0b000300763130312e350000" + "1800120008000100766c616e" + "0c0002000600010005000000";

    /** tc class add dev v101 parent 1: classid 1:10 htb rate 1mbit ceil 40gbit prio 3 */
    private static String htbClass() throws IOException {
        try (InputStream capture = MessageGoldenTest.class.getResourceAsStream("/netlink/htb-class.hex")) {
            byte[] lines = Objects.requireNonNull(capture).readAllBytes();
            return new String(lines, StandardCharsets.US_ASCII).replace("\n", "");
        }
    }

    static Stream<Arguments> captures() throws IOException {
        return Stream.of(
                Arguments.of(MessageKind.LINK, VETH),
                Arguments.of(MessageKind.LINK, SET_UP),
                Arguments.of(MessageKind.LINK, BRIDGE),
                Arguments.of(MessageKind.LINK, MASTER),
                Arguments.of(MessageKind.LINK, VLAN),
                Arguments.of(MessageKind.ADDRESS, ADDRESS_V4),
                Arguments.of(MessageKind.ADDRESS, ADDRESS_V6),
                Arguments.of(MessageKind.ROUTE, ROUTE_DEV),
                Arguments.of(MessageKind.ROUTE, ROUTE_VIA),
                Arguments.of(MessageKind.ROUTE, ROUTE_V6),
                Arguments.of(MessageKind.RULE, RULE),
                Arguments.of(MessageKind.RULE, RULE_V6),
                Arguments.of(MessageKind.QDISC, HTB),
                Arguments.of(MessageKind.QDISC, HTB_SHOWN),
                Arguments.of(MessageKind.CLASS, htbClass()),
                Arguments.of(MessageKind.CLASS, HTB_CLASS_SHOWN),
                Arguments.of(MessageKind.CLASS, HTB_CLASS_GONE),
                Arguments.of(MessageKind.NEIGHBOUR, PROXY));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void whatIsDecodedIsEncodedToTheSameBytes(MessageKind kind, String capture) throws Exception {
        byte[] bytes = HexFormat.of().parseHex(capture);
        int flags = (int) NlBuffer.number(bytes, 6, 2);
        int sequence = (int) NlBuffer.number(bytes, 8, 4);
        // The port of the one who is answered; what is sent has none.
        Arrays.fill(bytes, 12, NlMessage.HEADER, (byte) 0);
        assertThat(decode(kind, capture).encode(flags, sequence)).isEqualTo(bytes);
    }

    private static NlMessage decode(MessageKind kind, String capture) throws MalformedMessageException {
        byte[] bytes = HexFormat.of().parseHex(capture);
        int type = (int) NlBuffer.number(bytes, 4, 2);
        return NlMessage.decode(kind, type, bytes, NlMessage.HEADER, bytes.length);
    }

    @Test
    void readsTypesAndFlags() throws Exception {
        assertThat(decode(MessageKind.LINK, VETH).type()).isEqualTo(MessageKind.LINK.newType());
        assertThat(decode(MessageKind.ADDRESS, ADDRESS_V4).type()).isEqualTo(MessageKind.ADDRESS.newType());
        assertThat(decode(MessageKind.ROUTE, ROUTE_DEV).type()).isEqualTo(MessageKind.ROUTE.newType());
        assertThat(decode(MessageKind.NEIGHBOUR, PROXY).type()).isEqualTo(MessageKind.NEIGHBOUR.newType());
        // EXCL|CREATE and, as every request, ACK|REQUEST.
        assertThat(NetlinkSocket.EXCLUSIVE | 5).isEqualTo(0x605);
    }

    @Test
    void readsAddresses() throws Exception {
        NetAddress v4 = ip("10.0.0.2");
        assertThat(IfAddress.of(decode(MessageKind.ADDRESS, ADDRESS_V4)))
                .isEqualTo(new IfAddress(3, v4, 32, Scope.UNIVERSE.number(), "v101:0", false));
        NetAddress v6 = ip("2001:db8::2");
        assertThat(IfAddress.of(decode(MessageKind.ADDRESS, ADDRESS_V6)))
                .isEqualTo(new IfAddress(3, v6, 128, Scope.UNIVERSE.number(), "", false));
    }

    @Test
    void routesAreWrittenAsIpWritesThem() throws Exception {
        NetAddress gateway = ip("10.9.0.2");
        assertSame(ROUTE_DEV, Route.toHost(gateway, 3, ip("10.0.0.2"), 118));
        assertSame(ROUTE_VIA, new Route(NetAddress.AF_INET, null, 0, 3, gateway, null, Route.MAIN, Route.BOOT));
    }

    /** The same struct and the same attributes; ours name the table in an attribute besides. */
    private static void assertSame(String capture, Route route) throws MalformedMessageException {
        NlMessage theirs = decode(MessageKind.ROUTE, capture);
        NlMessage ours = route.message(MessageKind.ROUTE.newType());
        assertThat(Route.of(theirs)).isEqualTo(route);
        assertThat(Route.of(ours)).isEqualTo(route);
        for (int i = 0; i < MessageKind.ROUTE.fields(); i++) {
            assertThat(ours.field(i)).as("field %d", i).isEqualTo(theirs.field(i));
        }
        for (Attr attr : Tables.ROUTE.rows()) {
            if (!attr.equals(Tables.ROUTE_TABLE)) {
                assertThat(ours.attributes().has(attr))
                        .as(attr.name())
                        .isEqualTo(theirs.attributes().has(attr));
            }
        }
    }

    @Test
    void rulesAreWrittenAsIpWritesThem() throws Exception {
        Rule v4 = new Rule(NetAddress.AF_INET, ip("10.9.0.2"), 32, null, 0, "lo", 1000, 118);
        assertThat(Rule.of(decode(MessageKind.RULE, RULE))).isEqualTo(v4);
        assertThat(Rule.of(v4.message(MessageKind.RULE.newType()))).isEqualTo(v4);
        Rule v6 = new Rule(NetAddress.AF_INET6, null, 0, ip("2001:db8::"), 64, "", 1001, 300);
        assertThat(Rule.of(decode(MessageKind.RULE, RULE_V6))).isEqualTo(v6);
        assertThat(Rule.of(v6.message(MessageKind.RULE.newType()))).isEqualTo(v6);
        assertThat(v6).hasToString("1001: from all to 2001:db8::/64 lookup 300");
    }

    @Test
    void qdiscsAreWrittenAsTcWritesThem() throws Exception {
        assertThat(hex(Qdiscs.htb(3, 0x10000, 0x10))).isEqualTo(HTB.substring(32));
        Qdisc qdisc = new Qdisc(3, "htb", 0x10000, Qdisc.ROOT);
        assertThat(Qdisc.of(decode(MessageKind.QDISC, HTB))).isEqualTo(qdisc).hasToString("htb 1: parent root");
        assertThat(Qdisc.of(decode(MessageKind.QDISC, HTB_SHOWN))).isEqualTo(qdisc);
    }

    @Test
    void classesAreWrittenAsTcWritesThem() throws Exception {
        NlMessage theirs = decode(MessageKind.CLASS, htbClass());
        HtbClass written = new HtbClass(0x10010, 0x10000, 125_000, 5_000_000_000L, 3);
        assertThat(HtbClass.of(theirs))
                .isEqualTo(written)
                .hasToString("1:10 parent 1: rate 125000 ceil 5000000000 prio 3");
        NlMessage ours = written.message(3, MessageKind.CLASS.newType());
        assertThat(HtbClass.of(ours)).isEqualTo(written);
        assertThat(ours.type()).isEqualTo(theirs.type());
        for (int i = 0; i < MessageKind.CLASS.fields(); i++) {
            assertThat(ours.field(i)).as("field %d", i).isEqualTo(theirs.field(i));
        }
        // A class without a parent is shown as one of the root.
        assertThat(HtbClass.of(decode(MessageKind.CLASS, HTB_CLASS_SHOWN)))
                .isEqualTo(new HtbClass(0x10010, Qdisc.ROOT, 125_000, 5_000_000_000L, 3));
        assertThat(decode(MessageKind.CLASS, HTB_CLASS_GONE).type()).isEqualTo(MessageKind.CLASS.deleteType());
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> HtbClass.of(decode(MessageKind.CLASS, HTB_CLASS_GONE)))
                .withMessageContaining("1:10");
    }

    @Test
    void aClassHasARateAndACeilingNotBelowIt() {
        for (long[] wrong : new long[][] {{0, 1, 0}, {2, 1, 0}, {1, 1, -1}, {1, 1, 8}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new HtbClass(0x10001, Qdisc.ROOT, wrong[0], wrong[1], (int) wrong[2]));
        }
    }

    @Test
    void theDefaultRouteMayComeWithAnAddressOfZeros() throws Exception {
        Route route = Route.of(decode(MessageKind.ROUTE, ROUTE_V6));
        assertThat(route.prefix()).isZero();
        assertThat(route.interfaceIndex()).isEqualTo(3);
        assertThat(route.gateway()).isNull();
    }

    @Test
    void changesOfLinksAreWrittenAsIpWritesThem() {
        assertThat(hex(new LinkChange().up().mtu(1400).message(3))).isEqualTo(SET_UP.substring(32));
        assertThat(hex(new LinkChange().master(4).message(3))).isEqualTo(MASTER.substring(32));
    }

    private static String hex(NlMessage message) {
        return HexFormat.of().formatHex(message.encodeBody());
    }

    @Test
    void readsTheKindOfALink() throws Exception {
        Link bridge = Link.of(decode(MessageKind.LINK, BRIDGE));
        assertThat(bridge.kind()).isEqualTo("bridge");
        assertThat(bridge.name()).isEqualTo("br7");
        Link veth = Link.of(decode(MessageKind.LINK, VETH));
        assertThat(veth.kind()).isEqualTo("veth");
        assertThat(veth.mac()).isEqualTo(new Mac(0x020000000001L)).hasToString("02:00:00:00:00:01");
        assertThat(Link.of(decode(MessageKind.LINK, VLAN)).below()).isEqualTo(3);
        @Nullable Attributes info = decode(MessageKind.LINK, VLAN).attributes().nested(Tables.LINK_INFO);
        assertThat(info).isNotNull();
        byte[] data = Objects.requireNonNull(info.bytes(Tables.INFO_DATA));
        assertThat(Attributes.decode(Tables.VLAN, data, 0, data.length).number(Tables.VLAN_ID, 0))
                .isEqualTo(5);
    }
}
