package org.jvz.cli;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Pressure;

/** The order of rows by a column; rows that are equal stay by id. VEs without a value come first. */
final class FieldOrder implements Comparator<VeRow> {
    private final Field field;

    FieldOrder(Field field) {
        this.field = field;
    }

    @Override
    public int compare(VeRow one, VeRow other) {
        return switch (field.kind()) {
            case CTID -> one.id().compareTo(other.id());
            case STATUS -> one.state().compareTo(other.state());
            case ROOT -> text(one.root(), other.root());
            case PRIVATE -> text(one.privateArea(), other.privateArea());
            case NAME, SMART_NAME -> text(one.name(), other.name());
            case ADDRESSES -> text(one.addresses(), other.addresses());
            case TEXT, LIST -> text(one.text(field.key()), other.text(field.key()));
            case LAYOUT -> text(one.layout(), other.layout());
            // Longest first, as vzlist always did.
            case UPTIME -> Double.compare(other.uptimeSeconds(), one.uptimeSeconds());
            case BOOTORDER -> bootOrder(one, other);
            case UBC ->
                number(
                        FieldNumbers.ubc(one, field.key(), field.index(), ""),
                        FieldNumbers.ubc(other, field.key(), field.index(), ""));
            case DISK ->
                number(
                        FieldNumbers.disk(one, field.key(), field.index(), ""),
                        FieldNumbers.disk(other, field.key(), field.index(), ""));
            case CPU -> number(FieldNumbers.cpu(one, field.key(), ""), FieldNumbers.cpu(other, field.key(), ""));
            case CPUS, IO, IOPRIO ->
                number(FieldNumbers.number(one, field.key(), ""), FieldNumbers.number(other, field.key(), ""));
            case PRESSURE -> Long.compare(waiting(one), waiting(other));
            case LAVERAGE, ONBOOT, VSWAP, DISABLED, VM_OVERCOMMIT, NETFILTER, NAT, SWITCHES -> 0;
        };
    }

    /**
     * The boot service lists by {@code -bootorder} and starts in that order: VEs of the same order must then come by rising
     * id, so here by falling id.
     */
    private int bootOrder(VeRow one, VeRow other) {
        int order = number(FieldNumbers.number(one, field.key(), ""), FieldNumbers.number(other, field.key(), ""));
        return order != 0 ? order : other.id().compareTo(one.id());
    }

    /** The share of the last ten seconds in which something waited; -1 if that cannot be told. */
    private long waiting(VeRow row) {
        Pressure pressure = row.pressure(Pressure.Of.valueOf(field.key()));
        return pressure == null ? -1 : pressure.some().avg10();
    }

    private static int text(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return (one == null ? 0 : 1) - (other == null ? 0 : 1);
        }
        return one.compareTo(other);
    }

    private static int number(String one, String other) {
        if (one.isEmpty() || other.isEmpty()) {
            return (one.isEmpty() ? 0 : 1) - (other.isEmpty() ? 0 : 1);
        }
        return Long.compare(Long.parseLong(one), Long.parseLong(other));
    }
}
