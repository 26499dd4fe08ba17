package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    @Test
    void readsWhatTheKernelTells() throws IOException {
        assertThat(HostMemory.parse("MemTotal:        2048 kB\nMemFree: 1 kB\nSwapTotal:       1024 kB\n"))
                .isEqualTo(new HostMemory(2 << 20, 1 << 20, 2 << 20));
        assertThat(HostMemory.parse("MemTotal: 2048 kB\nLowTotal: 512 kB\n"))
                .isEqualTo(new HostMemory(2 << 20, 0, 512 << 10));
        assertThatThrownBy(() -> HostMemory.parse("")).isInstanceOf(IOException.class);
        assertThat(HostMemory.read().ramPages()).isPositive();
    }
}
