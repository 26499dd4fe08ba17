package org.jvz.templates;

/** The keys of {@code /etc/vz/download.conf}, in the order of the manual. */
public enum DownloadKey {
    TMPL_REPO_PREFIX(
            "", "What TEMPLATE_REPOS can refer to as $TMPL_REPO_PREFIX; the only repository if that is not set."),
    TEMPLATE_REPOS(
            "",
            "Repositories, separated by blanks: directories, or file:, http: and https: addresses. The first that has a"
                    + " template serves it; one that cannot be asked is passed over."),
    TMPL_SUFFIXES("tar.gz tar.xz tar.zst tar.bz2 tar", "Archives to look for, in this order."),
    CHECK_TEMPLATE_SIG("no", "Whether each archive has to have a good signature beside it, NAME.asc: yes or no."),
    GPG_KEY("", "Whose signature it is to be; only shown by vztmpl-dl --config. GPG_KEYRING is what decides."),
    GPG_KEYRING("", "A file of the keys to trust, for gpgv; without it those that the caller's gpg has."),
    UPDATE_TEMPLATE("yes", "Whether a template that is here is fetched again when a repository has a newer one."),
    IGNORE_ERRORS("no", "Whether to go on with the other templates if one cannot be fetched."),
    QUIET("no", "Whether to say nothing unless something is wrong.");

    private final String unset;
    private final String help;

    DownloadKey(String unset, String help) {
        this.unset = unset;
        this.help = help;
    }

    /** The value that counts where the file has none; may be empty. */
    public String defaultText() {
        return unset;
    }

    /** What it is for: sentences. */
    public String help() {
        return help;
    }
}
