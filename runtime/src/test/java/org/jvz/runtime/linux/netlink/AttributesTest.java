package org.jvz.runtime.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AttributesTest {
    private static final long SEED = 4_711;

    static Stream<AttrTable> tables() {
        return Stream.of(
                Tables.LINK,
                Tables.AF_SPEC,
                Tables.INFO,
                Tables.VETH,
                Tables.VLAN,
                Tables.ADDRESS,
                Tables.ROUTE,
                Tables.RULE,
                Tables.NEIGHBOUR,
                Tables.TBF,
                Tables.HTB,
                Tables.BPF,
                Tables.TC,
                Tables.ERROR);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void anythingOfATableComesBackAsItWas(AttrTable table) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 500; i++) {
            Attributes attributes = generate(table, random);
            byte[] bytes = attributes.encode();
            assertThat(bytes.length % 4).isZero();
            Attributes again = Attributes.decode(table, bytes, 0, bytes.length);
            assertThat(again).as("seed %d", SEED).hasToString(attributes.toString());
            assertThat(again.encode()).as("seed %d", SEED).isEqualTo(bytes);
        }
    }

    private static Attributes generate(AttrTable table, SplittableRandom random) {
        Attributes attributes = new Attributes();
        for (Attr attr : table.rows()) {
            if (random.nextBoolean()) {
                continue;
            }
            switch (attr.kind()) {
                case U8 -> attributes.put(attr, random.nextLong(0x100));
                case U16, BE16 -> attributes.put(attr, random.nextLong(0x10000));
                case U32 -> attributes.put(attr, random.nextLong(0x100000000L));
                case U64 -> attributes.put(attr, random.nextLong(Long.MAX_VALUE));
                case TEXT -> attributes.put(attr, "é".repeat(random.nextInt(3)) + random.nextInt());
                case BYTES -> {
                    byte[] bytes = new byte[random.nextInt(20)];
                    random.nextBytes(bytes);
                    attributes.put(attr, bytes);
                }
                case NESTED -> attributes.put(attr, generate(Objects.requireNonNull(attr.nested()), random));
            }
        }
        return attributes;
    }

    @Test
    void rangesAndKindsAreKept() {
        Attributes attributes = new Attributes();
        assertThatIllegalArgumentException().isThrownBy(() -> attributes.put(Tables.LINK_MTU, 0x100000000L));
        assertThatIllegalArgumentException().isThrownBy(() -> attributes.put(Tables.LINK_MTU, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> attributes.put(Tables.ADDR_GEN_MODE, 256));
        assertThatIllegalArgumentException().isThrownBy(() -> attributes.put(Tables.LINK_MTU, "1500"));
        assertThatIllegalArgumentException().isThrownBy(() -> attributes.put(Tables.LINK_NAME, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> attributes.put(Tables.LINK_NAME, "a\0b"));
        assertThat(attributes.encode()).isEmpty();
    }

    @Test
    void networkByteOrderIsBigEndian() {
        byte[] bytes = new Attributes().put(Tables.VLAN_PROTOCOL, 0x8100).encode();
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("0600050081000000");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {
                "0300030076000000", // shorter than its own header
                "0c00030076000000", // longer than what is left
                "0600040078050000", // a u32 of two bytes
                "0c0012000600040000000000", // inside a nest: longer than the nest
            })
    void whatIsMalformedIsRefused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Attributes.decode(
                        hex.startsWith("0c0012") ? linkInfoAsLinks() : Tables.LINK, bytes, 0, bytes.length));
    }

    /** A table whose attribute 18 holds attributes of LINK. */
    private static AttrTable linkInfoAsLinks() {
        AttrTable table = new AttrTable("TEST");
        table.define(18, "NEST", Tables.LINK);
        return table;
    }

    @Test
    void whatTheTableDoesNotHaveIsKept() throws Exception {
        byte[] bytes = HexFormat.of().parseHex("0600e7c301020000");
        Attributes attributes = Attributes.decode(Tables.LINK, bytes, 0, bytes.length);
        assertThat(attributes).hasToString("{IFLA#999=0102}");
        assertThat(attributes.encode()).isEqualTo(bytes);
    }

    @Test
    void rowsOfATableAreDistinct() {
        AttrTable table = new AttrTable("TEST");
        table.define(1, "A", AttrKind.U8);
        org.assertj.core.api.Assertions.assertThatIllegalStateException()
                .isThrownBy(() -> table.define(1, "B", AttrKind.U8));
    }
}
