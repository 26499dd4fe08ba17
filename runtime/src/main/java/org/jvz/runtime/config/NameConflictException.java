package org.jvz.runtime.config;

/** A name that another VE has. */
public final class NameConflictException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient CtId owner;

    NameConflictException(String name, CtId owner) {
        super("Conflict: name " + name + " already used by container " + owner);
        this.owner = owner;
    }

    /** The VE that has the name. */
    public CtId owner() {
        return owner;
    }
}
