package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of vzubc asks for. Its options are words, not letters: {@code -qh 0.5} is no {@code -q} and {@code -h},
 * so this is no matter for {@link OptionReader}.
 */
final class VzubcOptions {
    /** vzubc has one status for everything that is wrong. */
    static final int FAILURE = 1;

    private static final double HELD_RATIO = 0.5;
    private static final double MAX_HELD_RATIO = 0.8;
    private static final double SHORTEST_INTERVAL = 0.1;

    boolean help;
    boolean watch;
    boolean watchDifferences;
    boolean watchTitle = true;
    double watchSeconds = 2;
    boolean quiet;
    boolean verbose;
    boolean color;
    boolean relative;
    boolean clearFailures;
    boolean incremental;
    boolean clearHeld;
    /** From which share of its barrier on a held value is worth a look. */
    double heldRatio = HELD_RATIO;

    double maxHeldRatio = MAX_HELD_RATIO;

    /** Where numbers are kept from one run to the next; null: the usual place. */
    @Nullable
    String directory;

    /** Where to read from; null: this host. */
    @Nullable
    String file;

    final List<String> targets = new ArrayList<>();

    private final String[] args;
    private int at;
    private boolean ratioGiven;

    private VzubcOptions(String[] args) {
        this.args = args;
    }

    static VzubcOptions parse(String[] args) throws UsageException {
        VzubcOptions options = new VzubcOptions(args);
        options.read();
        if (!options.help) {
            options.check();
        }
        return options;
    }

    private void read() throws UsageException {
        while (at < args.length && !help) {
            String word = args[at++];
            switch (word) {
                case "-h", "--help" -> help = true;
                case "-w", "--watch" -> watch = true;
                case "-wd" -> {
                    watch = true;
                    watchDifferences = true;
                }
                case "-wt" -> {
                    watch = true;
                    watchTitle = false;
                }
                case "-wn" -> {
                    watch = true;
                    watchSeconds = Math.max(SHORTEST_INTERVAL, number(word));
                }
                case "-q", "--quiet" -> quiet = true;
                case "-qh" -> heldRatio = ratio(word);
                case "-qm" -> maxHeldRatio = ratio(word);
                case "-v", "--verbose" -> verbose = true;
                case "-c", "--color" -> color = true;
                case "-r", "--relative" -> relative = true;
                case "-rc" -> clearFailures = true;
                case "-rd", "-id" -> directory = value(word);
                case "-i", "--incremental" -> incremental = true;
                case "-ic" -> clearHeld = true;
                case "-f", "--file" -> file = value(word);
                default -> {
                    if (word.startsWith("-")) {
                        throw wrong("Unrecognized option: " + word);
                    }
                    targets.add(word);
                }
            }
        }
    }

    private void check() throws UsageException {
        if (watch && color) {
            throw wrong("Error: can't use --watch and --color together");
        }
        if (ratioGiven && !quiet && !color) {
            throw wrong("Error: -qh and -qm only make sense with --quiet or --color");
        }
        if (quiet && verbose) {
            throw wrong("Error: options --quiet and --verbose can't be used together");
        }
        if (watch && "-".equals(file)) {
            throw wrong("Error: standard input can be read once only, not watched");
        }
        heldRatio = Math.min(heldRatio, maxHeldRatio);
    }

    /** A number above 1 is a percentage. */
    private double ratio(String option) throws UsageException {
        ratioGiven = true;
        double ratio = number(option);
        return ratio > 1 ? ratio / 100 : ratio;
    }

    private double number(String option) throws UsageException {
        String text = value(option);
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && Double.isFinite(number) && Character.isDigit(text.charAt(text.length() - 1))) {
                return number;
            }
        } catch (NumberFormatException none) {
            // Said below.
        }
        throw wrong("Error: option " + option + " takes a number, not " + text);
    }

    private String value(String option) throws UsageException {
        if (at == args.length || args[at].isEmpty()) {
            throw wrong("Error: option " + option + " requires an argument");
        }
        return args[at++];
    }

    private static UsageException wrong(String message) {
        return new UsageException(FAILURE, message);
    }
}
