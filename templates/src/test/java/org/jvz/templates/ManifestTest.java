package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.linux.PathBytes;

class ManifestTest {

    @Test
    void escapesEveryName() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] name = new byte[1 + random.nextInt(20)];
            for (int k = 0; k < name.length; k++) {
                name[k] = (byte) (1 + random.nextInt(255));
            }
            String decoded = PathBytes.decode(name, 0, name.length);
            String escaped = Manifest.escaped(decoded);
            assertThat(escaped).as("seed %d", seed).matches("[!-~]+");
            assertThat(Manifest.unescaped(escaped)).as("seed %d", seed).isEqualTo(decoded);
        }
    }

    @Test
    void writesTimesInFull() {
        assertThat(Manifest.time(1, 0)).isEqualTo("1.000000000");
        assertThat(Manifest.time(-5, 123_456_789)).isEqualTo("-5.123456789");
        assertThat(Manifest.time(7, 42)).isEqualTo("7.000000042");
    }

    @Test
    void digestsAttributesInAnyOrder() {
        Map<String, byte[]> one = Map.of("user.a", new byte[] {1}, "user.b", new byte[] {2});
        Map<String, byte[]> same = new java.util.LinkedHashMap<>();
        same.put("user.b", new byte[] {2});
        same.put("user.a", new byte[] {1});
        assertThat(Manifest.xattrs(one)).isEqualTo(Manifest.xattrs(same)).hasSize(64);
        assertThat(Manifest.xattrs(Map.of("user.a", new byte[] {1, 2}))).isNotEqualTo(Manifest.xattrs(one));
        assertThat(Manifest.xattrs(Map.of())).isEqualTo("-");
    }
}
