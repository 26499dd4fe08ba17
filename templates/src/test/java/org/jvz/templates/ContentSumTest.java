package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ContentSumTest {

    @Test
    void everyFlippedByteShows() {
        byte[] bytes = new byte[300];
        Set<String> sums = new HashSet<>();
        ContentSum sum = new ContentSum();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= 1;
            sum.plain(bytes, 0, bytes.length);
            assertThat(sums.add(sum.hex())).isTrue();
        }
    }

    /** A file system may keep as data what an archive had as a hole, and the other way round, block by block. */
    @Test
    void holesDoNotCount() {
        byte[] file = new byte[64 * 1024];
        for (int i = 10_000; i < 10_500; i++) {
            file[i] = 7;
        }
        file[50_000] = 9;
        ContentSum whole = new ContentSum();
        whole.sparse(0, file, 0, file.length);
        ContentSum extents = new ContentSum();
        extents.sparse(10_000, file, 10_000, 500);
        extents.sparse(50_000, file, 50_000, 1);
        assertThat(extents.hex()).isEqualTo(whole.hex());

        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        whole.sparse(0, file, 0, file.length);
        String expected = whole.hex();
        for (int round = 0; round < 50; round++) {
            for (int at = 0; at < file.length; ) {
                int n = Math.min(file.length - at, 1 + random.nextInt(9000));
                extents.sparse(at, file, at, n);
                at += n;
            }
            assertThat(extents.hex()).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void thePlaceOfDataCounts() {
        byte[] byteSeven = {7};
        ContentSum a = new ContentSum();
        a.sparse(0, byteSeven, 0, 1);
        ContentSum b = new ContentSum();
        b.sparse(4096, byteSeven, 0, 1);
        assertThat(a.hex()).isNotEqualTo(b.hex());
    }
}
