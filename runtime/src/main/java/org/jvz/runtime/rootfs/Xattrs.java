package org.jvz.runtime.rootfs;

import java.io.IOException;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;

/** Extended attributes on their way from a template to a private area, xattr(7). */
final class Xattrs {
    private Xattrs() {}

    /** Copies the attributes of an open file or directory. */
    static void copy(Linux linux, Fd from, Fd to) throws IOException {
        for (String attribute : linux.listXattrs(from)) {
            byte[] value = wanted(attribute) ? linux.getXattr(from, attribute) : null;
            if (value != null) {
                linux.setXattr(to, attribute, value);
            }
        }
    }

    /** Copies the attributes of {@code name} itself, a link included. */
    static void copyAt(Linux linux, Fd from, Fd to, String name) throws IOException {
        for (String attribute : linux.listXattrsAt(from, name)) {
            byte[] value = wanted(attribute) ? linux.getXattrAt(from, name, attribute) : null;
            if (value != null) {
                linux.setXattrAt(to, name, attribute, value);
            }
        }
    }

    /** Gives {@code newName} in {@code to} every attribute of {@code name}, overlayfs's marks and labels too. */
    static void copyAllAt(Linux linux, Fd from, String name, Fd to, String newName) throws IOException {
        for (String attribute : linux.listXattrsAt(from, name)) {
            byte[] value = linux.getXattrAt(from, name, attribute);
            if (value != null) {
                linux.setXattrAt(to, newName, attribute, value);
            }
        }
    }

    /**
     * Labels are the host's policy and come from where the copy lies. {@code trusted.overlay.} is overlayfs's own
     * book-keeping, without meaning outside of the layer it was made in.
     */
    private static boolean wanted(String attribute) {
        return !attribute.equals("security.selinux") && !attribute.startsWith("trusted.overlay.");
    }
}
