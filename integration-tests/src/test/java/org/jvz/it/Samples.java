package org.jvz.it;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Measured times of one thing, in milliseconds. Two things are compared by taking turns, so that a busy moment of the machine meets both,
 * and by the ratio of their medians.
 */
final class Samples {
    private final String name;
    private final List<Double> millis = new ArrayList<>();

    Samples(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void add(double time) {
        millis.add(time);
    }

    void add(Outcome outcome) {
        outcome.exits(0);
        add(outcome.time().toNanos() / 1e6);
    }

    double median() {
        List<Double> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double least() {
        return Collections.min(millis);
    }

    /** A row of the table: name, median, fastest, slowest, number. */
    String row() {
        return String.format(
                Locale.ROOT,
                "| %-44s | %9.1f | %9.1f | %9.1f | %3d |",
                name,
                median(),
                Collections.min(millis),
                Collections.max(millis),
                millis.size());
    }
}
