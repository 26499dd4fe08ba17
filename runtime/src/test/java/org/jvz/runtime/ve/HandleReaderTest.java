package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandleReaderTest {
    @Test
    void countsWhoHoldsLocks() {
        assertThat(
                        HandleReader.holders(
                                """
                        1: POSIX  ADVISORY  WRITE 4711 fe:00:123 0 EOF
                        2: FLOCK  ADVISORY  READ 99 fe:00:124 0 EOF
                        2: -> FLOCK  ADVISORY  WRITE 98 fe:00:124 0 EOF
                        3: OFDLCK ADVISORY  WRITE -1 fe:00:125 0 EOF
                        4: LEASE  ACTIVE    READ 97 fe:00:126 0 EOF
                        5: POSIX  ADVISORY  READ 4711 fe:00:123 8 9
                        6: POSIX  *NOINODE* READ 7
                        """))
                .containsExactly(7, 99, 4711, 4711);
        assertThat(HandleReader.holders("")).isEmpty();
        assertThat(HandleReader.holders("1: FLOCK ADVISORY WRITE 5 fe:00:1 0 EOF\n".repeat(200)))
                .hasSize(200);
    }

    @Test
    void knowsTerminals() {
        assertThat(HandleReader.terminal("5 (sh) S 1 5 5 34816 5 4194304 1")).isEqualTo(34_816);
        assertThat(HandleReader.terminal("5 (a) b) S 1) S 1 5 5 34817 5 4194304 1"))
                .isEqualTo(34_817);
        // 143:255, 4:1 (a console), 144:0, none.
        assertThat(HandleReader.terminal("5 (sh) S 1 5 5 36863 5 1")).isEqualTo(36_863);
        assertThat(HandleReader.terminal("5 (sh) S 1 5 5 1025 5 1")).isZero();
        assertThat(HandleReader.terminal("5 (sh) S 1 5 5 36864 5 1")).isZero();
        assertThat(HandleReader.terminal("5 (sh) S 1 5 5 0 -1 1")).isZero();
    }

    @Test
    void countsAUsersSignalsOnce() {
        Map<String, Long> signals = new HashMap<>();
        HandleReader.addSignals("Name:\tsh\nUid:\t1000\t0\t0\t0\nSigQ:\t3/95904\n", signals);
        HandleReader.addSignals("Name:\tsh\nUid:\t1000\t1000\t0\t0\nSigQ:\t3/95904\n", signals);
        HandleReader.addSignals("Name:\tsh\nUid:\t1001\t0\t0\t0\nSigQ:\t1/95904\n", signals);
        HandleReader.addSignals("Name:\tzombie\nUid:\t7\t7\t7\t7\n", signals);
        assertThat(signals).isEqualTo(Map.of("1000", 3L, "1001", 1L));
    }
}
