package org.jvz.runtime.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * Numbers with a suffix: {@code T G M K} (powers of 1024 bytes), {@code P} (pages of 4096 bytes), {@code B} (bytes), in
 * either case, and with a fraction: {@code 2.2G}. What is left over in the target unit is dropped.
 */
enum Amount {
    /** Things that are counted: whole numbers, no suffix. */
    COUNT(1, 1, ""),
    /** Bare numbers are pages; the result is pages. */
    PAGES(4096, 4096, "TGMKPB"),
    /** Bare numbers are bytes; the result is pages. */
    BYTES_AS_PAGES(1, 4096, "TGMKPB"),
    /** Bare numbers are bytes; the result is bytes. */
    BYTES(1, 1, "TGMKPB"),
    /** Bare numbers are KiB; the result is KiB. */
    BLOCKS(1024, 1024, "TGMKPB"),
    /** Things that are counted in large numbers: a suffix is a power of 1024. */
    INODES(1, 1, "TGMK"),
    /** Bare numbers are MiB; the result is bytes. */
    MEBIBYTES(1 << 20, 1, "TGMKPB");

    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private final long bare;
    private final long unit;
    private final String suffixes;

    Amount(long bare, long unit, String suffixes) {
        this.bare = bare;
        this.unit = unit;
        this.suffixes = suffixes;
    }

    /**
     * The amount in the target unit, at most {@link Long#MAX_VALUE}.
     *
     * @throws IllegalArgumentException with the reason, if it is none
     */
    long parse(String text) {
        long factor = bare;
        String number = text;
        if (!text.isEmpty()) {
            char last = Character.toUpperCase(text.charAt(text.length() - 1));
            if (suffixes.indexOf(last) >= 0) {
                factor = factorOf(last);
                number = text.substring(0, text.length() - 1);
            }
        }
        boolean whole = checkDigits(number);
        if (whole && number.length() <= 9 && factor == unit) {
            return Long.parseLong(number);
        }
        if (!whole && suffixes.isEmpty()) {
            throw new IllegalArgumentException("not a whole number");
        }
        BigInteger exact = new BigDecimal(number)
                .multiply(BigDecimal.valueOf(factor))
                .divide(BigDecimal.valueOf(unit), 0, RoundingMode.DOWN)
                .toBigInteger();
        return exact.min(MAX).longValueExact();
    }

    private static long factorOf(char suffix) {
        return switch (suffix) {
            case 'T' -> 1L << 40;
            case 'G' -> 1L << 30;
            case 'M' -> 1L << 20;
            case 'K' -> 1L << 10;
            case 'P' -> 4096;
            default -> 1;
        };
    }

    /** Whether the number has no fraction. */
    private static boolean checkDigits(String number) {
        int digits = 0;
        int dots = 0;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (c == '.') {
                dots++;
            } else {
                throw new IllegalArgumentException("not a number");
            }
        }
        // A hundred digits are no amount of anything, and arithmetic on a million takes a while.
        if (digits == 0 || digits > 100 || dots > 1) {
            throw new IllegalArgumentException("not a number");
        }
        return dots == 0;
    }
}
