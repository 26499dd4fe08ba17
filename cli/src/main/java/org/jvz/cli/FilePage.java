package org.jvz.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.ve.DistActions;
import org.jvz.templates.DownloadKey;
import org.jvz.templates.RecipeWord;

/**
 * The manual page of a file that the administrator may write, beside those of the two that are full of keys.
 *
 * @param name the page
 * @param what what the file is, in a few words
 * @param text paragraphs: where it is, its form, what else there is to say
 * @param heading of the items; empty if there are none
 * @param items what may be in it, in the order of the page
 * @param example lines, empty for none
 * @param seeAlso other pages
 */
record FilePage(
        String name,
        String what,
        List<String> text,
        String heading,
        Map<String, String> items,
        String example,
        String seeAlso) {

    /** All of them. */
    static List<FilePage> all() {
        return List.of(download(), vznet(), classes(), names(), scripts(), dists(), recipe());
    }

    private static FilePage download() {
        Map<String, String> keys = new LinkedHashMap<>();
        for (DownloadKey key : DownloadKey.values()) {
            keys.put(
                    key.name(),
                    key.help() + (key.defaultText().isEmpty() ? "" : " Default: " + key.defaultText() + "."));
        }
        return new FilePage(
                "download.conf",
                "where OS templates come from",
                List.of(
                        "/etc/vz/download.conf is lines of KEY=\"value\" that a shell can source; vztmpl-dl reads it. Its options count"
                                + " more. No repository is set by default.",
                        "A repository is a directory, or the address of one on a web server. NAME.tar.gz.sha256 beside an archive is compared"
                                + " in any case; NAME.tar.gz.asc is its signature. A web server's file .listing, one name in each line, is"
                                + " what vztmpl-dl --list-remote shows. Redirects are followed, but not from https: to http:."),
                "KEYS",
                keys,
                "TEMPLATE_REPOS=\"/srv/templates https://templates.example.com/precreated\"\nCHECK_TEMPLATE_SIG=\"yes\"",
                "vztmpl-dl(8), vztmpl(8)");
    }

    private static FilePage vznet() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("EXTERNAL_SCRIPT", "The program, an absolute path.");
        return new FilePage(
                "vznet.conf",
                "a program for veth devices of containers",
                List.of(
                        "/etc/vz/vznet.conf is lines of KEY=\"value\" that a shell can source. It need not be there.",
                        "The program is run on the host as PROGRAM init veth DEVICE when the host's end of a veth device has been made, and as"
                                + " PROGRAM down veth DEVICE before it is deleted, with the id of the container in VEID, and HOME, TERM and PATH."
                                + " If the first fails, so does the command, which takes back what it did. vznetaddbr(8) is such a program;"
                                + " vznetcfg(8) runs the one that is named here."),
                "KEYS",
                keys,
                "EXTERNAL_SCRIPT=\"/usr/sbin/vznetaddbr\"",
                "vznetcfg(8), vznetaddbr(8), ctid.conf(5)");
    }

    private static FilePage classes() {
        return new FilePage(
                "networks_classes",
                "classes of networks that traffic is counted by",
                List.of(
                        "/etc/vz/conf/networks_classes has in each line a class, from 0 to " + NetworkClasses.LAST
                                + ", and a network; lines that begin with # are comments. vznetstat shows what containers have sent to the"
                                + " networks of each class, and received from them.",
                        "An address is of the class of the last network that holds it, so wide ones come first. Networks of class 0, the"
                                + " host's own, are not counted, nor is an address that no network holds. Without this file all traffic of a"
                                + " container is class 1. A changed one counts from the next start of any container on."),
                "",
                Map.of(),
                "0 192.0.2.0/24\n1 0.0.0.0/0\n1 ::/0\n2 198.51.100.0/24",
                "vznetstat(8)");
    }

    private static FilePage names() {
        return new FilePage(
                "vz.names",
                "names of containers",
                List.of(
                        "/etc/vz/names/NAME is a symbolic link to ../conf/CTID.conf, whose NAME has to say the same: then NAME stands for the id"
                                + " wherever a command takes one. A link whose file says something else names nobody.",
                        "vzctl set CTID --name NAME --save makes link and key, and vzctl set CTID --applyconfig_map name --save the link alone. A name"
                                + " has letters, digits, blanks and - + _ . and is no number."),
                "",
                Map.of(),
                "",
                "vzctl(8), ctid.conf(5)");
    }

    private static FilePage scripts() {
        Map<String, String> stages = new LinkedHashMap<>();
        stages.put("vps.premount, CTID.premount", "On the host, before the root is mounted.");
        stages.put("vps.mount, CTID.mount", "On the host, when it is mounted.");
        stages.put("CTID.start", "Inside, before the container's own init.");
        stages.put("CTID.stop", "Inside, before it is asked to shut down; not with stop --fast.");
        stages.put("CTID.umount, vps.umount", "On the host, before the root is unmounted.");
        stages.put("CTID.postumount, vps.postumount", "On the host, when it is unmounted.");
        stages.put("vps.create", "On the host, at the end of create.");
        return new FilePage(
                "vz.scripts",
                "scripts beside the life of a container",
                List.of(
                        "Executable files in /etc/vz/conf are run by vzctl: /etc/vz/conf/vps.STAGE for all containers, /etc/vz/conf/CTID.STAGE for"
                                + " one. Where there are both, they run in the order that is given below.",
                        "Those of the host get VEID, the id, and VE_CONFFILE, its configuration, HOME=/, TERM=linux and PATH, and the streams of the"
                                + " command. Those inside are read by the container's /bin/sh or bash.",
                        "One that does not end with 0 ends the command with status 79; a create, start or mount is taken back. When a"
                                + " container has ended by itself, or what failed is taken back, umount and postumount are run and may"
                                + " fail. vzctl destroy renames a container's scripts to CTID.STAGE.destroyed."),
                "STAGES",
                stages,
                "",
                "vzctl(8), ctid.conf(5), vz.dists(5)");
    }

    private static FilePage dists() {
        return new FilePage(
                "vz.dists",
                "scripts for the guests of a distribution",
                List.of(
                        "jvz writes the files of guests itself. What a configuration in /etc/vz/dists names a script for, that script does"
                                + " instead. The configuration of OSTEMPLATE=debian-12-x86_64 is the first that is there of"
                                + " debian-12-x86_64.conf, debian-12.conf, debian.conf and default; none is installed.",
                        "It is lines of ACTION=SCRIPT; scripts are in /etc/vz/dists/scripts. A shell reads the variables, then"
                                + " /etc/vz/dists/scripts/functions, if it is there, then the script: the shell of the container, before its init at a"
                                + " start, or that of the host. One that fails ends the command, and a start is taken back; one that is not there"
                                + " is exit status 108."),
                "ACTIONS",
                DistActions.help(),
                "ADD_IP=my-add_ip.sh\nSET_HOSTNAME=my-set_hostname.sh",
                "vzctl(8), vz.scripts(5)");
    }

    private static FilePage recipe() {
        Map<String, String> words = new LinkedHashMap<>();
        for (RecipeWord word : RecipeWord.values()) {
            words.put(word.word() + " " + word.form(), word.help());
        }
        return new FilePage(
                "vztmpl.recipe",
                "how an OS template is built",
                List.of(
                        "/etc/vz/recipes/NAME is what vztmpl build NAME makes a template from: one text file, read from top to bottom. A line"
                                + " that starts in column one says what; lines below it that are indented by four blanks belong to it. Lines that"
                                + " begin with # are comments."),
                "WORDS",
                words,
                """
                summary  Debian 12 with nginx
                extends  debian-12-standard
                packages nginx-light
                file /etc/motd 0644
                    Welcome.
                script
                    chroot "$root" systemctl enable nginx""",
                "vztmpl(8)");
    }

    String toRoff() {
        Roff page = new Roff(name, 5, what);
        page.section("DESCRIPTION");
        List<String> rest = new ArrayList<>(text);
        page.text(rest.remove(0));
        rest.forEach(page::paragraph);
        if (!items.isEmpty()) {
            page.section(heading);
            items.forEach(page::item);
        }
        if (!example.isEmpty()) {
            page.section("EXAMPLE").verbatim(example);
        }
        page.section("SEE ALSO").line(seeAlso);
        return page.toString();
    }
}
