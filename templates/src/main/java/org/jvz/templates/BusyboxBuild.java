package org.jvz.templates;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** Makes a template of the host's static busybox, one link per applet, and a recipe's files: no network, no chroot. */
final class BusyboxBuild {
    private static final String BUSYBOX = "/bin/busybox";
    private static final int PT_INTERP = 3;

    private final Map<String, String> environment;

    BusyboxBuild(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Writes the template's tar archive to {@code out}. Equal busybox and recipe give equal bytes. */
    void run(Recipe recipe, OutputStream out, TemplateEvents events) throws IOException {
        @Nullable Path busybox = HostCommand.find("busybox", environment.getOrDefault("PATH", "") + ":/bin:/usr/bin");
        byte @Nullable [] program = busybox == null ? null : Files.readAllBytes(busybox);
        if (busybox == null || program == null || !isStatic(program)) {
            throw new VeException(
                    VzError.RESOURCE,
                    "Recipe " + recipe.name() + " needs a static busybox: install the package busybox-static");
        }
        long time = BuildTemplate.sourceDate(
                environment, Files.getLastModifiedTime(busybox).toInstant().getEpochSecond());
        try (TarBuilder tar = new TarBuilder(out, time, true)) {
            tar.add(recipe.nodes());
            tar.file(BUSYBOX, 0755, program);
            for (String applet : applets(busybox, events)) {
                String path = "/" + applet;
                // A recipe's own file wins over an applet; busybox itself and its initrd name are no applets.
                if (!tar.has(path) && !path.equals("/linuxrc")) {
                    tar.symlink(path, upFrom(path) + BUSYBOX.substring(1));
                }
            }
        }
    }

    /** The way from where {@code path} lies to the root: a relative link is right wherever the tree lies. */
    private static String upFrom(String path) {
        return "../".repeat((int) path.chars().filter(c -> c == '/').count() - 1);
    }

    private Set<String> applets(Path busybox, TemplateEvents events) throws IOException {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        int status = HostCommand.run(
                List.of(busybox.toString(), "--list-full"), environment, events, in -> in.transferTo(list));
        Set<String> applets = new TreeSet<>();
        for (String applet : list.toString(StandardCharsets.UTF_8).split("\n")) {
            if (!applet.isEmpty()) {
                applets.add(applet);
            }
        }
        if (status != 0 || !applets.contains("sbin/init") || !applets.contains("bin/sh")) {
            throw new VeException(VzError.RESOURCE, busybox + " has no applets init and sh");
        }
        return applets;
    }

    /** Whether an ELF program needs no dynamic linker: it has no PT_INTERP segment, elf(5). */
    static boolean isStatic(byte[] elf) {
        if (elf.length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F') {
            return false;
        }
        boolean wide = elf[4] == 2;
        ByteBuffer header = ByteBuffer.wrap(elf).order(elf[5] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long table = wide ? header.getLong(32) : header.getInt(28);
        int size = header.getShort(wide ? 54 : 42) & 0xffff;
        int count = header.getShort(wide ? 56 : 44) & 0xffff;
        for (int i = 0; i < count; i++) {
            long at = table + (long) i * size;
            if (at < 0 || at + 4 > elf.length || header.getInt((int) at) == PT_INTERP) {
                return false;
            }
        }
        return true;
    }
}
