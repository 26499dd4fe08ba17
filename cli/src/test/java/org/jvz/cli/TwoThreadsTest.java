package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TwoThreadsTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 1000})
    void doesEachOnce(int count) throws IOException {
        int[] done = new int[count];
        TwoThreads.each(count, i -> done[i]++);
        assertThat(done).containsOnly(count == 0 ? new int[0] : new int[] {1});
    }

    @Test
    void twoWorkAtTheSameTime() throws IOException {
        CountDownLatch both = new CountDownLatch(2);
        Set<Thread> met = ConcurrentHashMap.newKeySet();
        TwoThreads.each(64, i -> {
            if (met.add(Thread.currentThread())) {
                both.countDown();
                try {
                    // Nobody gets on before the other thread has come, too.
                    assertThat(both.await(1, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        });
        assertThat(met).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 1000})
    void aFailureOfEitherThreadIsTold(int count) {
        assertThatThrownBy(() -> TwoThreads.each(count, i -> {
                    if (i == count - 1) {
                        throw new IOException("number " + i);
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("number " + (count - 1));
        assertThatThrownBy(() -> TwoThreads.each(count, i -> {
                    throw new IllegalStateException("bad");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("bad");
    }
}
