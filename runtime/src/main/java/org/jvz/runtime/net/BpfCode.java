package org.jvz.runtime.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A classic BPF program for {@link org.jvz.runtime.linux.netlink.TrafficControl#filterReceived}, written instruction by instruction: the kernel's
 * {@code Documentation/networking/filter.rst}. It has an accumulator, an index and words of memory; jumps go forward, to labels. The words of
 * memory and the index are 32 bits wide and unsigned. A load beyond the frame's end would end the program with 0, which lets the frame
 * pass, so look at the length before ({@link #need}, {@link #needFrom}).
 */
final class BpfCode {
    /** Instructions that the kernel takes. */
    static final int MAX = 4096;

    /** To the next filter: what passes is shaped after that. */
    private static final int PASS = -1;

    private static final int DROP = 2;

    private static final int RETURN = 0x06;
    private static final int JUMP = 0x05;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_GREATER_EQUAL = 0x35;
    private static final int JUMP_GREATER_INDEX = 0x2d;
    private static final int JUMP_EQUAL_INDEX = 0x1d;
    private static final int LOAD_IMMEDIATE = 0x00;
    private static final int LOAD_LENGTH = 0x80;
    private static final int LOAD_MEMORY = 0x60;
    private static final int STORE = 0x02;
    private static final int INDEX_MEMORY = 0x61;
    private static final int INDEX_LENGTH = 0x81;
    private static final int INDEX_HEADER_V4 = 0xb1;
    private static final int ADD = 0x04;
    private static final int ADD_INDEX = 0x0c;
    private static final int AND = 0x54;
    private static final int SHIFT_LEFT = 0x64;
    private static final int INDEX_TO_ACCUMULATOR = 0x87;

    /** What a load takes from the frame, in network order. */
    enum Size {
        WORD(0x00),
        HALF(0x08),
        BYTE(0x10);

        private static final int ABSOLUTE = 0x20;
        private static final int FROM_INDEX = 0x40;
        private final int bits;

        Size(int bits) {
            this.bits = bits;
        }
    }

    private final List<long[]> code = new ArrayList<>();
    private final Map<String, List<Integer>> waiting = new HashMap<>();

    /** Loads what is at an offset of the frame. */
    BpfCode load(Size size, int at) {
        return emit(Size.ABSOLUTE | size.bits, at);
    }

    /** Loads what is that far behind the index. */
    BpfCode loadFrom(Size size, int behindIndex) {
        return emit(Size.FROM_INDEX | size.bits, behindIndex);
    }

    BpfCode loadNumber(int value) {
        return emit(LOAD_IMMEDIATE, value);
    }

    BpfCode loadWord(int memory) {
        return emit(LOAD_MEMORY, memory);
    }

    BpfCode store(int memory) {
        return emit(STORE, memory);
    }

    /** The index becomes a word of memory. */
    BpfCode indexFrom(int memory) {
        return emit(INDEX_MEMORY, memory);
    }

    /** The index becomes the length in bytes of the IPv4 header that begins at that offset. */
    BpfCode indexOfHeaderV4(int at) {
        return emit(INDEX_HEADER_V4, at);
    }

    BpfCode loadIndex() {
        return emit(INDEX_TO_ACCUMULATOR, 0);
    }

    BpfCode add(int value) {
        return emit(ADD, value);
    }

    BpfCode addIndex() {
        return emit(ADD_INDEX, 0);
    }

    BpfCode and(int mask) {
        return emit(AND, mask);
    }

    /** Multiplies by a power of two. */
    BpfCode shiftLeft(int bits) {
        return emit(SHIFT_LEFT, bits);
    }

    /** Drops a frame that is shorter; loses the accumulator. */
    BpfCode need(int length) {
        return emit(LOAD_LENGTH, 0).jump(JUMP_GREATER_EQUAL, 1, 0, length).drop();
    }

    /** Drops the frame unless it goes on for so many bytes from the offset in a word of memory, which is the index after that; loses the accumulator. */
    BpfCode needFrom(int memory, int length) {
        loadWord(memory).add(length).emit(INDEX_LENGTH, 0).dropIfAboveIndex();
        return indexFrom(memory);
    }

    BpfCode dropIfAboveIndex() {
        return jump(JUMP_GREATER_INDEX, 0, 1, 0).drop();
    }

    BpfCode goIfIndex(String label) {
        return jump(JUMP_EQUAL_INDEX, 0, 1, 0).go(label);
    }

    BpfCode goIf(int value, String label) {
        return jump(JUMP_EQUAL, 0, 1, value).go(label);
    }

    BpfCode goUnless(int value, String label) {
        return jump(JUMP_EQUAL, 1, 0, value).go(label);
    }

    BpfCode goIfBelow(int value, String label) {
        return jump(JUMP_GREATER_EQUAL, 1, 0, value).go(label);
    }

    BpfCode passIf(int value) {
        return jump(JUMP_EQUAL, 0, 1, value).pass();
    }

    BpfCode dropIf(int value) {
        return jump(JUMP_EQUAL, 0, 1, value).drop();
    }

    BpfCode dropUnless(int value) {
        return jump(JUMP_EQUAL, 1, 0, value).drop();
    }

    BpfCode pass() {
        return emit(RETURN, PASS);
    }

    BpfCode drop() {
        return emit(RETURN, DROP);
    }

    /** Goes on at a label that is set later; a jump without a condition has room for any distance. */
    BpfCode go(String label) {
        List<Integer> jumps = waiting.get(label);
        if (jumps == null) {
            jumps = new ArrayList<>();
            waiting.put(label, jumps);
        }
        jumps.add(code.size());
        return emit(JUMP, 0);
    }

    /** Jumps to this label that stand before land here. */
    BpfCode label(String label) {
        List<Integer> jumps = waiting.remove(label);
        if (jumps != null) {
            for (int jump : jumps) {
                code.get(jump)[3] = code.size() - jump - 1L;
            }
        }
        return this;
    }

    private BpfCode jump(int operation, int ifTrue, int ifFalse, int value) {
        code.add(new long[] {operation, ifTrue, ifFalse, value});
        return this;
    }

    private BpfCode emit(int operation, int value) {
        return jump(operation, 0, 0, value);
    }

    /** How many instructions there are. */
    int size() {
        return code.size();
    }

    /** The program as array of {@code struct sock_filter}. */
    byte[] toBytes() {
        if (!waiting.isEmpty()) {
            throw new IllegalStateException("jumps to nowhere: " + waiting.keySet());
        }
        ByteBuffer bytes = ByteBuffer.allocate(8 * code.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (long[] instruction : code) {
            bytes.putShort((short) instruction[0]);
            bytes.put((byte) instruction[1]);
            bytes.put((byte) instruction[2]);
            bytes.putInt((int) instruction[3]);
        }
        return bytes.array();
    }
}
