package org.jvz.runtime.config;

/**
 * The two values of a beancounter. What they count (pages of 4096 bytes, bytes, things) depends on the key.
 *
 * @param barrier 0 to {@link #UNLIMITED}
 * @param limit 0 to {@link #UNLIMITED}
 */
public record BarrierLimit(long barrier, long limit) {

    /** No limit: 9223372036854775807, written {@code unlimited}. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final String UNLIMITED_WORD = "unlimited";

    /** What a beancounter's bare numbers are. */
    public enum Unit {
        /** Things; no suffix is allowed. */
        COUNT(Amount.COUNT),
        /** Pages of 4096 bytes; a number with a suffix is bytes. */
        PAGES(Amount.PAGES),
        /** Bytes. */
        BYTES(Amount.BYTES);

        private final Amount amount;

        Unit(Amount amount) {
            this.amount = amount;
        }
    }

    /** Checks the ranges. */
    public BarrierLimit {
        if (barrier < 0 || limit < 0) {
            throw new IllegalArgumentException("negative");
        }
    }

    /** The same number as barrier and limit. */
    public static BarrierLimit of(long both) {
        return new BarrierLimit(both, both);
    }

    /** Barrier 0 and a limit. */
    public static BarrierLimit upTo(long limit) {
        return new BarrierLimit(0, limit);
    }

    /**
     * Parses {@code B:L}, or {@code V} for {@code V:V}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static BarrierLimit parse(String text, Unit unit) {
        int colon = text.indexOf(':');
        return colon < 0
                ? of(one(text, unit.amount))
                : new BarrierLimit(
                        one(text.substring(0, colon), unit.amount), one(text.substring(colon + 1), unit.amount));
    }

    /** One of the two values. */
    static long one(String text, Amount amount) {
        return text.equals(UNLIMITED_WORD) ? UNLIMITED : amount.parse(text);
    }

    /** Whether there is no limit; the barrier may still be one. */
    public boolean isUnlimited() {
        return limit == UNLIMITED;
    }

    /** {@code B:L}, in the unit of the key, without a suffix. */
    @Override
    public String toString() {
        return show(barrier) + ":" + show(limit);
    }

    private static String show(long value) {
        return value == UNLIMITED ? UNLIMITED_WORD : Long.toString(value);
    }
}
