package org.jvz.runtime.config;

import java.math.BigDecimal;

/** The kinds of single values. */
final class ScalarTypes {

    private ScalarTypes() {}

    /** {@code yes} or {@code no}. */
    static final class YesNo extends ValueType<Boolean> {
        @Override
        Boolean parse(String text) {
            if (!text.equals("yes") && !text.equals("no")) {
                throw new IllegalArgumentException("neither yes nor no");
            }
            return text.equals("yes");
        }

        @Override
        String show(Boolean value) {
            return value ? "yes" : "no";
        }
    }

    /** A whole number from a range. */
    static final class Whole extends ValueType<Long> {
        private final long min;
        private final long max;

        Whole(long min, long max) {
            this.min = min;
            this.max = max;
        }

        @Override
        Long parse(String text) {
            long number = CtId.isNumber(text) ? Amount.COUNT.parse(text) : -1;
            if (number < min || number > max) {
                throw new IllegalArgumentException("not a number from " + min + " to " + max);
            }
            return number;
        }

        @Override
        String show(Long value) {
            return Long.toString(value);
        }
    }

    /** Percent of one CPU; on the command line {@code N%} is percent of all CPUs. */
    static final class CpuLimit extends ValueType<Long> {
        private static final Whole PERCENT = new Whole(0, Integer.MAX_VALUE);

        @Override
        Long parse(String text) {
            return PERCENT.parse(text);
        }

        @Override
        String show(Long value) {
            return PERCENT.show(value);
        }

        @Override
        Long parseOption(String option, String text, EditContext context) {
            if (!text.endsWith("%")) {
                return parse(text);
            }
            long percent = PERCENT.parse(text.substring(0, text.length() - 1));
            if (percent > 100) {
                throw new IllegalArgumentException("more than 100 percent of the host");
            }
            return percent * context.hostCpus();
        }
    }

    /** An amount per second up to INT_MAX, 0 or {@code unlimited} for none. */
    static final class Rate extends ValueType<Long> {
        private final Amount onCommandLine;

        Rate(Amount onCommandLine) {
            this.onCommandLine = onCommandLine;
        }

        @Override
        Long parse(String text) {
            return parse(text, Amount.COUNT);
        }

        private static Long parse(String text, Amount amount) {
            if (text.equals("unlimited")) {
                return 0L;
            }
            long value = amount.parse(text);
            if (value == BarrierLimit.UNLIMITED) {
                return 0L;
            }
            if (value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("more than " + Integer.MAX_VALUE);
            }
            return value;
        }

        @Override
        String show(Long value) {
            return Long.toString(value);
        }

        @Override
        Long parseOption(String option, String text, EditContext context) {
            return parse(text, onCommandLine);
        }
    }

    /** A beancounter. */
    static final class Ubc extends ValueType<BarrierLimit> {
        private final BarrierLimit.Unit unit;
        private final long min;

        Ubc(BarrierLimit.Unit unit, long min) {
            this.unit = unit;
            this.min = min;
        }

        @Override
        BarrierLimit parse(String text) {
            BarrierLimit value = BarrierLimit.parse(text, unit);
            if (value.barrier() < min || value.limit() < min) {
                throw new IllegalArgumentException("less than " + min);
            }
            return value;
        }

        @Override
        String show(BarrierLimit value) {
            return value.toString();
        }

        /** {@code --ram} and {@code --swap} are bytes and mean the limit. */
        @Override
        BarrierLimit parseOption(String option, String text, EditContext context) {
            return option.equals("ram") || option.equals("swap")
                    ? BarrierLimit.upTo(BarrierLimit.one(text, Amount.BYTES_AS_PAGES))
                    : parse(text);
        }
    }

    /** Disk space or inodes. */
    static final class Disk extends ValueType<DiskLimit> {
        private final Amount amount;

        Disk(Amount amount) {
            this.amount = amount;
        }

        @Override
        DiskLimit parse(String text) {
            return DiskLimit.parse(text, amount);
        }

        @Override
        String show(DiskLimit value) {
            return value.toString();
        }
    }

    /** A positive number with a fraction. */
    static final class Ratio extends ValueType<BigDecimal> {
        @Override
        BigDecimal parse(String text) {
            if (!Words.consistsOf(text, ".") || text.length() > 20) {
                throw new IllegalArgumentException("not a number");
            }
            try {
                BigDecimal value = new BigDecimal(text);
                if (value.signum() > 0) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not a number", e);
            }
            throw new IllegalArgumentException("not above 0");
        }

        @Override
        String show(BigDecimal value) {
            return value.toPlainString();
        }
    }

    /** CPUs, or memory nodes, of which there is no {@code auto}. */
    static final class Cpus extends ValueType<CpuList> {
        private final boolean auto;

        Cpus(boolean auto) {
            this.auto = auto;
        }

        @Override
        CpuList parse(String text) {
            CpuList list = CpuList.parse(text);
            if (list.kind() == CpuList.Kind.AUTO && !auto) {
                throw new IllegalArgumentException("auto is for CPUs only");
            }
            return list;
        }

        @Override
        String show(CpuList value) {
            return value.toString();
        }
    }

    /** A first id of a VE. */
    static final class IdBase extends ValueType<Long> {
        @Override
        Long parse(String text) {
            long base = CtId.isNumber(text) ? Amount.COUNT.parse(text) : -1;
            if (!IdMap.isBase(base)) {
                throw new IllegalArgumentException(
                        "neither 0 nor a number from " + IdMap.SIZE + " to " + IdMap.MAX_BASE);
            }
            return base;
        }

        @Override
        String show(Long value) {
            return Long.toString(value);
        }
    }

    /** A value that writes itself. Subclasses rather than method references: those cost start-up time. */
    abstract static class Own<T> extends ValueType<T> {
        @Override
        String show(T value) {
            return String.valueOf(value);
        }
    }

    /** A layout. */
    static final class Layout extends Own<VeLayout> {
        @Override
        VeLayout parse(String text) {
            return VeLayout.parse(text);
        }
    }

    /** What /proc/meminfo shows. */
    static final class Memory extends Own<MemInfo> {
        @Override
        MemInfo parse(String text) {
            return MemInfo.parse(text);
        }
    }

    /** Packet filtering. */
    static final class Filtering extends Own<Netfilter> {
        @Override
        Netfilter parse(String text) {
            return Netfilter.parse(text);
        }
    }
}
