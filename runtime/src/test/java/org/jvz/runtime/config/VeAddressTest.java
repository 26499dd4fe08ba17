package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VeAddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1",
        "10.0.0.1/24,10.0.0.1/24",
        "10.0.0.1/0,10.0.0.1/0",
        "10.0.0.1/32,10.0.0.1/32",
        "10.0.0.1/255.255.255.0,10.0.0.1/24",
        "10.0.0.1/255.255.255.255,10.0.0.1/32",
        "10.0.0.1/0.0.0.0,10.0.0.1/0",
        "10.0.0.1/255.255.128.0,10.0.0.1/17",
        "255.255.255.255,255.255.255.255",
        "2001:DB8:0:0:0:0:0:1,2001:db8::1",
        "2001:db8::1/64,2001:db8::1/64",
        "fe80::/10,fe80::/10",
        "::1,::1",
        "1::,1::",
        "0:0:1:0:0:0:1:0,0:0:1::1:0",
        "1:0:0:2:0:0:3:4,1::2:0:0:3:4",
        "1:0:2:3:4:5:6:7,1:0:2:3:4:5:6:7",
        "::ffff:1.2.3.4,::ffff:1.2.3.4",
        "::ffff:102:304,::ffff:1.2.3.4",
        "64:ff9b::192.0.2.33,64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4,1:2:3:4:5:6:102:304",
        "1:2:3:4:5:6:7::,1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8,0:2:3:4:5:6:7:8"
    })
    void parsesAndCanonicalises(String text, String canonical) {
        VeAddress address = VeAddress.parse(text);
        assertThat(address).hasToString(canonical);
        assertThat(VeAddress.parse(canonical)).isEqualTo(address);
        assertThat(address.isIpv6()).isEqualTo(text.contains(":"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.04",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4 ",
                "a.b.c.d",
                "localhost",
                "1.2.3.4/",
                "1.2.3.4/33",
                "1.2.3.4/-1",
                "1.2.3.4/x",
                "1.2.3.4/255.0.255.0",
                "1.2.3.4/::",
                "1.2.3.4/24/24",
                "::/129",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "g::",
                "1:",
                ":1",
                "fe80::1%eth0",
                "1.2.3.4::",
                "::1.2.3.4:1",
                "1.2.3.4::1.2.3.4",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1.2.3.4/0024",
                "::/255.255.0.0",
                "0x7f.1"
            })
    void refuses(String text) {
        assertThatThrownBy(() -> VeAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0,true", "::,true", "::0,true", "0:0:0:0:0:0:0:0,true", "0.0.0.1,false", "::1,false"})
    void knowsTheAddressThatIsNone(String text, boolean none) {
        assertThat(VeAddress.parse(text).isUnspecified()).isEqualTo(none);
    }

    @Test
    void agreesWithTheJdkOnGeneratedAddresses() throws Exception {
        for (int seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int i = 0; i < bytes.length; i++) {
                // Many zeros, so that there are runs to abbreviate.
                bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
            }
            if (bytes.length == 16) {
                // Not mapped: the JDK makes an IPv4 address of those.
                bytes[0] = 0x20;
            }
            String longForm = InetAddress.getByAddress(bytes).getHostAddress();
            VeAddress address = VeAddress.parse(longForm);
            assertThat(address.bytes()).as("seed %d: %s", seed, longForm).isEqualTo(bytes);
            InetAddress again = InetAddress.getByName(address.address());
            assertThat(again.getAddress()).as("seed %d: %s", seed, address).isEqualTo(bytes);
            assertThat(again instanceof Inet6Address).isEqualTo(address.isIpv6());
            assertThat(VeAddress.parse(address.toString())).as("seed %d", seed).isEqualTo(address);
            assertThat(address.address().length()).isLessThanOrEqualTo(longForm.length());
        }
    }

    @Test
    void everyNetmaskIsItsPrefix() {
        for (int prefix = 0; prefix <= 32; prefix++) {
            long mask = 0xffffffffL << (32 - prefix) & 0xffffffffL;
            String text = (mask >> 24) + "." + (mask >> 16 & 255) + "." + (mask >> 8 & 255) + "." + (mask & 255);
            assertThat(VeAddress.parse("1.2.3.4/" + text).prefix()).isEqualTo(prefix);
        }
    }
}
