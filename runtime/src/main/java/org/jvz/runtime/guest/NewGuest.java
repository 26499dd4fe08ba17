package org.jvz.runtime.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.rootfs.InsideRoot;

/** What a private area needs once, right after it was made from a template. */
public final class NewGuest {
    private static final String RESOLV_CONF = "/etc/resolv.conf";
    private static final int RESOLV_CONF_LIMIT = 1 << 16;
    private static final byte[] EMPTY = {};

    /** Where systemd-resolved's program is, before and after the merge of /usr. */
    private static final String[] RESOLVED = {"/usr/lib/systemd/systemd-resolved", "/lib/systemd/systemd-resolved"};

    private NewGuest() {}

    /** As {@link #prepare(InsideRoot, String, long)} with a random seed. */
    public static void prepare(InsideRoot root, @Nullable String osTemplate) throws IOException {
        prepare(root, osTemplate, ThreadLocalRandom.current().nextLong());
    }

    /**
     * Spreads the cron jobs, locks root's empty password, sees that /etc/hosts knows localhost and that /etc/resolv.conf
     * is neither absent nor another machine's.
     *
     * @param root an area that is not mounted; {@link org.jvz.runtime.rootfs.Layout#openUnshifted}
     * @param osTemplate OSTEMPLATE of CTID.conf
     * @param seed decides the minutes of cron jobs
     */
    public static void prepare(InsideRoot root, @Nullable String osTemplate, long seed) throws IOException {
        GuestPlugin plugin = GuestPlugin.of(Guest.detect(root, osTemplate).distribution());
        for (FileEdit edit : plugin.fresh(seed)) {
            edit.apply(root);
        }
        if (plugin.hasResolvConf()) {
            prepareResolvConf(root);
        }
    }

    private static void prepareResolvConf(InsideRoot root) throws IOException {
        boolean resolved = hasResolved(root);
        String target = root.readLink(RESOLV_CONF);
        if (target != null && ResolvConf.madeAtBoot(target, resolved)) {
            return;
        }
        byte[] content = root.read(RESOLV_CONF, RESOLV_CONF_LIMIT);
        if (content == null || ResolvConf.stale(new String(content, StandardCharsets.ISO_8859_1), resolved)) {
            root.makeDirectories("/etc", 0755);
            root.write(RESOLV_CONF, EMPTY, 0644);
        }
    }

    private static boolean hasResolved(InsideRoot root) throws IOException {
        for (String program : RESOLVED) {
            if (root.isExecutable(program)) {
                return true;
            }
        }
        return false;
    }
}
