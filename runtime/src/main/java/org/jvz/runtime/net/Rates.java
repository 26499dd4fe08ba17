package org.jvz.runtime.net;

/**
 * How much a VE may send and receive, over all its devices together.
 *
 * @param sent bits per second, 0 for no limit
 * @param received the same
 */
public record Rates(long sent, long received) {
    public static final Rates NONE = new Rates(0, 0);

    public Rates {
        if (sent < 0 || received < 0) {
            throw new IllegalArgumentException("rates " + sent + " and " + received);
        }
    }

    long of(Shaper.Direction direction) {
        return direction == Shaper.Direction.SENT ? sent : received;
    }

    /** The inverse of {@link #toString}. */
    public static Rates parse(String text) {
        int blank = text.indexOf(' ');
        return new Rates(Long.parseLong(text.substring(0, blank)), Long.parseLong(text.substring(blank + 1)));
    }

    /** Both numbers, with a blank between. */
    @Override
    public String toString() {
        return sent + " " + received;
    }
}
