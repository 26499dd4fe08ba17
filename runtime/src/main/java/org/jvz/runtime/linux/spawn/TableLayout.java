package org.jvz.runtime.linux.spawn;

/**
 * What the stub and Java agree on. Every field is 8 bytes. The stub's listings contain these numbers; a test runs each of them.
 *
 * <p>A record's argument is used as it stands, or, by its indirection flag, is the address of the number to use: the result of an
 * earlier record or a word that the parent fills in while the child waits.
 */
final class TableLayout {
    private TableLayout() {}

    // The control block, the stub's only argument.
    static final int CLONE_ARGS = 0;
    static final int CLONE_ARGS_SIZE = 8;
    static final int FIRST_RECORD = 16;
    static final int SAVED_SIGNALS = 24;
    static final int ALL_SIGNALS = 32;
    static final int FAILED_RECORD = 40;
    static final int FAILED_RESULT = 48;
    static final int CONTROL_SIZE = 56;

    // A record.
    static final int NUMBER = 0;
    static final int FLAGS = 8;
    static final int ARGUMENTS = 16;
    static final int RESULT = 64;
    static final int EXPECTED = 72;
    static final int NEXT = 80;
    static final int BRANCH_TO = 88;
    static final int EFFECTIVE = 96;
    static final int RECORD_SIZE = 144;

    static final int ARGUMENT_COUNT = 6;

    /** Argument i is the address of a 64-bit number: shift by i. */
    static final int LONG_AT = 1;

    /** Argument i is the address of an int, to be sign-extended: shift by i. */
    static final int INT_AT = 0x100;

    /** With the expected result, go on at BRANCH_TO and store no result. */
    static final int BRANCH = 0x10000;

    /** Any other result is a failure. */
    static final int MUST_BRANCH = 0x20000;

    /** An error is no failure. */
    static final int IGNORE = 0x40000;

    /** Fills the first effective argument until the stub comes by; no call has such an argument (it is no valid address). */
    static final long NOT_STARTED = 0x8000_0000_0000_0001L;

    // struct clone_args of linux/sched.h, version 2.
    static final int CA_FLAGS = 0;
    static final int CA_PIDFD = 8;
    static final int CA_CHILD_TID = 16;
    static final int CA_PARENT_TID = 24;
    static final int CA_EXIT_SIGNAL = 32;
    static final int CA_STACK = 40;
    static final int CA_STACK_SIZE = 48;
    static final int CA_CGROUP = 80;
    static final int CA_SIZE = 88;
}
