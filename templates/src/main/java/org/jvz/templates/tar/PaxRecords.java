package org.jvz.templates.tar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.PathBytes;

/**
 * Records of pax extended headers ({@code "LENGTH KEY=VALUE\n"}), values kept as bytes. Later records win, an empty value
 * takes a record back; sparse map records of GNU format 0.0 repeat and keep their order.
 */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";

    private final Map<String, byte[]> records;
    private final List<Long> sparseMap = new ArrayList<>();

    private PaxRecords(Map<String, byte[]> records) {
        this.records = records;
    }

    static PaxRecords none() {
        return new PaxRecords(new LinkedHashMap<>());
    }

    /** A copy to which the records of one entry are added, so that global ones outlive it. */
    PaxRecords forEntry() {
        return new PaxRecords(new LinkedHashMap<>(records));
    }

    /** Adds the records of one extended header. */
    void add(byte[] data) throws ArchiveException {
        int at = 0;
        while (at < data.length) {
            if (data[at] == 0) {
                // Some writers pad with zeros inside the declared size; nothing may follow.
                requireZeros(data, at);
                return;
            }
            int digits = at;
            long length = 0;
            while (digits < data.length && data[digits] >= '0' && data[digits] <= '9' && length < data.length) {
                length = length * 10 + data[digits++] - '0';
            }
            long end = at + length;
            if (digits == at || digits >= data.length || data[digits] != ' ' || end > data.length) {
                throw new ArchiveException("malformed pax header: bad record length");
            }
            int from = digits + 1;
            int to = (int) end - 1;
            if (to <= from || data[to] != '\n') {
                throw new ArchiveException("malformed pax header: record does not end with a newline");
            }
            int equals = from;
            while (equals < to && data[equals] != '=') {
                equals++;
            }
            if (equals == to || equals == from) {
                throw new ArchiveException("malformed pax header: record without a key");
            }
            put(
                    new String(data, from, equals - from, StandardCharsets.UTF_8),
                    java.util.Arrays.copyOfRange(data, equals + 1, to));
            at = (int) end;
        }
    }

    private static void requireZeros(byte[] data, int from) throws ArchiveException {
        for (int i = from; i < data.length; i++) {
            if (data[i] != 0) {
                throw new ArchiveException("malformed pax header: data after its end");
            }
        }
    }

    private void put(String key, byte[] value) throws ArchiveException {
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            boolean offset = key.equals("GNU.sparse.offset");
            if (offset != (sparseMap.size() % 2 == 0)) {
                throw new ArchiveException("malformed pax header: sparse offsets and lengths do not alternate");
            }
            sparseMap.add(decimal(key, value));
        } else if (value.length == 0 && !key.startsWith(XATTR)) {
            records.remove(key);
        } else {
            // Removed first, so that the order is that of the last mention.
            records.remove(key);
            records.put(key, value);
        }
    }

    /** A text value, or null. */
    @Nullable
    String text(String key) {
        byte @Nullable [] value = records.get(key);
        return value == null ? null : PathBytes.decode(value, 0, value.length);
    }

    /** A number, or {@code otherwise}. */
    long number(String key, long otherwise) throws ArchiveException {
        byte @Nullable [] value = records.get(key);
        return value == null ? otherwise : decimal(key, value);
    }

    boolean has(String key) {
        return records.containsKey(key);
    }

    /** Whether any key starts so. */
    boolean hasPrefix(String prefix) {
        for (String key : records.keySet()) {
            if (key.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** Offsets and lengths of GNU sparse format 0.0 or 0.1; empty if there are none. */
    List<Long> sparseMap() throws ArchiveException {
        @Nullable String map = text("GNU.sparse.map");
        if (map == null) {
            return sparseMap;
        }
        List<Long> numbers = new ArrayList<>();
        for (int at = 0; at <= map.length(); ) {
            int comma = map.indexOf(',', at);
            int end = comma < 0 ? map.length() : comma;
            numbers.add(decimal("GNU.sparse.map", map.substring(at, end).getBytes(StandardCharsets.ISO_8859_1)));
            at = end + 1;
        }
        return numbers;
    }

    /** Extended attributes by name. */
    Map<String, byte[]> xattrs() {
        Map<String, byte[]> xattrs = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            if (record.getKey().startsWith(XATTR)) {
                xattrs.put(record.getKey().substring(XATTR.length()), record.getValue());
            }
        }
        return xattrs;
    }

    private static long decimal(String key, byte[] value) throws ArchiveException {
        long number = 0;
        for (byte digit : value) {
            if (digit < '0' || digit > '9' || number > (Long.MAX_VALUE - 9) / 10) {
                throw badNumber(key);
            }
            number = number * 10 + digit - '0';
        }
        if (value.length == 0) {
            throw badNumber(key);
        }
        return number;
    }

    /** Whole seconds and nanoseconds of a time such as {@code -1.25}, rounded down; null if the key is absent. */
    long @Nullable [] time(String key) throws ArchiveException {
        @Nullable String text = text(key);
        if (text == null) {
            return null;
        }
        boolean negative = text.startsWith("-");
        int dot = text.indexOf('.');
        String whole = text.substring(negative ? 1 : 0, dot < 0 ? text.length() : dot);
        long seconds = decimal(key, whole.getBytes(StandardCharsets.ISO_8859_1));
        int nanos = 0;
        if (dot >= 0) {
            String fraction = text.substring(dot + 1);
            for (int i = 0; i < fraction.length(); i++) {
                if (fraction.charAt(i) < '0' || fraction.charAt(i) > '9') {
                    throw badNumber(key);
                }
            }
            for (int i = 0; i < 9; i++) {
                nanos = nanos * 10 + (i < fraction.length() ? fraction.charAt(i) - '0' : 0);
            }
        }
        if (negative && nanos > 0) {
            return new long[] {-seconds - 1, 1_000_000_000 - nanos};
        }
        return new long[] {negative ? -seconds : seconds, nanos};
    }

    private static ArchiveException badNumber(String key) {
        return new ArchiveException("malformed pax header: " + ArchiveException.shown(key) + " is not a number");
    }
}
