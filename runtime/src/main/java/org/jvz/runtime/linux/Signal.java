package org.jvz.runtime.linux;

/** Signals in use, signal(7); the numbers are equal on x86-64 and aarch64. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    ABRT(6),
    KILL(9),
    USR1(10),
    USR2(12),
    PIPE(13),
    TERM(15),
    CHLD(17),
    CONT(18),
    STOP(19),
    TSTP(20),
    WINCH(28),
    PWR(30),
    /** Asks systemd to halt. */
    RTMIN_3(37),
    /** Asks systemd to power off, which ends a VE. */
    RTMIN_4(38);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** {@code TERM} for 15; the number itself for one without a constant. */
    static String text(int number) {
        for (Signal signal : values()) {
            if (signal.number == number) {
                return signal.name();
            }
        }
        return Integer.toString(number);
    }
}
