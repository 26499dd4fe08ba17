package org.jvz.runtime.linux.netlink;

/** What an attribute's payload is. Numbers are in the machine's byte order (little-endian on every machine jvz runs on). */
public enum AttrKind {
    U8,
    U16,
    /** In network byte order. */
    BE16,
    U32,
    U64,
    /** A C string; its terminating zero is not part of the value. */
    TEXT,
    /** Anything else: addresses of interfaces and hosts, structs. */
    BYTES,
    /** Attributes of another table. */
    NESTED
}
