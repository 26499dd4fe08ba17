package org.jvz.templates;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/**
 * How a template is made: one text file, read from top to bottom. A line that starts in column one says what; lines below
 * it that are indented by four blanks belong to it.
 *
 * <pre>
 * # comment
 * summary  one line
 * builder  mmdebstrap | busybox
 * suite    name of the Debian release        (mmdebstrap)
 * variant  mmdebstrap's variant              (mmdebstrap)
 * extends  another recipe, which comes first
 * packages names, here or indented           (mmdebstrap)
 * mask     systemd units, here or indented
 * directory PATH MODE
 * symlink PATH TARGET
 * file PATH MODE
 *     contents
 * script
 *     sh, with the template's root in $root  (mmdebstrap)
 * </pre>
 *
 * @param name file name of the recipe, and of the template
 * @param summary one line for people
 * @param builder what makes the tree
 * @param suite Debian release, or empty
 * @param variant of mmdebstrap, or empty
 * @param packages in order of mention, without repetition
 * @param nodes files, links and directories put over what the builder made, in order; a later one replaces an earlier
 * @param scripts shell scripts, run in order when all else is there
 */
public record Recipe(
        String name,
        String summary,
        Builder builder,
        String suite,
        String variant,
        List<String> packages,
        List<Node> nodes,
        List<String> scripts) {

    private static final int MAX_DEPTH = 8;
    private static final String INDENT = "    ";
    private static final String UNIT_DIR = "/etc/systemd/system/";

    /** What makes the tree. */
    public enum Builder {
        /** mmdebstrap(1), from Debian packages. */
        MMDEBSTRAP,
        /** One static busybox and its applets. */
        BUSYBOX
    }

    /** Something put into the template. */
    public sealed interface Node {
        /** Absolute path inside the template. */
        String path();
    }

    /**
     * A directory.
     *
     * @param mode permission bits
     */
    public record Directory(String path, int mode) implements Node {}

    /**
     * A file.
     *
     * @param mode permission bits
     */
    public record TextFile(String path, int mode, String contents) implements Node {}

    /** A symbolic link. */
    public record Link(String path, String target) implements Node {}

    /** Names of the recipes in a directory, sorted. */
    public static List<String> names(Path dir) throws IOException {
        Set<String> names = new TreeSet<>();
        if (Files.isDirectory(dir)) {
            try (var files = Files.newDirectoryStream(dir, Files::isRegularFile)) {
                for (Path file : files) {
                    if (TemplateLookup.isName(file.getFileName().toString())) {
                        names.add(file.getFileName().toString());
                    }
                }
            }
        }
        return new ArrayList<>(names);
    }

    /**
     * Reads the recipe of that name and those it extends.
     *
     * @throws VeException with {@link VzError#OSTEMPLATE_NOT_FOUND} if there is none, with {@link VzError#INVALID_VALUE}
     *     naming file and line if one makes no sense
     */
    public static Recipe read(Path dir, String name) throws IOException {
        Parser parser = new Parser(dir);
        parser.read(name, 0);
        return parser.recipe(name);
    }

    /** What has been read so far. */
    private static final class Parser {
        private final Path dir;
        private final Map<String, String> words = new HashMap<>();
        private final Map<String, Integer> depths = new HashMap<>();
        private final List<String> packages = new ArrayList<>();
        private final Map<String, Node> nodes = new java.util.LinkedHashMap<>();
        private final List<String> scripts = new ArrayList<>();

        Parser(Path dir) {
            this.dir = dir;
        }

        Recipe recipe(String name) {
            @Nullable String builder = words.get("builder");
            if (builder == null) {
                throw new VeException(VzError.INVALID_VALUE, "Recipe " + name + " names no builder");
            }
            Recipe recipe = new Recipe(
                    name,
                    words.getOrDefault("summary", ""),
                    builder.equals("busybox") ? Builder.BUSYBOX : Builder.MMDEBSTRAP,
                    words.getOrDefault("suite", ""),
                    words.getOrDefault("variant", ""),
                    List.copyOf(packages),
                    List.copyOf(nodes.values()),
                    List.copyOf(scripts));
            boolean complete = recipe.builder == Builder.MMDEBSTRAP
                    ? !recipe.suite.isEmpty() && !recipe.variant.isEmpty()
                    : recipe.suite.isEmpty() && recipe.variant.isEmpty() && packages.isEmpty() && scripts.isEmpty();
            if (!complete) {
                throw new VeException(
                        VzError.INVALID_VALUE,
                        "Recipe " + name
                                + ": suite and variant belong to builder mmdebstrap, as do packages and script");
            }
            return recipe;
        }

        void read(String name, int depth) throws IOException {
            if (!TemplateLookup.isName(name) || depth > MAX_DEPTH) {
                throw new VeException(VzError.INVALID_VALUE, "Bad recipe name, or recipes extend each other: " + name);
            }
            Path file = dir.resolve(name);
            List<String> lines;
            try {
                lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            } catch (NoSuchFileException e) {
                // The cause would only say the same again.
                throw new VeException(
                        VzError.OSTEMPLATE_NOT_FOUND,
                        "No recipe " + name + " in " + dir + "; there are: " + String.join(", ", names(dir)));
            }
            for (int i = 0; i < lines.size(); ) {
                String line = lines.get(i);
                int first = i++;
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                StringBuilder block = new StringBuilder();
                int blanks = 0;
                while (i < lines.size()
                        && (lines.get(i).isBlank() || lines.get(i).startsWith(INDENT))) {
                    String text = lines.get(i++);
                    if (text.isBlank()) {
                        // Blank lines count only between indented ones.
                        blanks++;
                        continue;
                    }
                    block.append("\n".repeat(blanks)).append(text, INDENT.length(), text.length());
                    block.append('\n');
                    blanks = 0;
                }
                try {
                    directive(line, block.toString(), depth);
                } catch (IllegalArgumentException e) {
                    throw new VeException(
                            VzError.INVALID_VALUE, file + ", line " + (first + 1) + ": " + e.getMessage(), e);
                }
            }
        }

        private void directive(String line, String block, int depth) throws IOException {
            String[] words = line.strip().split("\\s+");
            switch (RecipeWord.of(words[0])) {
                case SUMMARY -> single(line, words[0], block, depth);
                case SUITE, VARIANT -> {
                    arguments(words, 1, block);
                    single(line, words[0], block, depth);
                }
                case BUILDER -> {
                    arguments(words, 1, block);
                    if (!words[1].equals("mmdebstrap") && !words[1].equals("busybox")) {
                        throw new IllegalArgumentException("unknown builder " + words[1]);
                    }
                    single(line, words[0], block, depth);
                }
                case EXTENDS -> {
                    arguments(words, 1, block);
                    read(words[1], depth + 1);
                }
                case PACKAGES -> {
                    for (String name : list(line, block)) {
                        if (!packages.contains(name)) {
                            packages.add(name);
                        }
                    }
                }
                case MASK -> {
                    for (String unit : list(line, block)) {
                        put(new Link(UNIT_DIR + unit, "/dev/null"));
                    }
                }
                case DIRECTORY -> {
                    arguments(words, 2, block);
                    put(new Directory(words[1], mode(words[2])));
                }
                case SYMLINK -> {
                    arguments(words, 2, block);
                    put(new Link(words[1], words[2]));
                }
                case FILE -> {
                    arguments(words, 2, "");
                    put(new TextFile(words[1], mode(words[2]), block));
                }
                case SCRIPT -> {
                    arguments(words, 0, "");
                    scripts.add(block);
                }
            }
        }

        private void single(String line, String key, String block, int depth) {
            if (!block.isEmpty()) {
                throw new IllegalArgumentException(key + " takes one line");
            }
            // What a recipe says counts more than what it extends says, wherever it does.
            if (depths.getOrDefault(key, MAX_DEPTH) >= depth) {
                depths.put(key, depth);
                words.put(key, line.strip().substring(key.length()).strip());
            }
        }

        private static void arguments(String[] words, int count, String block) {
            if (words.length != count + 1 || !block.isEmpty()) {
                throw new IllegalArgumentException(
                        words[0] + " takes " + count + (count == 1 ? " argument" : " arguments")
                                + (block.isEmpty() ? "" : " and no indented lines"));
            }
        }

        private static List<String> list(String line, String block) {
            String text = line.strip() + " " + block.replace('\n', ' ');
            List<String> names = new ArrayList<>();
            for (String name : text.strip().split("\\s+")) {
                if (!name.matches("[A-Za-z0-9][A-Za-z0-9.+:@_-]*")) {
                    throw new IllegalArgumentException("bad name " + name);
                }
                names.add(name);
            }
            // The first is the directive.
            return names.subList(1, names.size());
        }

        private void put(Node node) {
            String path = node.path();
            if (!path.startsWith("/") || path.endsWith("/") || (path + "/").contains("/../")) {
                throw new IllegalArgumentException("not an absolute path: " + path);
            }
            // Removed first, so that the order is that of the last mention.
            nodes.remove(path);
            nodes.put(path, node);
        }

        private static int mode(String octal) {
            if (!octal.matches("[0-7]{3,4}")) {
                throw new IllegalArgumentException("not an octal mode: " + octal);
            }
            return Integer.parseInt(octal, 8);
        }
    }
}
