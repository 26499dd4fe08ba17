package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.jvz.runtime.linux.netlink.Ips.ip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.linux.netlink.NetAddress;

/** The program run by an interpreter. */
final class SourceFilterTest {
    private static final long SEED = 991;

    private static boolean passes(byte[] program, byte[] frame) {
        BpfMachine.Verdict verdict = BpfMachine.run(program, frame);
        assertThat(verdict).isNotEqualTo(BpfMachine.Verdict.BEYOND);
        return verdict == BpfMachine.Verdict.PASS;
    }

    private static byte[] frame(NetAddress source) {
        boolean v6 = source.isV6();
        ByteBuffer frame = ByteBuffer.allocate(v6 ? 54 : 34);
        frame.putShort(12, (short) (v6 ? 0x86dd : 0x0800));
        frame.put(v6 ? 22 : 26, source.bytes());
        return frame.array();
    }

    @Test
    void passesExactlyTheAddressesGiven() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int size : new int[] {0, 1, 2, 7, 8, 9, 17, 100, 250}) {
            Set<NetAddress> allowed = new HashSet<>();
            while (allowed.size() < size) {
                allowed.add(random(random));
            }
            byte[] program = SourceFilter.program(allowed);
            for (NetAddress address : allowed) {
                assertThat(passes(program, frame(address)))
                        .as("%s of %d, seed %d", address, size, SEED)
                        .isTrue();
                byte[] bytes = address.bytes();
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                NetAddress near = NetAddress.of(bytes);
                assertThat(passes(program, frame(near)))
                        .as("%s, seed %d", near, SEED)
                        .isEqualTo(allowed.contains(near));
            }
            for (int i = 0; i < 2000; i++) {
                NetAddress any = random(random);
                assertThat(passes(program, frame(any)))
                        .as("%s, seed %d", any, SEED)
                        .isEqualTo(allowed.contains(any));
            }
        }
    }

    /** Many share their first words, as addresses of one host do. */
    private static NetAddress random(SplittableRandom random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : 0x20);
        }
        return NetAddress.of(bytes);
    }

    @Test
    void dropsEverythingElse() throws IOException {
        byte[] program = SourceFilter.program(List.of(ip("10.0.0.2"), ip("2001:db8::2")));
        byte[] arp = frame(ip("10.0.0.2"));
        arp[13] = 6;
        assertThat(passes(program, arp)).isFalse();
        for (NetAddress source : List.of(ip("10.0.0.2"), ip("2001:db8::2"))) {
            byte[] whole = frame(source);
            assertThat(passes(program, whole)).isTrue();
            for (int length = 14; length < whole.length; length++) {
                assertThat(passes(program, java.util.Arrays.copyOf(whole, length)))
                        .as("%d bytes", length)
                        .isFalse();
            }
        }
        byte[] nothing = SourceFilter.program(List.of());
        assertThat(passes(nothing, frame(ip("0.0.0.0")))).isFalse();
        assertThat(passes(nothing, frame(ip("::")))).isFalse();
    }

    @Test
    void tooManyAreRefusedWithTheirNumber() throws IOException {
        List<NetAddress> many = new ArrayList<>();
        for (int i = 0; i < 1600; i++) {
            many.add(NetAddress.of(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        assertThat(SourceFilter.program(many).length).isLessThanOrEqualTo(8 * 4096);
        for (int i = 0; i < 400; i++) {
            many.add(NetAddress.of(new byte[] {10, 1, (byte) (i >> 8), (byte) i}));
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SourceFilter.program(many))
                .withMessageContaining("2000 addresses");
    }
}
