package org.jvz.runtime.guest;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Families of distributions that keep the same things in the same files. */
public enum Distribution {
    /** Debian, Ubuntu and theirs. */
    DEBIAN("debian", "ubuntu", "devuan", "raspbian", "linuxmint", "mint", "kali"),
    /** Red Hat Enterprise Linux, its rebuilds, and Fedora. */
    REDHAT(
            "rhel",
            "redhat",
            "centos",
            "fedora",
            "rocky",
            "rockylinux",
            "almalinux",
            "alma",
            "ol",
            "oracle",
            "oraclelinux",
            "scientific",
            "cloudlinux",
            "vzlinux",
            "virtuozzo",
            "amzn",
            "eurolinux"),
    /** Alpine, and trees of busybox alone. */
    ALPINE("alpine", "busybox", "tiny", "postmarketos"),
    /** Arch Linux and theirs. */
    ARCH("arch", "archlinux", "manjaro", "endeavouros"),
    /** SUSE Linux Enterprise and openSUSE. */
    SUSE("suse", "opensuse", "sles", "sled", "sle", "tumbleweed", "leap"),
    /** A system we know nothing about, or shall not touch: its files are left alone. */
    UNMANAGED("unmanaged");

    private final String[] names;

    Distribution(String... names) {
        this.names = names;
    }

    /**
     * The family of a template name: the name itself, then the name without its last {@code -word}, and so on
     * ({@code debian-12-x86_64}, {@code debian-12}, {@code debian}), as /etc/vz/dists is searched.
     *
     * @return null if no part of the name is known
     */
    public static @Nullable Distribution ofTemplate(String osTemplate) {
        String name = osTemplate.substring(osTemplate.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        while (!name.isEmpty()) {
            Distribution known = ofId(name);
            if (known != null) {
                return known;
            }
            int dash = name.lastIndexOf('-');
            name = dash < 0 ? "" : name.substring(0, dash);
        }
        return null;
    }

    /** The family that os-release(5) names: ID, then the words of ID_LIKE; null if none is known. */
    public static @Nullable Distribution ofOsRelease(String text) {
        String id = value(text, "ID");
        Distribution known = ofTemplate(id);
        if (known != null) {
            return known;
        }
        for (String like : value(text, "ID_LIKE").split(" ", -1)) {
            known = ofTemplate(like);
            if (known != null) {
                return known;
            }
        }
        return null;
    }

    private static @Nullable Distribution ofId(String id) {
        for (Distribution distribution : values()) {
            for (String name : distribution.names) {
                if (name.equals(id)) {
                    return distribution;
                }
            }
        }
        return null;
    }

    /** The last assignment of {@code key}, without quotes; empty if there is none. */
    private static String value(String text, String key) {
        String value = "";
        for (String line : Lines.of(text)) {
            if (line.startsWith(key + "=")) {
                value = line.substring(key.length() + 1).strip();
            }
        }
        if (value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0)) {
            value = value.substring(1, value.length() - 1);
        }
        return value;
    }
}
