package org.jvz.runtime.linux.netlink;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The attributes that may stand at one place of a message, by number. */
public final class AttrTable {
    private final String name;
    private Attr[] rows = new Attr[0];

    AttrTable(String name) {
        this.name = name;
    }

    /** Adds a row. */
    Attr define(int type, String attribute, AttrKind kind) {
        return define(new Attr(type, attribute, kind, null));
    }

    /** Adds a row whose payload is attributes of {@code nested}. */
    Attr define(int type, String attribute, AttrTable nested) {
        return define(new Attr(type, attribute, AttrKind.NESTED, nested));
    }

    private Attr define(Attr row) {
        if (named(row.type()) != null) {
            throw new IllegalStateException(name + " has two attributes of number " + row.type());
        }
        rows = Arrays.copyOf(rows, rows.length + 1);
        rows[rows.length - 1] = row;
        return row;
    }

    private @Nullable Attr named(int type) {
        for (Attr row : rows) {
            if (row.type() == type) {
                return row;
            }
        }
        return null;
    }

    /** The attribute of that number; one that the table does not have is kept as bytes. */
    Attr of(int type) {
        Attr row = named(type);
        return row != null ? row : new Attr(type, name + "#" + type, AttrKind.BYTES, null);
    }

    /** The rows, in the order they were defined. */
    Attr[] rows() {
        return rows.clone();
    }

    @Override
    public String toString() {
        return name;
    }
}
