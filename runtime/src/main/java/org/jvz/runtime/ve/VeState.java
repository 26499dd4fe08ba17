package org.jvz.runtime.ve;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.FileBytes;

/**
 * What is known of a started VE, kept in {@code /run/jvz/<CTID>.json}. A reader believes it only while {@link
 * #initAlive}: a pid may be reused, and the file outlives a crash of the host's programs.
 *
 * @param initPid host pid of the VE's init
 * @param initStart when that process started, clock ticks since boot; tells it from a later one with its pid
 * @param idBase host id of the VE's root, 0 for a privileged VE
 * @param root where its root file system is mounted on the host
 * @param settings what the VE has been given of settings that later commands have to know, by a word of the part's own;
 *     it may differ from the configuration after a change that was not saved
 */
record VeState(int initPid, long initStart, long idBase, String root, Map<String, String> settings) {
    VeState {
        settings = new TreeMap<>(settings);
    }

    VeState(int initPid, long initStart, long idBase, String root) {
        this(initPid, initStart, idBase, root, Map.of());
    }

    /** The same VE with other settings. */
    VeState with(Map<String, String> changed) {
        return new VeState(initPid, initStart, idBase, root, changed);
    }

    /** Loaded when JSON is written, or read in another form than ours: {@code status} does neither. */
    private static final class Json {
        static final JsonFactory FACTORY = new JsonFactory();
    }

    /** Reads a state file, or null if there is none. A broken one (never written by us) is an error naming it. */
    static @Nullable VeState read(Path file) throws IOException {
        byte[] text;
        try {
            text = FileBytes.read(file);
        } catch (NoSuchFileException none) {
            return null;
        }
        VeState own = ownForm(new String(text, StandardCharsets.UTF_8));
        return own == null ? parse(file, text) : own;
    }

    /** Reads the text exactly as {@link #write} makes it, where nothing in it is escaped; null for any other JSON. */
    private static @Nullable VeState ownForm(String text) {
        String[] before = {"{\"initPid\":", ",\"initStart\":", ",\"idBase\":", ",\"root\":\""};
        long[] numbers = new long[3];
        int at = 0;
        for (int i = 0; i < before.length; i++) {
            if (!text.startsWith(before[i], at)) {
                return null;
            }
            at += before[i].length();
            if (i < numbers.length) {
                int digits = at;
                while (at < text.length() && at - digits < 18 && Character.isDigit(text.charAt(at))) {
                    numbers[i] = numbers[i] * 10 + (text.charAt(at++) - '0');
                }
                if (at == digits) {
                    return null;
                }
            }
        }
        int end = text.indexOf('"', at);
        Map<String, String> settings = new TreeMap<>();
        return numbers[0] <= Integer.MAX_VALUE
                        && text.indexOf('\\', at) < 0
                        && end >= 0
                        && ownSettings(text, end + 1, settings)
                ? new VeState((int) numbers[0], numbers[1], numbers[2], text.substring(at, end), settings)
                : null;
    }

    /** Reads the rest of the text, {@code ,"settings":{"a":"b","c":"d"}}}; whether it is that. */
    private static boolean ownSettings(String text, int from, Map<String, String> into) {
        String before = ",\"settings\":{";
        if (!text.startsWith(before, from)) {
            return text.startsWith("}", from) && text.length() == from + 1;
        }
        int at = from + before.length();
        while (text.startsWith("\"", at)) {
            int middle = text.indexOf("\":\"", at + 1);
            int end = middle < 0 ? -1 : text.indexOf('"', middle + 3);
            if (end < 0) {
                return false;
            }
            into.put(text.substring(at + 1, middle), text.substring(middle + 3, end));
            at = text.startsWith(",", end + 1) ? end + 2 : end + 1;
        }
        return text.startsWith("}}", at) && text.length() == at + 2;
    }

    private static VeState parse(Path file, byte[] text) throws IOException {
        int pid = 0;
        long start = 0;
        long base = 0;
        String root = "";
        Map<String, String> settings = new TreeMap<>();
        try (JsonParser parser = Json.FACTORY.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    parser.nextToken();
                    switch (field) {
                        case "initPid" -> pid = parser.getIntValue();
                        case "initStart" -> start = parser.getLongValue();
                        case "idBase" -> base = parser.getLongValue();
                        case "root" -> root = parser.getText();
                        case "settings" -> {
                            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                                String name = parser.currentName();
                                parser.nextToken();
                                settings.put(name, parser.getText());
                            }
                        }
                        default -> parser.skipChildren();
                    }
                }
            }
        } catch (IOException e) {
            throw new IOException("state file " + file + " is broken; remove it if the VE does not run", e);
        }
        return new VeState(pid, start, base, root, settings);
    }

    /** Writes the file whole or not at all. */
    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (JsonGenerator json = Json.FACTORY.createGenerator(temporary.toFile(), JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeNumberField("initPid", initPid);
            json.writeNumberField("initStart", initStart);
            json.writeNumberField("idBase", idBase);
            json.writeStringField("root", root);
            json.writeObjectFieldStart("settings");
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                json.writeStringField(setting.getKey(), setting.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether the init this file speaks of is still that process, and alive. */
    boolean initAlive() {
        ProcStat stat = ProcStat.read(initPid);
        return stat != null && stat.alive() && stat.startTicks() == initStart;
    }
}
