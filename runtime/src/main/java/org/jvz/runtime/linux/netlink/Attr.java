package org.jvz.runtime.linux.netlink;

import org.jspecify.annotations.Nullable;

/**
 * One row of an attribute table: which number the kernel gives the attribute and what its payload is.
 *
 * @param type the number, without flag bits
 * @param name the kernel's name
 * @param nested the table of the attributes inside, of {@link AttrKind#NESTED} only
 */
public record Attr(int type, String name, AttrKind kind, @Nullable AttrTable nested) {
    public Attr {
        if ((kind == AttrKind.NESTED) != (nested != null)) {
            throw new IllegalArgumentException(name + ": a table of its own is for nested attributes");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
