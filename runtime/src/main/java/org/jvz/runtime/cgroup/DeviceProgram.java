package org.jvz.runtime.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jvz.runtime.config.DeviceRule;

/**
 * A {@link DevicePolicy} as a program of the kernel's own machine ({@code struct bpf_insn}, linux/bpf.h; the instructions:
 * Documentation/bpf/standardization/instruction-set.rst). It is given {@code struct bpf_cgroup_dev_ctx} (what is wanted,
 * of which device) and answers 1 to allow.
 */
final class DeviceProgram {
    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;
    private static final int READ = 2;
    private static final int WRITE = 4;

    private static final int LOAD_WORD = 0x61;
    private static final int MOVE_32 = 0xbc;
    private static final int AND_32 = 0x54;
    private static final int SHIFT_RIGHT_32 = 0x74;
    private static final int SET = 0xb7;
    private static final int JUMP = 0x05;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_NOT_EQUAL = 0x55;
    private static final int EXIT = 0x95;

    private static final int RESULT = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int WANTED = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    private static final int HEAD = 8;
    private static final int TAIL = 4;

    /** Instructions of a rule: with a minor number one more. */
    private static final int RULE = 5;

    private final ByteBuffer code;
    private final int size;

    private DeviceProgram(int size) {
        this.code = ByteBuffer.allocate(8 * size).order(ByteOrder.LITTLE_ENDIAN);
        this.size = size;
    }

    /** The program of a policy. */
    static byte[] of(DevicePolicy policy) {
        List<DeviceRule> rules = policy.rules();
        int size = HEAD + TAIL;
        for (DeviceRule rule : rules) {
            size += length(rule);
        }
        DeviceProgram program = new DeviceProgram(size);
        program.head();
        for (DeviceRule rule : rules) {
            program.rule(rule);
        }
        program.tail();
        return program.code.array();
    }

    private static int length(DeviceRule rule) {
        return rule.minor() < 0 ? RULE : RULE + 1;
    }

    /** Takes the context apart; who wants neither to read nor to write makes a node or asks whether there is one: allowed. */
    private void head() {
        add(LOAD_WORD, TYPE, CONTEXT, 0, 0);
        add(MOVE_32, WANTED, TYPE, 0, 0);
        add(AND_32, TYPE, 0, 0, 0xffff);
        add(SHIFT_RIGHT_32, WANTED, 0, 0, 16);
        add(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        add(LOAD_WORD, MINOR, CONTEXT, 8, 0);
        add(AND_32, WANTED, 0, 0, READ | WRITE);
        jumpToAllow();
    }

    private void rule(DeviceRule rule) {
        int next = position() + length(rule);
        add(JUMP_IF_NOT_EQUAL, TYPE, 0, next - position() - 1, rule.block() ? BLOCK : CHARACTER);
        add(JUMP_IF_NOT_EQUAL, MAJOR, 0, next - position() - 1, rule.major());
        if (rule.minor() >= 0) {
            add(JUMP_IF_NOT_EQUAL, MINOR, 0, next - position() - 1, rule.minor());
        }
        int allowed = (rule.access().read() ? READ : 0) | (rule.access().write() ? WRITE : 0);
        add(AND_32, WANTED, 0, 0, ~allowed);
        jumpToAllow();
        add(JUMP, 0, 0, size - TAIL - position() - 1, 0);
    }

    private void jumpToAllow() {
        add(JUMP_IF_EQUAL, WANTED, 0, size - TAIL / 2 - position() - 1, 0);
    }

    private void tail() {
        add(SET, RESULT, 0, 0, 0);
        add(EXIT, 0, 0, 0, 0);
        add(SET, RESULT, 0, 0, 1);
        add(EXIT, 0, 0, 0, 0);
    }

    private int position() {
        return code.position() / 8;
    }

    private void add(int operation, int destination, int source, int offset, int immediate) {
        code.put((byte) operation)
                .put((byte) (destination | source << 4))
                .putShort((short) offset)
                .putInt(immediate);
    }
}
