package org.jvz.runtime.config;

import java.util.BitSet;

/**
 * A set of CPUs or memory nodes: {@code 0-2,7}, {@code all}, or for CPUs {@code auto}, which means those of the nodes.
 *
 * @param kind list, all or auto
 * @param numbers the numbers, empty unless it is a list
 */
public record CpuList(Kind kind, BitSet numbers) {

    /** The largest number in a list. */
    public static final int MAX = 8191;

    /** No restriction. */
    public static final CpuList ALL = new CpuList(Kind.ALL, new BitSet());

    /** The CPUs of the VE's memory nodes. */
    public static final CpuList AUTO = new CpuList(Kind.AUTO, new BitSet());

    /** What a set is given by. */
    public enum Kind {
        /** The numbers. */
        LIST,
        /** All that the host has. */
        ALL,
        /** The CPUs of the VE's memory nodes. */
        AUTO
    }

    /** Copies the numbers. */
    public CpuList {
        numbers = (BitSet) numbers.clone();
    }

    /** A copy of the numbers. */
    @Override
    public BitSet numbers() {
        return (BitSet) numbers.clone();
    }

    /**
     * Parses a list.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static CpuList parse(String text) {
        if (text.equals("all")) {
            return ALL;
        }
        if (text.equals("auto")) {
            return AUTO;
        }
        BitSet numbers = new BitSet();
        int at = 0;
        while (at <= text.length()) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            addRange(text.substring(at, end), numbers);
            at = end + 1;
        }
        return new CpuList(Kind.LIST, numbers);
    }

    /** What a file of the kernel says, cpuset(7), "List format": empty for none. */
    public static BitSet parseKernel(String text) {
        String list = text.strip();
        return list.isEmpty() ? new BitSet() : parse(list).numbers();
    }

    private static void addRange(String range, BitSet numbers) {
        int dash = range.indexOf('-');
        int from = number(dash < 0 ? range : range.substring(0, dash));
        int to = dash < 0 ? from : number(range.substring(dash + 1));
        if (to < from) {
            throw new IllegalArgumentException("a range runs backwards");
        }
        numbers.set(from, to + 1);
    }

    private static int number(String text) {
        if (!CtId.isNumber(text) || text.length() > 4 || Integer.parseInt(text) > MAX) {
            throw new IllegalArgumentException("not a list of numbers from 0 to " + MAX);
        }
        return Integer.parseInt(text);
    }

    /** Ranges in ascending order: {@code 0-2,7}. */
    @Override
    public String toString() {
        if (kind != Kind.LIST) {
            return kind == Kind.ALL ? "all" : "auto";
        }
        StringBuilder out = new StringBuilder();
        for (int from = numbers.nextSetBit(0); from >= 0; ) {
            int to = numbers.nextClearBit(from) - 1;
            out.append(out.length() == 0 ? "" : ",").append(from);
            if (to > from) {
                out.append('-').append(to);
            }
            from = numbers.nextSetBit(to + 1);
        }
        return out.toString();
    }
}
