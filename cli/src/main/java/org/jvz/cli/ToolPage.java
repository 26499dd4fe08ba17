package org.jvz.cli;

import java.util.List;

/**
 * The manual page of a small tool.
 *
 * @param name the command
 * @param what what it does, in a few words
 * @param usage what the command itself prints as its usage
 * @param text what there is to say beyond that
 */
record ToolPage(String name, String what, String usage, String text) {
    /** The tools that have no page of a form of their own. */
    static List<ToolPage> all() {
        return List.of(
                new ToolPage(
                        "vztmpl",
                        "OS templates of containers",
                        Vztmpl.USAGE,
                        "Recipes are in /etc/vz/recipes, archives in /vz/template/cache. An archive is unpacked once, when the first"
                                + " container is made from it, and that tree is shared by all containers of the template."),
                new ToolPage(
                        "vztmpl-dl",
                        "fetch OS templates",
                        VztmplDl.USAGE,
                        "The repositories, directories or web servers, are those of /etc/vz/download.conf. A download that was"
                                + " interrupted goes on where it ended. vzctl create calls this command for a template that is not here."),
                new ToolPage(
                        "vzpid",
                        "tell which containers processes belong to",
                        Vzpid.USAGE,
                        "With a minus sign, process ids are read from standard input. -p shows the id inside the container, too. The"
                                + " host itself is container 0."),
                new ToolPage(
                        "vznetstat",
                        "show what containers have sent and received",
                        Vznetstat.USAGE,
                        "Counts from the start of a container to its stop, by classes of networks (/etc/vz/conf/networks_classes, lines of"
                                + " a class from 0 to 15 and a network; the last that holds the other end's address counts, and what is"
                                + " in class 0 is not counted), of addresses on venet0. Without that file all traffic of a container's devices"
                                + " is class 1. -4 and -6 show one family, -v one container, -c one class."),
                new ToolPage(
                        "vznetcfg",
                        "have the administrator's script set up a veth device",
                        Vznetcfg.USAGE,
                        "Runs EXTERNAL_SCRIPT of /etc/vz/vznet.conf, if there is one, with init or down, veth and the device. vzctl does so by"
                                + " itself for each veth device that comes or goes."),
                new ToolPage(
                        "vznetaddbr",
                        "put a veth device on its bridge",
                        Vznetaddbr.USAGE,
                        "The bridge is that of the device's entry in NETIF, or vmbr0. Meant as EXTERNAL_SCRIPT of /etc/vz/vznet.conf; a device"
                                + " with a bridge in NETIF is put there by vzctl itself."),
                new ToolPage(
                        "vzcfgvalidate",
                        "check the configuration of a container",
                        Vzcfgvalidate.USAGE,
                        "Compares beancounters by the rules that OpenVZ has for them. -r repairs the file, -i asks before each repair, -v"
                                + " yes tells more. Exit status: 0 valid, 1 error, 2 invalid."),
                new ToolPage(
                        "vzcpucheck",
                        "compare CPU units of containers with the power of the host",
                        Vzcpucheck.USAGE,
                        "-v shows each container, too."),
                new ToolPage(
                        "vzmemcheck",
                        "show how much of the host's memory containers use and are promised",
                        Vzmemcheck.USAGE,
                        "Numbers are percent of the host's; with -A, megabytes. -v shows each container, too."),
                new ToolPage(
                        "vzcalc",
                        "show which part of the host one container uses",
                        Vzcalc.USAGE,
                        "Shows what it uses now, what it is promised and what it may use at most, in percent. -v shows more rows."),
                new ToolPage(
                        "vzsplit",
                        "make a sample configuration for equal containers",
                        Vzsplit.USAGE,
                        "Divides the host among the given number of containers and writes ve-NAME.conf-sample to /etc/vz/conf, for"
                                + " vzctl create --config NAME; without -f it prints it. What it makes is a VSwap configuration in any"
                                + " case, which is what -v asks for (-v yes, in vzctl 4.11)."));
    }

    String toRoff() {
        Roff page = new Roff(name, 8, what);
        page.section("SYNOPSIS").verbatim(usage);
        page.section("DESCRIPTION").text(text);
        page.section("SEE ALSO").line("vzctl(8), vzlist(8)");
        return page.toString();
    }
}
