package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.DeviceNode;
import org.jvz.runtime.config.DeviceRule;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.rootfs.DeviceFile;

/**
 * The devices that a VE is given beyond those of every VE. Kept in the state of a running VE, for what it was given without
 * {@code --save} is in no configuration.
 *
 * @param rules by number
 * @param nodes by name; each a device of this host
 */
record GivenDevices(List<DeviceRule> rules, List<DeviceNode> nodes) {
    private static final char SEPARATOR = '|';

    GivenDevices {
        rules = List.copyOf(rules);
        nodes = List.copyOf(nodes);
    }

    /** Those of a configuration: of DEVICES, of DEVNODES, and of the features that are devices. */
    static GivenDevices of(VeConf conf) throws BadConfException {
        List<DeviceNode> nodes = new ArrayList<>(Features.devices(conf));
        for (DeviceNode node : conf.get(ConfKey.DEVNODES).orElse(List.of())) {
            put(nodes, node);
        }
        return new GivenDevices(conf.get(ConfKey.DEVICES).orElse(List.of()), nodes);
    }

    /** The inverse of {@link #toString()}. */
    static GivenDevices parse(String text) {
        int end = text.indexOf(SEPARATOR);
        List<DeviceRule> rules = new ArrayList<>();
        List<DeviceNode> nodes = new ArrayList<>();
        if (end >= 0) {
            for (String word : text.substring(0, end).split(" ", -1)) {
                if (!word.isEmpty()) {
                    rules.add(DeviceRule.parse(word));
                }
            }
            for (String word : text.substring(end + 1).split(" ", -1)) {
                if (!word.isEmpty()) {
                    nodes.add(DeviceNode.parse(word));
                }
            }
        }
        return new GivenDevices(rules, nodes);
    }

    /** These after a change of the configuration. */
    GivenDevices after(EditResult result) throws BadConfException {
        List<DeviceRule> changedRules = new ArrayList<>(rules);
        changedRules.removeAll(result.removed(ConfKey.DEVICES));
        for (DeviceRule rule : result.added(ConfKey.DEVICES)) {
            changedRules.removeIf(rule::sameDevice);
            changedRules.add(rule);
        }
        List<DeviceNode> changedNodes = new ArrayList<>(nodes);
        changedNodes.removeAll(result.removed(ConfKey.DEVNODES));
        for (DeviceNode node : result.added(ConfKey.DEVNODES)) {
            put(changedNodes, node);
        }
        return new GivenDevices(changedRules, changedNodes);
    }

    private static void put(List<DeviceNode> nodes, DeviceNode node) {
        nodes.removeIf(other -> other.name().equals(node.name()));
        nodes.add(node);
    }

    /** These without the nodes that the host has not, or no VE may have. */
    GivenDevices present(Linux linux) {
        List<DeviceNode> rest = new ArrayList<>(nodes);
        rest.removeIf(node -> !whyNot(linux, node).isEmpty());
        return rest.size() == nodes.size() ? this : new GivenDevices(rules, rest);
    }

    /** Why no VE can have a node, in words; empty if one can. */
    static String whyNot(Linux linux, DeviceNode node) {
        try {
            file(linux, node);
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    boolean isEmpty() {
        return rules.isEmpty() && nodes.isEmpty();
    }

    /**
     * The node of a name, as the host has it.
     *
     * @throws IOException in words, if there is none or no VE may have it
     */
    private static DeviceFile file(Linux linux, DeviceNode node) throws IOException {
        @Nullable DeviceFile file = DeviceFile.named(linux, node.name());
        if (file == null) {
            throw new IOException("Incorrect device name /dev/" + node.name() + ": there is none on this host");
        }
        try {
            file.rule(node.access());
        } catch (IllegalArgumentException e) {
            throw new IOException("/dev/" + node.name() + ": " + e.getMessage(), e);
        }
        return file;
    }

    /** What may be opened; a name counts more than a number. */
    List<DeviceRule> allRules(Linux linux) throws IOException {
        List<DeviceRule> all = new ArrayList<>(rules);
        for (DeviceNode node : nodes) {
            all.add(file(linux, node).rule(node.access()));
        }
        return all;
    }

    /** What there is to see in {@code /dev}: everything that may be opened at all. */
    List<DeviceFile> files(Linux linux) throws IOException {
        List<DeviceFile> files = new ArrayList<>();
        for (DeviceRule rule : rules) {
            if (rule.access().read() || rule.access().write()) {
                for (DeviceFile file : DeviceFile.numbered(linux, rule)) {
                    put(files, file);
                }
            }
        }
        for (DeviceNode node : nodes) {
            files.removeIf(other -> other.name().equals(node.name()));
            if (node.access().read() || node.access().write()) {
                put(files, file(linux, node));
            }
        }
        return files;
    }

    private static void put(List<DeviceFile> files, DeviceFile file) {
        files.removeIf(other -> other.name().equals(file.name()));
        if (!DeviceFile.isOfEveryVe(file.name())) {
            files.add(file);
        }
    }

    /** Rules and nodes as their options show them, joined by blanks, with a {@code |} between; empty for none. */
    @Override
    public String toString() {
        if (isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (DeviceRule rule : rules) {
            text.append(text.length() == 0 ? "" : " ").append(rule);
        }
        text.append(SEPARATOR);
        boolean first = true;
        for (DeviceNode node : nodes) {
            text.append(first ? "" : " ").append(node);
            first = false;
        }
        return text.toString();
    }
}
