package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Completions of the commands, made from the tables that the commands themselves read. */
final class Completions {
    private Completions() {}

    /** Completion of vzctl and vzlist for bash. */
    static String bash() {
        StringBuilder out =
                new StringBuilder("# Completion of vzctl and vzlist for bash, made from their tables.\n_vzctl() {\n");
        out.append("    local cur=${COMP_WORDS[COMP_CWORD]} verb= i=1\n");
        out.append("    while [[ ${COMP_WORDS[i]} == --* && $i -lt $COMP_CWORD ]]; do ((i++)); done\n");
        out.append("    if ((COMP_CWORD == i)); then\n        mapfile -t COMPREPLY < <(compgen -W '");
        out.append(words()).append("' -- \"$cur\")\n        return\n    fi\n");
        out.append("    verb=${COMP_WORDS[i]}\n    if ((COMP_CWORD == i + 1)); then\n");
        out.append(
                "        mapfile -t COMPREPLY < <(compgen -W \"$(vzlist -aHo ctid 2>/dev/null; ls /etc/vz/names 2>/dev/null)\"");
        out.append(" -- \"$cur\")\n        return\n    fi\n    case $verb in\n");
        for (CommandHelp command : CommandHelp.all()) {
            String options = optionWords(command.table());
            if (!options.isEmpty()) {
                out.append("    ").append(String.join(" | ", command.words())).append(")\n");
                out.append("        mapfile -t COMPREPLY < <(compgen -W '").append(options);
                out.append("' -- \"$cur\")\n        ;;\n");
            }
        }
        out.append("    esac\n}\ncomplete -o default -F _vzctl vzctl\n\n_vzlist() {\n");
        out.append("    local cur=${COMP_WORDS[COMP_CWORD]}\n    case ${COMP_WORDS[COMP_CWORD - 1]} in\n");
        out.append(
                        "    -o | --output | -s | --sort)\n        mapfile -t COMPREPLY < <(compgen -P \"${cur%\"${cur##*,}\"}\" -W '")
                .append(fields());
        out.append("' -- \"${cur##*,}\")\n        ;;\n    *)\n        mapfile -t COMPREPLY < <(compgen -W '");
        out.append(optionWords(Options.vzlist())).append("' -- \"$cur\")\n        ;;\n    esac\n}\n");
        return out.append("complete -F _vzlist vzlist\n").toString();
    }

    /** The same for zsh, where one function serves both commands. */
    static String zsh() {
        StringBuilder out = new StringBuilder(
                "#compdef vzctl vzlist\n# Completion of vzctl and vzlist for zsh, made from their tables.\n");
        out.append("if [[ $service == vzlist ]]; then\n    case ${words[CURRENT - 1]} in\n");
        out.append("    -o|--output|-s|--sort) compset -P '*,'; compset -P '-'; compadd -- ")
                .append(fields());
        out.append(" ;;\n    *) compadd -- ")
                .append(optionWords(Options.vzlist()))
                .append(" ;;\n    esac\n    return\nfi\n");
        out.append("local i=2\nwhile [[ ${words[i]} == --* && $i -lt $CURRENT ]]; do ((i++)); done\n");
        out.append("if ((CURRENT == i)); then\n    compadd -- ").append(words()).append("\n    return\nfi\n");
        out.append(
                "if ((CURRENT == i + 1)); then\n    compadd -- $(vzlist -aHo ctid 2>/dev/null; ls /etc/vz/names 2>/dev/null)\n");
        out.append("    return\nfi\ncase ${words[i]} in\n");
        for (CommandHelp command : CommandHelp.all()) {
            String options = optionWords(command.table());
            if (!options.isEmpty()) {
                out.append(String.join("|", command.words()))
                        .append(") compadd -- ")
                        .append(options)
                        .append(" ;;\n");
            }
        }
        return out.append("*) _files ;;\nesac\n").toString();
    }

    private static String words() {
        List<String> words = new ArrayList<>();
        CommandHelp.all().forEach(command -> words.addAll(command.words()));
        words.addAll(List.of("--quiet", "--verbose", "--skiplock", "--version", "--help"));
        return String.join(" ", words);
    }

    private static String optionWords(OptionTable table) {
        TreeSet<String> words = new TreeSet<>();
        table.options().forEach(option -> words.add("--" + option.name()));
        table.more().forEach(option -> words.add("--" + option.name()));
        return String.join(" ", words);
    }

    private static String fields() {
        StringBuilder names = new StringBuilder();
        for (Field field : Field.all()) {
            names.append(names.length() == 0 ? "" : " ").append(field.name());
        }
        return names.toString();
    }
}
