package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.List;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.VeConf;

/**
 * What to set and how.
 *
 * @param edit the change of the configuration; what it throws ends the operation with nothing changed
 * @param asked the keys that were asked for, whether their values change or not
 * @param save whether CTID.conf is written; else settings are for the running VE only
 * @param force whether what a running VE does not take is saved all the same
 * @param whenRestartNeeded what to do about settings that a running VE cannot take
 * @param relinkName whether to make the link of the VE's name anew
 * @param skipArpDetect whether new addresses are taken without asking for other owners
 * @param passwords users and their new passwords; never saved
 */
public record SetOptions(
        Edit edit,
        List<ConfKey<?>> asked,
        boolean save,
        boolean force,
        WhenRestartNeeded whenRestartNeeded,
        boolean relinkName,
        boolean skipArpDetect,
        List<UserPassword> passwords) {

    /** The same without force, and with other owners of addresses being asked for. */
    public SetOptions(
            Edit edit,
            List<ConfKey<?>> asked,
            boolean save,
            WhenRestartNeeded whenRestartNeeded,
            boolean relinkName,
            List<UserPassword> passwords) {
        this(edit, asked, save, false, whenRestartNeeded, relinkName, false, passwords);
    }

    /** A change of a configuration. */
    @FunctionalInterface
    public interface Edit {
        /** The configuration before and after. */
        EditResult apply(VeConf conf) throws IOException;
    }

    /** What to do about settings that only a restart makes effective. */
    public enum WhenRestartNeeded {
        /** Save them, and say so. */
        WARN,
        /** Refuse, and save nothing. */
        REFUSE,
        /** Save them and restart the VE. */
        RESTART
    }

    /**
     * A user of the VE and its new password.
     *
     * @param user made if there is no such user
     */
    public record UserPassword(String user, String password) {
        /** Passwords do not belong into logs. */
        @Override
        public String toString() {
            return user + ":*";
        }
    }
}
