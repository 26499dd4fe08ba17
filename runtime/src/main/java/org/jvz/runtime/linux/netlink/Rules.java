package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;

/** The rules of a network namespace: RTM_NEWRULE, RTM_DELRULE, RTM_GETRULE. */
public final class Rules {
    private final NetlinkSocket socket;

    public Rules(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Adds a rule. EEXIST if there is the same one. */
    public void add(Rule rule) throws IOException {
        socket.request(rule.message(MessageKind.RULE.newType()), NetlinkSocket.EXCLUSIVE, "add rule " + rule);
    }

    /** Removes a rule. Returns false if there is none such. */
    public boolean delete(Rule rule) throws IOException {
        try {
            socket.request(rule.message(MessageKind.RULE.deleteType()), 0, "delete rule " + rule);
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** The rules of one family, in the order in which they are tried. */
    public List<Rule> list(int family) throws IOException {
        NlMessage query = NlMessage.of(MessageKind.RULE, MessageKind.RULE.getType(), family, 0, 0, 0, 0, 0, 0, 0, 0);
        List<Rule> rules = new ArrayList<>();
        for (NlMessage message : socket.dump(query, "list rules")) {
            rules.add(Rule.of(message));
        }
        return rules;
    }
}
