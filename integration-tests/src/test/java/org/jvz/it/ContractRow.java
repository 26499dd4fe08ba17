package org.jvz.it;

import java.util.List;

/**
 * One row of the contract of vzctl and its companions: what is called, in which state, and everything that comes of it. What is not named
 * must not happen: no line on either stream, no change below {@code /etc/vz/conf}, nothing left on the host.
 *
 * <p>Commands are lines for bash, with the variables of {@link ContractHost}; so are expected lines, where {@code $name} stands for a
 * variable's value.
 *
 * @param section the heading it stands under, such as {@code 2.5 destroy / delete}
 * @param title the row's situation in a few words
 * @param absent why there is no such row here, empty if there is
 * @param given lines that VEs' configurations have: the VE, a blank, {@code KEY="VALUE"}
 * @param before prepares what is no common state; must succeed
 * @param command what is called
 * @param stdout its lines on stdout
 * @param stderr its lines on stderr
 * @param exit its exit status
 * @param conf what changes below {@code /etc/vz/conf}: {@code +LINE}, {@code -LINE}, {@code +file NAME}, {@code -file NAME}
 * @param after looks at the state it leaves
 * @param undo ends what the command began; must succeed. Files of configuration get their former content without it
 */
record ContractRow(
        String section,
        String title,
        String absent,
        List<String> given,
        List<String> before,
        String command,
        List<String> stdout,
        List<String> stderr,
        int exit,
        List<String> conf,
        List<Look> after,
        List<String> undo) {

    /** A command that looks at a state, and what it must print. */
    record Look(String command, List<String> prints) {}

    boolean applies() {
        return absent.isEmpty();
    }
}
