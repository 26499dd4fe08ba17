package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BarrierLimitTest {

    @ParameterizedTest
    @CsvSource({
        // Pages: bare numbers are pages, suffixed ones bytes.
        "PAGES,100,100:100",
        "PAGES,100:200,100:200",
        "PAGES,256M,65536:65536",
        "PAGES,0:256m,0:65536",
        "PAGES,5P:6p,5:6",
        "PAGES,8192B,2:2",
        "PAGES,8191b,1:1",
        "PAGES,4095B,0:0",
        "PAGES,1G:1T,262144:268435456",
        "PAGES,0.5G,131072:131072",
        "PAGES,2.2G,576716:576716",
        "PAGES,1.5,1:1",
        "PAGES,.5M,128:128",
        "PAGES,unlimited,unlimited:unlimited",
        "PAGES,10:unlimited,10:unlimited",
        "PAGES,0:9223372036854775807,0:unlimited",
        "PAGES,9223372036854775808,unlimited:unlimited",
        "PAGES,9223372036854775806,9223372036854775806:9223372036854775806",
        "PAGES,9007199254740991T,unlimited:unlimited",
        // Bytes.
        "BYTES,100,100:100",
        "BYTES,1K:1.5K,1024:1536",
        "BYTES,2P,8192:8192",
        "BYTES,7B,7:7",
        "BYTES,14372700:14790164,14372700:14790164",
        // Things.
        "COUNT,240,240:240",
        "COUNT,188:206,188:206",
        "COUNT,unlimited,unlimited:unlimited",
        "COUNT,007,7:7"
    })
    void parses(BarrierLimit.Unit unit, String text, String canonical) {
        BarrierLimit value = BarrierLimit.parse(text, unit);
        assertThat(value).hasToString(canonical);
        assertThat(BarrierLimit.parse(canonical, unit)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "PAGES,''",
        "PAGES,:",
        "PAGES,1:",
        "PAGES,:1",
        "PAGES,1:2:3",
        "PAGES,-1",
        "PAGES,+1",
        "PAGES,' 1'",
        "PAGES,1 M",
        "PAGES,1MB",
        "PAGES,M",
        "PAGES,.",
        "PAGES,1.2.3",
        "PAGES,1e3",
        "PAGES,0x10",
        "PAGES,1X",
        "PAGES,Unlimited",
        "PAGES,infinity",
        "PAGES,NaN",
        "PAGES,١",
        "BYTES,1k5",
        "COUNT,1K",
        "COUNT,1.5",
        "COUNT,1P",
        "COUNT,1B"
    })
    void refuses(BarrierLimit.Unit unit, String text) {
        assertThatThrownBy(() -> BarrierLimit.parse(text, unit)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesNumbersOfSillyLength() {
        assertThatThrownBy(() -> BarrierLimit.parse("9".repeat(1_000_000), BarrierLimit.Unit.PAGES))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knowsUnlimited() {
        assertThat(new BarrierLimit(5, BarrierLimit.UNLIMITED).isUnlimited()).isTrue();
        assertThat(BarrierLimit.of(5).isUnlimited()).isFalse();
        assertThatThrownBy(() -> new BarrierLimit(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void agreesWithExactArithmeticAndRoundTrips() {
        String suffixes = "TGMKPB";
        long[] factors = {1L << 40, 1L << 30, 1L << 20, 1L << 10, 4096, 1};
        for (int seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BarrierLimit.Unit unit = random.nextBoolean() ? BarrierLimit.Unit.PAGES : BarrierLimit.Unit.BYTES;
            long unitBytes = unit == BarrierLimit.Unit.PAGES ? 4096 : 1;
            int suffix = random.nextInt(7);
            long factor = suffix == 6 ? unitBytes : factors[suffix];
            long whole = random.nextLong(0, 1L << random.nextInt(1, 62));
            int thousandths = random.nextInt(3) == 0 ? random.nextInt(1000) : -1;
            String text = whole
                    + (thousandths < 0 ? "" : "." + (1000 + thousandths + "").substring(1))
                    + (suffix == 6 ? "" : suffixes.substring(suffix, suffix + 1));
            BigInteger exact = BigInteger.valueOf(whole)
                    .multiply(BigInteger.valueOf(1000))
                    .add(BigInteger.valueOf(Math.max(0, thousandths)))
                    .multiply(BigInteger.valueOf(factor))
                    .divide(BigInteger.valueOf(1000 * unitBytes))
                    .min(BigInteger.valueOf(Long.MAX_VALUE));
            BarrierLimit value = BarrierLimit.parse(text, unit);
            assertThat(value.limit()).as("seed %d: %s %s", seed, text, unit).isEqualTo(exact.longValueExact());
            assertThat(BarrierLimit.parse(value.toString(), unit))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(value);
        }
    }
}
