package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfFile;

/**
 * {@code /etc/vz/download.conf}: where templates come from and how they are checked. The names are those of vzctl's; only the
 * list of repositories is empty unless it is set, for no download is to surprise anybody.
 *
 * @param prefix TMPL_REPO_PREFIX, what others refer to; may be empty
 * @param repositories TEMPLATE_REPOS: directories, file: or http(s): addresses, the first that has a template serves it
 * @param suffixes TMPL_SUFFIXES, without the first dot
 * @param checkSignature CHECK_TEMPLATE_SIG
 * @param key GPG_KEY, whose signature it is to be; informative unless {@code keyring} is set
 * @param keyring GPG_KEYRING, a file of trusted keys; null for those of the user who calls
 * @param update UPDATE_TEMPLATE, whether a template that is there is fetched again if a newer one is to be had
 * @param ignoreErrors IGNORE_ERRORS, whether the others are fetched if one cannot be
 * @param quiet QUIET
 */
public record DownloadConf(
        String prefix,
        List<String> repositories,
        List<String> suffixes,
        boolean checkSignature,
        String key,
        @Nullable Path keyring,
        boolean update,
        boolean ignoreErrors,
        boolean quiet) {
    private static final String PREFIX = "TMPL_REPO_PREFIX";

    /** Reads the file; what it does not say, or all if it is not there, has its default. */
    public static DownloadConf read(Path file) throws IOException {
        ConfFile conf = Files.exists(file) ? ConfFile.read(file) : ConfFile.empty(file);
        String prefix = text(conf, PREFIX, "");
        String repositories = text(conf, "TEMPLATE_REPOS", prefix);
        String keyring = text(conf, "GPG_KEYRING", "");
        return new DownloadConf(
                prefix,
                words(repositories.replace("${" + PREFIX + "}", prefix).replace("$" + PREFIX, prefix)),
                words(text(conf, "TMPL_SUFFIXES", "tar.gz tar.xz tar.zst tar.bz2 tar")),
                text(conf, "CHECK_TEMPLATE_SIG", "no").equals("yes"),
                text(conf, "GPG_KEY", ""),
                keyring.isEmpty() ? null : Path.of(keyring),
                text(conf, "UPDATE_TEMPLATE", "yes").equals("yes"),
                text(conf, "IGNORE_ERRORS", "no").equals("yes"),
                text(conf, "QUIET", "no").equals("yes"));
    }

    private static String text(ConfFile conf, String key, String unset) {
        String value = conf.get(key);
        return value == null ? unset : value;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringTokenizer tokens = new StringTokenizer(text);
        while (tokens.hasMoreTokens()) {
            words.add(tokens.nextToken());
        }
        return words;
    }
}
