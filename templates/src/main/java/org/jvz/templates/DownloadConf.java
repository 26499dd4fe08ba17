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
    /** Reads the file; what it does not say, or all if it is not there, has its default. */
    public static DownloadConf read(Path file) throws IOException {
        ConfFile conf = Files.exists(file) ? ConfFile.read(file) : ConfFile.empty(file);
        String prefix = text(conf, DownloadKey.TMPL_REPO_PREFIX);
        @Nullable String named = conf.get(DownloadKey.TEMPLATE_REPOS.name());
        String repositories = named == null ? prefix : named;
        String keyring = text(conf, DownloadKey.GPG_KEYRING);
        String variable = DownloadKey.TMPL_REPO_PREFIX.name();
        return new DownloadConf(
                prefix,
                words(repositories.replace("${" + variable + "}", prefix).replace("$" + variable, prefix)),
                words(text(conf, DownloadKey.TMPL_SUFFIXES)),
                yes(conf, DownloadKey.CHECK_TEMPLATE_SIG),
                text(conf, DownloadKey.GPG_KEY),
                keyring.isEmpty() ? null : Path.of(keyring),
                yes(conf, DownloadKey.UPDATE_TEMPLATE),
                yes(conf, DownloadKey.IGNORE_ERRORS),
                yes(conf, DownloadKey.QUIET));
    }

    private static boolean yes(ConfFile conf, DownloadKey key) {
        return text(conf, key).equals("yes");
    }

    private static String text(ConfFile conf, DownloadKey key) {
        @Nullable String value = conf.get(key.name());
        return value == null ? key.defaultText() : value;
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
