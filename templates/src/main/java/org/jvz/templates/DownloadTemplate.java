package org.jvz.templates;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Brings archives from the repositories of download.conf into the template cache. An archive appears there whole and checked, or
 * not at all; one whose transfer was cut short is gone on with by the next try.
 */
public final class DownloadTemplate {
    private static final int BUFFER = 256 << 10;
    private static final int SMALL = 64 << 10;

    private final DownloadConf conf;
    private final Path cache;
    private final Map<String, String> environment;
    private final TemplateEvents events;

    /** How a download ended. */
    public enum Result {
        /** It is there, and new. */
        FETCHED,
        /** What is there already is as new. */
        UP_TO_DATE,
        /** Something is there, and was not to be updated. */
        PRESENT,
        /** It could not be fetched. */
        FAILED,
        /** It is not signed as it should be, and was thrown away. */
        BAD_SIGNATURE
    }

    /** Told what to say; the words are complete. */
    public interface Told {
        /** A step, for people. */
        void step(String text);

        /** What went wrong. */
        void problem(String text);

        /** A repository could not be asked. */
        void unasked(String repository, IOException why);
    }

    /**
     * @param template TEMPLATE of vz.conf
     * @param environment where programs are looked up, and what they get
     * @param events told of progress and of the output of programs
     */
    public DownloadTemplate(DownloadConf conf, Path template, Map<String, String> environment, TemplateEvents events) {
        this.conf = conf;
        this.cache = new StorePaths(template).cache();
        this.environment = environment;
        this.events = events;
    }

    /** The names of the templates in the cache, sorted. */
    public List<String> local() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(cache)) {
            for (Path file : files) {
                String name = TemplateLookup.nameOf(file);
                if (name != null) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException none) {
            return List.of();
        }
        return new ArrayList<>(names);
    }

    /** The names of the templates in all repositories, sorted; {@code unasked} is told of those that cannot be asked. */
    public List<String> remote(Told unasked) {
        TreeSet<String> names = new TreeSet<>();
        for (String repository : conf.repositories()) {
            try {
                names.addAll(TemplateRepository.of(repository).list(conf.suffixes()));
            } catch (IOException e) {
                unasked.unasked(repository, e);
            }
        }
        return new ArrayList<>(names);
    }

    /** The names of the templates that are here and in no repository, sorted; for which each of them has to answer. */
    public List<String> orphans() throws IOException {
        List<String> orphans = new ArrayList<>(local());
        for (String repository : conf.repositories()) {
            orphans.removeAll(TemplateRepository.of(repository).list(conf.suffixes()));
        }
        return orphans;
    }

    /**
     * Fetches one template, from the first repository that has it. One that cannot be asked is passed over, and told of if no
     * other has the template.
     */
    public Result fetch(String ostemplate, Told told) throws IOException {
        String name =
                TemplateRepository.withoutSuffix(ostemplate, List.of("tar.gz", "tar.xz", "tar.bz2", "tar.zst", "tar"));
        if (!TemplateLookup.isName(name)) {
            told.problem(ostemplate + " is no name of a template");
            return Result.FAILED;
        }
        if (conf.repositories().isEmpty()) {
            told.problem("no template repository is configured: set TEMPLATE_REPOS in download.conf");
            return Result.FAILED;
        }
        Map<String, IOException> unasked = new LinkedHashMap<>();
        for (String place : conf.repositories()) {
            for (String suffix : conf.suffixes()) {
                Path target = cache.resolve(name + "." + suffix);
                if (Files.exists(target) && !conf.update()) {
                    told.problem("file " + target + " is present, not updating.");
                    return Result.PRESENT;
                }
                if (unasked.containsKey(place)) {
                    continue;
                }
                Found found;
                try {
                    found = find(place, String.valueOf(target.getFileName()));
                } catch (IOException e) {
                    unasked.put(place, e);
                    continue;
                }
                if (found != null) {
                    return fetch(found.repository(), found.entry(), target, told);
                }
            }
        }
        told.problem("template " + name + " not found!");
        unasked.forEach((place, e) -> told.unasked(place, e));
        return Result.FAILED;
    }

    private record Found(TemplateRepository repository, TemplateRepository.Entry entry) {}

    private static @Nullable Found find(String place, String file) throws IOException {
        TemplateRepository repository = TemplateRepository.of(place);
        TemplateRepository.Entry entry = repository.find(file);
        return entry == null ? null : new Found(repository, entry);
    }

    private Result fetch(TemplateRepository repository, TemplateRepository.Entry entry, Path target, Told told)
            throws IOException {
        if (isAsNew(entry, target)) {
            return Result.UP_TO_DATE;
        }
        Files.createDirectories(cache);
        // Hidden, so that nobody takes it for a template.
        Path part = cache.resolve("." + target.getFileName() + ".part");
        Path version = cache.resolve("." + target.getFileName() + ".version");
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = out.tryLock()) {
            if (lock == null) {
                told.problem(target + " is being downloaded by somebody else");
                return Result.FAILED;
            }
            told.step("Downloading " + target.getFileName());
            transfer(repository, entry, target, out, version);
            String file = String.valueOf(target.getFileName());
            String problem = wrongSum(repository, file, part);
            if (problem == null && conf.checkSignature()) {
                told.step("Checking template signature...");
                problem = wrongSignature(repository, file, part);
                if (problem != null) {
                    discard(part, version);
                    told.problem("signature check failed! " + problem);
                    return Result.BAD_SIGNATURE;
                }
                told.step("Signature check passed.");
            }
            if (problem != null) {
                discard(part, version);
                told.problem(problem);
                return Result.FAILED;
            }
            out.force(true);
            if (entry.modified() > 0) {
                Files.setLastModifiedTime(part, FileTime.fromMillis(entry.modified()));
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(version);
            return Result.FETCHED;
        }
    }

    private static void discard(Path part, Path version) throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(version);
    }

    /** As new by time and size, which a finished download takes from its repository. */
    private static boolean isAsNew(TemplateRepository.Entry entry, Path target) throws IOException {
        return Files.exists(target)
                && entry.size() == Files.size(target)
                && entry.modified() > 0
                && entry.modified() / 1000 == Files.getLastModifiedTime(target).toMillis() / 1000;
    }

    private void transfer(
            TemplateRepository repository, TemplateRepository.Entry entry, Path target, FileChannel out, Path version)
            throws IOException {
        String former = Files.exists(version) ? Files.readString(version) : "";
        // Only what is known to be the beginning of the same file is kept.
        boolean goesOn = !entry.version().isEmpty() && former.equals(entry.version()) && out.size() < entry.size();
        Files.writeString(version, entry.version());
        try (TemplateRepository.Content content =
                repository.open(String.valueOf(target.getFileName()), goesOn ? out.size() : 0, entry.version())) {
            out.truncate(content.offset());
            out.position(content.offset());
            byte[] bytes = new byte[BUFFER];
            long done = content.offset();
            for (int read; (read = content.stream().read(bytes)) >= 0; ) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, read);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                done += read;
                events.progress(done, entry.size());
                if (Thread.interrupted()) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted; the next try goes on from here");
                }
            }
            if (entry.size() >= 0 && done != entry.size()) {
                throw new IOException(target.getFileName() + ": the transfer ended after " + done + " of "
                        + entry.size() + " bytes; the next try goes on from there");
            }
        }
    }

    /** What is wrong with the content by the {@code .sha256} file beside it, or null if nothing is, or there is none. */
    private static @Nullable String wrongSum(TemplateRepository repository, String file, Path part) throws IOException {
        byte[] text = repository.small(file + ".sha256", SMALL);
        if (text == null) {
            return null;
        }
        String line = new String(text, StandardCharsets.US_ASCII).strip();
        int blank = line.indexOf(' ');
        String wanted = (blank < 0 ? line : line.substring(0, blank)).toLowerCase(Locale.ROOT);
        String found = sum(part);
        return found.equals(wanted) ? null : file + " has the SHA-256 sum " + found + ", and should have " + wanted;
    }

    private static String sum(Path file) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = new byte[BUFFER];
            for (int read; (read = in.read(bytes)) >= 0; ) {
                digest.update(bytes, 0, read);
            }
        }
        return Sha256.hex(digest.digest());
    }

    /** Why the signature is not to be trusted, or null if it is. */
    private @Nullable String wrongSignature(TemplateRepository repository, String file, Path part) throws IOException {
        byte[] signature = repository.small(file + ".asc", SMALL);
        if (signature == null) {
            return file + ".asc is not in the repository";
        }
        Path keyring = conf.keyring();
        String program = keyring == null ? "gpg" : "gpgv";
        Path found = HostCommand.find(program, environment.getOrDefault("PATH", "") + ":/usr/local/bin:/usr/bin:/bin");
        if (found == null) {
            return program + " is not installed, so it cannot be checked (apt-get install " + program + ")";
        }
        Path asc = Files.write(cache.resolve("." + file + ".asc"), signature);
        try {
            List<String> command = keyring == null
                    ? List.of(found.toString(), "--batch", "--verify", asc.toString(), part.toString())
                    : List.of(found.toString(), "--keyring", keyring.toString(), asc.toString(), part.toString());
            // It tells much when all is well, on stderr, which others take for failure.
            Said said = new Said();
            int status = HostCommand.run(command, environment, said);
            if (status == 0) {
                return null;
            }
            said.lines.forEach(events::output);
            return program + " ended with status " + status;
        } finally {
            Files.delete(asc);
        }
    }

    /** Keeps the output of a program; its streams are read on two threads. */
    private static final class Said implements TemplateEvents {
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void stage(Stage stage, String object) {}

        @Override
        public void output(String line) {
            lines.add(line);
        }
    }
}
