package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;

/**
 * Where one family of distributions keeps things. A plugin says which files to edit and how; it never opens one. An edit
 * of a file that a release does not have is passed over, so one plugin serves old and new releases.
 */
abstract class GuestPlugin {
    /** The plugin of a family. */
    static GuestPlugin of(Distribution distribution) {
        return switch (distribution) {
            case DEBIAN -> new DebianGuest();
            case REDHAT -> new RedHatGuest();
            case ALPINE -> new AlpineGuest();
            case ARCH -> new ArchGuest();
            case SUSE -> new SuseGuest();
            case UNMANAGED -> new UnmanagedGuest();
        };
    }

    /** The host name, for the next boot. */
    abstract List<FileEdit> hostname(String hostname);

    /** Crontabs whose jobs run at the same minute in every VE of a template. */
    abstract List<String> crontabs();

    /** What a fresh private area needs, besides /etc/resolv.conf. */
    List<FileEdit> fresh(long seed) {
        List<FileEdit> edits = new ArrayList<>();
        for (String crontab : crontabs()) {
            edits.add(FileEdit.spreadCrontab(crontab, seed));
        }
        edits.add(FileEdit.lockedRoot("/etc/shadow"));
        edits.add(FileEdit.lockedRoot("/etc/passwd"));
        edits.add(FileEdit.seededHosts());
        return edits;
    }

    /** Programs that may set up the network, those that rule over others first. */
    abstract List<NetworkFiles> networkFiles();

    /** Name servers and search domains. */
    List<FileEdit> dns(GuestNetwork network) {
        return List.of(FileEdit.resolvConf(network));
    }

    /** Whether /etc/resolv.conf is ours to mind. */
    boolean hasResolvConf() {
        return true;
    }
}
