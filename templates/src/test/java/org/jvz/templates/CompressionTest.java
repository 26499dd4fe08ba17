package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
    private static final byte[] CONTENTS = new byte[100_000];

    static {
        for (int i = 0; i < CONTENTS.length; i++) {
            CONTENTS[i] = (byte) ((i * 31) >> 3);
        }
    }

    private static byte[] decompress(byte[] packed, Compression expected) throws IOException {
        InputStream in = new BufferedInputStream(new ByteArrayInputStream(packed));
        Compression told = Compression.of(in);
        assertThat(told).isEqualTo(expected);
        try (InputStream out = told.decompress(in)) {
            return out.readAllBytes();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isToldByTheFirstBytes(Compression compression) throws IOException {
        assertThat(decompress(Packing.pack(compression, CONTENTS), compression)).isEqualTo(CONTENTS);
    }

    @ParameterizedTest
    @EnumSource
    void membersAreReadOneAfterTheOther(Compression compression) throws IOException {
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.writeBytes(Packing.pack(compression, Arrays.copyOf(CONTENTS, 50_000)));
        two.writeBytes(Packing.pack(compression, Arrays.copyOfRange(CONTENTS, 50_000, CONTENTS.length)));
        assertThat(decompress(two.toByteArray(), compression)).isEqualTo(CONTENTS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aCutOffStreamIsAFailure(Compression compression) {
        byte[] packed = Packing.pack(compression, CONTENTS);
        for (int length : new int[] {packed.length - 1, packed.length / 2, 20}) {
            assertThatExceptionOfType(IOException.class)
                    .as("%d of %d bytes", length, packed.length)
                    .isThrownBy(() -> decompress(Arrays.copyOf(packed, length), compression));
        }
    }
}
