package org.jvz.runtime.linux.netlink;

import static org.jvz.runtime.linux.netlink.AttrKind.BE16;
import static org.jvz.runtime.linux.netlink.AttrKind.BYTES;
import static org.jvz.runtime.linux.netlink.AttrKind.TEXT;
import static org.jvz.runtime.linux.netlink.AttrKind.U16;
import static org.jvz.runtime.linux.netlink.AttrKind.U32;
import static org.jvz.runtime.linux.netlink.AttrKind.U64;
import static org.jvz.runtime.linux.netlink.AttrKind.U8;

/**
 * The attributes in use, by table: {@code linux/if_link.h}, {@code if_addr.h}, {@code rtnetlink.h}, {@code neighbour.h}, {@code pkt_cls.h},
 * {@code pkt_sched.h},
 * {@code netlink.h}. Numbers are the kernel's ABI. Attributes not listed are decoded as bytes.
 */
final class Tables {
    /** One u32 per {@code IPV4_DEVCONF_*} of {@code linux/ip.h}. */
    static final AttrTable INET_CONF = new AttrTable("IPV4_DEVCONF");

    static final Attr PROMOTE_SECONDARIES = INET_CONF.define(20, "IPV4_DEVCONF_PROMOTE_SECONDARIES", U32);

    static final AttrTable INET = new AttrTable("IFLA_INET");
    /** The kernel takes {@link #INET_CONF} here but gives a plain array of all the numbers. */
    static final Attr INET_CONF_DATA = INET.define(1, "IFLA_INET_CONF", BYTES);

    static final AttrTable INET6 = new AttrTable("IFLA_INET6");
    static final Attr ADDR_GEN_MODE = INET6.define(8, "IFLA_INET6_ADDR_GEN_MODE", U8);

    /** {@code IFLA_AF_SPEC}: per address family. */
    static final AttrTable AF_SPEC = new AttrTable("IFLA_AF_SPEC");

    static final Attr AF_INET = AF_SPEC.define(NetAddress.AF_INET, "AF_INET", INET);
    static final Attr AF_INET6 = AF_SPEC.define(NetAddress.AF_INET6, "AF_INET6", INET6);

    /** {@code IFLA_AF_SPEC} of a message of AF_BRIDGE; {@code linux/if_bridge.h}. */
    static final AttrTable BRIDGE_PORT = new AttrTable("IFLA_BRIDGE");
    /** {@code struct bridge_vlan_info}. */
    static final Attr BRIDGE_VLAN_INFO = BRIDGE_PORT.define(2, "IFLA_BRIDGE_VLAN_INFO", BYTES);

    static final AttrTable BRIDGE = new AttrTable("IFLA_BR");
    static final Attr BRIDGE_VLAN_FILTERING = BRIDGE.define(7, "IFLA_BR_VLAN_FILTERING", U8);
    static final Attr BRIDGE_DEFAULT_PVID = BRIDGE.define(39, "IFLA_BR_VLAN_DEFAULT_PVID", U16);

    static final AttrTable SLAVE = new AttrTable("IFLA_BRPORT");
    static final Attr ISOLATED = SLAVE.define(33, "IFLA_BRPORT_ISOLATED", U8);

    static final AttrTable INFO = new AttrTable("IFLA_INFO");
    static final Attr INFO_KIND = INFO.define(1, "IFLA_INFO_KIND", TEXT);
    /** Its content depends on the kind; {@link #VETH} and {@link #VLAN} are encoded into it. */
    static final Attr INFO_DATA = INFO.define(2, "IFLA_INFO_DATA", BYTES);

    static final Attr INFO_SLAVE_KIND = INFO.define(4, "IFLA_INFO_SLAVE_KIND", TEXT);
    /** Its content depends on the kind of the master; {@link #SLAVE} is encoded into it. */
    static final Attr INFO_SLAVE_DATA = INFO.define(5, "IFLA_INFO_SLAVE_DATA", BYTES);

    static final AttrTable VETH = new AttrTable("VETH_INFO");
    /** A struct ifinfomsg, then attributes of {@link #LINK}. */
    static final Attr VETH_PEER = VETH.define(1, "VETH_INFO_PEER", BYTES);

    static final AttrTable VLAN = new AttrTable("IFLA_VLAN");
    static final Attr VLAN_ID = VLAN.define(1, "IFLA_VLAN_ID", U16);
    static final Attr VLAN_PROTOCOL = VLAN.define(5, "IFLA_VLAN_PROTOCOL", BE16);

    static final AttrTable LINK = new AttrTable("IFLA");
    static final Attr LINK_ADDRESS = LINK.define(1, "IFLA_ADDRESS", BYTES);
    static final Attr LINK_NAME = LINK.define(3, "IFLA_IFNAME", TEXT);
    static final Attr LINK_MTU = LINK.define(4, "IFLA_MTU", U32);
    static final Attr LINK_LINK = LINK.define(5, "IFLA_LINK", U32);
    static final Attr LINK_MASTER = LINK.define(10, "IFLA_MASTER", U32);
    static final Attr LINK_OPERSTATE = LINK.define(16, "IFLA_OPERSTATE", U8);
    static final Attr LINK_INFO = LINK.define(18, "IFLA_LINKINFO", INFO);
    static final Attr LINK_AF_SPEC = LINK.define(26, "IFLA_AF_SPEC", AF_SPEC);
    static final Attr LINK_NET_NS_FD = LINK.define(28, "IFLA_NET_NS_FD", U32);
    static final Attr LINK_EXT_MASK = LINK.define(29, "IFLA_EXT_MASK", U32);
    static final Attr LINK_NETNSID = LINK.define(37, "IFLA_LINK_NETNSID", U32);

    static final AttrTable ADDRESS = new AttrTable("IFA");
    static final Attr ADDRESS_ADDRESS = ADDRESS.define(1, "IFA_ADDRESS", BYTES);
    static final Attr ADDRESS_LOCAL = ADDRESS.define(2, "IFA_LOCAL", BYTES);
    static final Attr ADDRESS_LABEL = ADDRESS.define(3, "IFA_LABEL", TEXT);
    static final Attr ADDRESS_FLAGS = ADDRESS.define(8, "IFA_FLAGS", U32);

    static final AttrTable ROUTE = new AttrTable("RTA");
    static final Attr ROUTE_DST = ROUTE.define(1, "RTA_DST", BYTES);
    static final Attr ROUTE_OIF = ROUTE.define(4, "RTA_OIF", U32);
    static final Attr ROUTE_GATEWAY = ROUTE.define(5, "RTA_GATEWAY", BYTES);
    static final Attr ROUTE_PRIORITY = ROUTE.define(6, "RTA_PRIORITY", U32);
    static final Attr ROUTE_PREFSRC = ROUTE.define(7, "RTA_PREFSRC", BYTES);
    static final Attr ROUTE_TABLE = ROUTE.define(15, "RTA_TABLE", U32);

    static final AttrTable RULE = new AttrTable("FRA");
    static final Attr RULE_DST = RULE.define(1, "FRA_DST", BYTES);
    static final Attr RULE_SRC = RULE.define(2, "FRA_SRC", BYTES);
    static final Attr RULE_IIFNAME = RULE.define(3, "FRA_IIFNAME", TEXT);
    static final Attr RULE_PRIORITY = RULE.define(6, "FRA_PRIORITY", U32);
    static final Attr RULE_TABLE = RULE.define(15, "FRA_TABLE", U32);

    static final AttrTable NEIGHBOUR = new AttrTable("NDA");
    static final Attr NEIGHBOUR_DST = NEIGHBOUR.define(1, "NDA_DST", BYTES);
    static final Attr NEIGHBOUR_MAC = NEIGHBOUR.define(2, "NDA_LLADDR", BYTES);
    static final Attr NEIGHBOUR_PROTOCOL = NEIGHBOUR.define(12, "NDA_PROTOCOL", U8);

    static final AttrTable MIRRED = new AttrTable("TCA_MIRRED");
    /** {@code struct tc_mirred} of {@code linux/tc_act/tc_mirred.h}. */
    static final Attr MIRRED_PARMS = MIRRED.define(2, "TCA_MIRRED_PARMS", BYTES);

    static final AttrTable ACTION = new AttrTable("TCA_ACT");
    static final Attr ACTION_KIND = ACTION.define(1, "TCA_ACT_KIND", TEXT);
    static final Attr ACTION_OPTIONS = ACTION.define(2, "TCA_ACT_OPTIONS", MIRRED);

    /** By order of execution. */
    static final AttrTable ACTIONS = new AttrTable("TCA_ACT_TAB");

    static final Attr FIRST_ACTION = ACTIONS.define(1, "TCA_ACT_TAB#1", ACTION);

    static final AttrTable TBF = new AttrTable("TCA_TBF");
    /** {@code struct tc_tbf_qopt} of {@code linux/pkt_sched.h}. */
    static final Attr TBF_PARMS = TBF.define(1, "TCA_TBF_PARMS", BYTES);

    static final Attr TBF_RATE = TBF.define(4, "TCA_TBF_RATE64", U64);
    static final Attr TBF_BURST = TBF.define(6, "TCA_TBF_BURST", U32);

    static final AttrTable HTB = new AttrTable("TCA_HTB");
    /** {@code struct tc_htb_opt} of {@code linux/pkt_sched.h}: of a class. */
    static final Attr HTB_PARMS = HTB.define(1, "TCA_HTB_PARMS", BYTES);
    /** {@code struct tc_htb_glob}: of the qdisc. */
    static final Attr HTB_INIT = HTB.define(2, "TCA_HTB_INIT", BYTES);

    static final Attr HTB_RATE = HTB.define(6, "TCA_HTB_RATE64", U64);
    static final Attr HTB_CEIL = HTB.define(7, "TCA_HTB_CEIL64", U64);

    static final AttrTable BPF = new AttrTable("TCA_BPF");
    static final Attr BPF_ACTIONS = BPF.define(1, "TCA_BPF_ACT", ACTIONS);
    static final Attr BPF_OPS_LEN = BPF.define(4, "TCA_BPF_OPS_LEN", U16);
    static final Attr BPF_OPS = BPF.define(5, "TCA_BPF_OPS", BYTES);
    static final Attr BPF_FLAGS = BPF.define(8, "TCA_BPF_FLAGS", U32);

    static final AttrTable TC = new AttrTable("TCA");
    static final Attr TC_KIND = TC.define(1, "TCA_KIND", TEXT);
    /** Its content depends on the kind; {@link #BPF}, {@link #HTB} and {@link #TBF} are encoded into it. */
    static final Attr TC_OPTIONS = TC.define(2, "TCA_OPTIONS", BYTES);

    /** What an error message says besides the number. */
    static final AttrTable ERROR = new AttrTable("NLMSGERR_ATTR");

    static final Attr ERROR_TEXT = ERROR.define(1, "NLMSGERR_ATTR_MSG", TEXT);

    private Tables() {}
}
