package org.jvz.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A configuration before and after a change.
 *
 * @param before as it was
 * @param after as it is to be; not saved
 * @param drop addresses that are to go even where {@code before} does not have them
 */
public record EditResult(VeConf before, VeConf after, AddressDrop drop) {
    /** A change of what the configuration has. */
    public EditResult(VeConf before, VeConf after) {
        this(before, after, AddressDrop.NONE);
    }

    /** Whether there is nothing to save. */
    public boolean isUnchanged() {
        return after.file().sameContent(before.file());
    }

    /** The keys whose values differ, in the order of the manual; keys that jvz does not know are left out. */
    public List<ConfKey<?>> changed() {
        List<ConfKey<?>> changed = new ArrayList<>();
        for (ConfKey<?> key : ConfKey.all()) {
            if (!Objects.equals(text(before, key), text(after, key))) {
                changed.add(key);
            }
        }
        return changed;
    }

    /**
     * The changed keys that only a restart of a running VE makes effective. QUOTAUGIDLIMIT is one only if it is switched
     * on or off.
     */
    public List<ConfKey<?>> needRestart() {
        List<ConfKey<?>> keys = new ArrayList<>();
        for (ConfKey<?> key : changed()) {
            if (key.applies() == Applies.NEEDS_RESTART && !isUgidSize(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private boolean isUgidSize(ConfKey<?> key) {
        return key == ConfKey.QUOTAUGIDLIMIT && isOn(text(before, key)) && isOn(text(after, key));
    }

    private static boolean isOn(@Nullable String limit) {
        return limit != null && !limit.equals("0");
    }

    /** What a list has that it had not. */
    public <T> List<T> added(ConfKey<List<T>> key) throws BadConfException {
        return without(after.get(key).orElse(List.of()), before.get(key).orElse(List.of()));
    }

    /** What a list had that it has not. */
    public <T> List<T> removed(ConfKey<List<T>> key) throws BadConfException {
        return without(before.get(key).orElse(List.of()), after.get(key).orElse(List.of()));
    }

    private static <T> List<T> without(List<T> some, List<T> others) {
        List<T> rest = new ArrayList<>(some);
        rest.removeAll(others);
        return rest;
    }

    private static @Nullable String text(VeConf conf, ConfKey<?> key) {
        @Nullable String text = conf.text(key.name());
        @Nullable String alias = key.alias();
        return text == null && alias != null ? conf.text(alias) : text;
    }
}
