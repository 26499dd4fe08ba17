package org.jvz.runtime.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.jvz.runtime.linux.netlink.Ips.ip;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.config.VeAddress;

final class NetAddressTest {
    @ParameterizedTest
    @CsvSource({
        "cb00710a, 203.0.113.10",
        "00000000, 0.0.0.0",
        "00000000000000000000000000000000, ::",
        "00000000000000000000000000000001, ::1",
        "00010000000000000000000000000000, 1::",
        "20010db8000000000001000000000001, 2001:db8::1:0:0:1",
        "20010db8000000010001000100010001, 2001:db8:0:1:1:1:1:1",
        "00010000000000020000000000000003, 1:0:0:2::3",
        "00000000000000000000ffffc0000201, ::ffff:192.0.2.1",
        "00000000000000000001ffffc0000201, ::1:ffff:c000:201",
    })
    void writesOneForm(String hex, String text) {
        assertThat(NetAddress.of(HexFormat.of().parseHex(hex))).hasToString(text);
    }

    @Test
    void anyBytesAreWrittenAsConfigurationsWriteThemAndReadAsTheJdkReadsThem() throws Exception {
        long seed = 20_261_123;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
            }
            String text = NetAddress.of(bytes).toString();
            // veip files are found by this text.
            assertThat(VeAddress.parse(text).address()).as("seed %d", seed).isEqualTo(text);
            assertThat(InetAddress.getByName(text).getAddress())
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.254, 24, true",
        "10.0.0.1, 10.0.1.1, 24, false",
        "10.0.0.1, 10.0.1.1, 23, true",
        "10.0.0.1, 192.0.2.1, 0, true",
        "10.0.0.1, 10.0.0.1, 32, true",
        "10.0.0.0, 10.0.0.1, 32, false",
        "10.0.0.128, 10.0.0.1, 25, false",
        "2001:db8::1, 2001:db8::ffff, 112, true",
        "2001:db8::1, 2001:db8::ffff, 113, false",
        "10.0.0.1, ::, 0, false",
    })
    void comparesPrefixes(String one, String other, int prefix, boolean shared) {
        assertThat(ip(one).sharesPrefix(ip(other), prefix)).isEqualTo(shared);
    }

    @Test
    void isAValue() {
        assertThat(ip("192.0.2.1")).isGreaterThan(ip("10.0.0.1")).isEqualTo(ip("192.0.2.1"));
        assertThat(ip("192.0.2.1")).hasSameHashCodeAs(ip("192.0.2.1")).isNotEqualTo(ip("192.0.2.2"));
        assertThat(ip("::1")).isGreaterThan(ip("255.0.0.1"));
        assertThat(ip("1:2:3:4::").word(1)).isEqualTo(0x30004);
        assertThatIllegalArgumentException().isThrownBy(() -> NetAddress.of(new byte[5]));
    }
}
