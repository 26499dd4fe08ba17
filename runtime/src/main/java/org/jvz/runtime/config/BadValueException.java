package org.jvz.runtime.config;

/** An option of {@code vzctl set} or {@code create} that cannot be followed. */
public final class BadValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, as far as exit statuses tell it apart. */
    public enum Kind {
        /** The value is none for this option: 21. */
        VALUE,
        /** The option needs another one: 20. */
        SYNTAX,
        /** Not a name: 131. */
        NAME,
        /** A network device that cannot be given away: 104. */
        NETDEV,
        /** A beancounter is missing that the value needs; {@link #value()} is its name: 28. */
        REQUIRED_UB
    }

    private final Kind kind;
    private final String option;
    private final String value;
    private final String reason;

    /**
     * @param kind what is wrong
     * @param option the option's name without dashes
     * @param value what was given
     * @param reason why that will not do
     */
    public BadValueException(Kind kind, String option, String value, String reason) {
        super("--" + option + " '" + value + "': " + reason);
        this.kind = kind;
        this.option = option;
        this.value = value;
        this.reason = reason;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }

    /** The option's name without dashes. */
    public String option() {
        return option;
    }

    /** What was given. */
    public String value() {
        return value;
    }

    /** Why that will not do. */
    public String reason() {
        return reason;
    }
}
