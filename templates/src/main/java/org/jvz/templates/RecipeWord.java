package org.jvz.templates;

import java.util.Locale;

/** The words a line of a recipe may begin with, in the order of the manual. */
public enum RecipeWord {
    SUMMARY("TEXT", "One line for people."),
    BUILDER("mmdebstrap|busybox", "What makes the tree: mmdebstrap(1), from Debian packages, or one static busybox."),
    SUITE("NAME", "The Debian release, for mmdebstrap."),
    VARIANT("NAME", "mmdebstrap's variant."),
    EXTENDS("RECIPE", "Another recipe, which comes first. What a recipe says itself counts more."),
    PACKAGES("NAME...", "Debian packages, here or on indented lines; for mmdebstrap."),
    MASK("UNIT...", "systemd units that are not to be started, here or on indented lines."),
    DIRECTORY("PATH MODE", "A directory; MODE is octal."),
    SYMLINK("PATH TARGET", "A symbolic link."),
    FILE("PATH MODE", "A file, its contents on the indented lines. A later one of the same path replaces it."),
    SCRIPT(
            "",
            "Shell commands on the indented lines, run with the template's root in $root when all else is there; for mmdebstrap.");

    private final String form;
    private final String help;

    RecipeWord(String form, String help) {
        this.form = form;
        this.help = help;
    }

    /**
     * The word as a line has it.
     *
     * @throws IllegalArgumentException if there is none such
     */
    static RecipeWord of(String text) {
        for (RecipeWord each : values()) {
            if (each.word().equals(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException("unknown word " + text);
    }

    /** How it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What stands behind it; may be empty. */
    public String form() {
        return form;
    }

    /** What it is for: sentences. */
    public String help() {
        return help;
    }
}
