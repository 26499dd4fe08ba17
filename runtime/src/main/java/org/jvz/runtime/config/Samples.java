package org.jvz.runtime.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples {@code /etc/vz/conf/ve-NAME.conf-sample} that VEs are configured from, and the files that jvz brings along:
 * these samples, vz.conf and 0.conf.
 */
public final class Samples {

    private static final String PREFIX = "ve-";
    private static final String SUFFIX = ".conf-sample";

    private Samples() {}

    /** The samples that jvz brings along, by name. */
    public static List<String> shipped() {
        return List.of("basic", "light", "vswap-256m", "vswap-512m", "vswap-1g", "vswap-1024m", "vswap-2g", "vswap-4g");
    }

    /** The place of a sample; null if the name has a slash or zero byte in it or is empty, so that there can be none. */
    public static @Nullable Path path(HostPaths paths, String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            return null;
        }
        return paths.confDir().resolve(PREFIX + name + SUFFIX);
    }

    /**
     * Configures a new VE from a sample: all the sample's lines, and ORIGIN_SAMPLE. DISKSPACE and DISKINODES are written
     * as whole numbers, because readers of CTID.conf expect that. Settings that only a VE can have, such as a name or a
     * range of ids, are left out.
     *
     * @param sample the sample's file
     * @param name the sample's name
     */
    public static VeConf configure(VzConf global, CtId id, ConfFile sample, String name) {
        ConfFile file = sample.at(global.paths().conf(id));
        for (String key : sample.keys()) {
            if (isNeverSampled(key)) {
                file = file.without(key);
            }
        }
        for (ConfKey<DiskLimit> key : List.of(ConfKey.DISKSPACE, ConfKey.DISKINODES)) {
            @Nullable String text = file.get(key.name());
            @Nullable DiskLimit limit = text == null ? null : key.parseOrNull(text);
            if (limit != null) {
                file = file.with(key.name(), limit.toString());
            }
        }
        return VeConf.of(global, id, file.with("ORIGIN_SAMPLE", name));
    }

    /**
     * {@code --applyconfig}: the VE's configuration with every key of the sample set as there, except those that make
     * the VE what it is: host name, addresses, template, directories, description, name, layout, ids.
     *
     * @param sample the sample's file
     * @param name the sample's name
     */
    public static VeConf apply(VeConf conf, ConfFile sample, String name) {
        VeConf merged = conf;
        for (String key : sample.keys()) {
            @Nullable String value = sample.get(key);
            if (value != null && !isKeptByApply(key)) {
                merged = merged.withText(key, value.replace('\n', ' ').replace('\r', ' '));
            }
        }
        return merged.withText("ORIGIN_SAMPLE", name);
    }

    private static boolean isKeptByApply(String key) {
        return switch (key) {
            case "HOSTNAME", "IP_ADDRESS", "OSTEMPLATE", "VE_ROOT", "VE_PRIVATE", "DESCRIPTION", "VE_LAYOUT" -> true;
            default -> isNeverSampled(key);
        };
    }

    private static boolean isNeverSampled(String key) {
        return switch (key) {
            case "NAME", "VEID", "LOCAL_UID", "LOCAL_GID", "TEMPLATE_DIGEST", "ORIGIN_SAMPLE" -> true;
            default -> false;
        };
    }

    /**
     * Writes the files that jvz brings along, except those that exist. Below a prefix, the paths in vz.conf lie below it
     * too.
     *
     * @return the files that were written
     */
    public static List<Path> install(HostPaths paths) throws IOException {
        Files.createDirectories(paths.confDir());
        Files.createDirectories(paths.namesDir());
        List<Path> written = new ArrayList<>();
        if (!Files.exists(paths.vzConf())) {
            moved(shippedFile(paths.vzConf(), "vz.conf"), paths).save();
            written.add(paths.vzConf());
        }
        Path host = paths.conf(new CtId(0));
        if (!Files.exists(host)) {
            shippedFile(host, "conf/0.conf").save();
            written.add(host);
        }
        for (String name : shipped()) {
            Path sample = paths.confDir().resolve(PREFIX + name + SUFFIX);
            if (!Files.exists(sample)) {
                shippedFile(sample, "conf/" + sample.getFileName()).save();
                written.add(sample);
            }
        }
        return written;
    }

    private static ConfFile moved(ConfFile file, HostPaths paths) {
        if (!paths.isPrefixed()) {
            return file;
        }
        ConfFile moved = file;
        for (String key : file.keys()) {
            @Nullable String value = file.get(key);
            if (value != null && value.startsWith("/")) {
                moved = moved.with(key, paths.prefix() + value);
            }
        }
        return moved;
    }

    /** A file that jvz brings along, to be saved to a path. */
    static ConfFile shippedFile(Path path, String resource) throws IOException {
        try (@Nullable InputStream in = Samples.class.getResourceAsStream("etc/vz/" + resource)) {
            if (in == null) {
                throw new IOException("Not in the jar: " + resource);
            }
            return ConfFile.parse(path, in.readAllBytes());
        }
    }
}
