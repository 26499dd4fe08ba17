package org.jvz.runtime.guest;

/** What boots a VE, and so how it can say that it is up. */
public enum BootKind {
    /** {@code systemctl is-system-running --wait} tells. */
    SYSTEMD,
    /** sysvinit: init(8) writes the run level to utmp when the boot scripts are done. */
    SYSV,
    /** OpenRC, under its own init, busybox's or sysvinit: {@code rc-status --runlevel} tells. */
    OPENRC,
    /** busybox's init with a script of its own: up when its inittab's actions of {@code wait} are done. */
    BUSYBOX,
    /** Anything else, a single program for example: up as soon as it runs. */
    OTHER;

    /**
     * Decides from three things that are cheap to see from outside.
     *
     * @param program name of the file that /sbin/init leads to
     * @param inittab text of /etc/inittab, empty if there is none
     * @param hasOpenrc whether /sbin/openrc is a program
     */
    static BootKind of(String program, String inittab, boolean hasOpenrc) {
        if (program.equals("systemd")) {
            return SYSTEMD;
        }
        if (program.equals("openrc-init") || (hasOpenrc && inittab.contains("openrc"))) {
            return OPENRC;
        }
        if (program.equals("busybox") || busyboxSyntax(inittab)) {
            return BUSYBOX;
        }
        return program.equals("init") && !inittab.isEmpty() ? SYSV : OTHER;
    }

    /** busybox leaves the run levels, the second field, empty and has the action sysinit; sysvinit numbers its lines. */
    private static boolean busyboxSyntax(String inittab) {
        for (String line : Lines.of(inittab)) {
            if (line.startsWith("::")) {
                return true;
            }
        }
        return false;
    }
}
