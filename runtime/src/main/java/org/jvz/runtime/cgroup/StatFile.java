package org.jvz.runtime.cgroup;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * The content of one small file of numbers at a time. Made once and loaded often: a list of 200 VEs reads 3,000 files, so
 * nothing is turned into strings.
 */
final class StatFile {
    private byte[] bytes;
    private int size;

    StatFile() {
        bytes = new byte[8192];
    }

    /** A content that has been read already. */
    StatFile(byte[] content) {
        bytes = content;
        size = content.length;
    }

    /** Reads the file. Returns false, and holds nothing, if there is none that can be read. */
    boolean load(String path) {
        size = 0;
        try (FileInputStream in = new FileInputStream(path)) {
            for (int n; (n = in.read(bytes, size, bytes.length - size)) > 0; ) {
                size += n;
                if (size == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * size);
                }
            }
            return true;
        } catch (IOException gone) {
            // A VE that stops takes its cgroup along at any moment (ENOENT, ENODEV).
            size = 0;
            return false;
        }
    }

    /** The number in a file that holds one; {@code absent} if it holds none. */
    long number(long absent) {
        return size > 0 && isDigit(bytes[0]) ? numberAt(0) : absent;
    }

    /** The number behind a name at the start of a line ({@code name 5}); 0 if there is none. */
    long field(String name) {
        int line = line(name);
        return line < 0 ? 0 : numberAt(line + name.length() + 1);
    }

    /** Whether a line starts with the name and a blank. */
    boolean has(String name) {
        return line(name) >= 0;
    }

    /** Where the line is that starts with the name and a blank, or -1. */
    int line(String name) {
        for (int line = 0; line < size; line = next(line)) {
            int end = line + name.length();
            if (end < size && bytes[end] == ' ' && startsWith(line, name)) {
                return line;
            }
        }
        return -1;
    }

    /** The number right behind {@code mark} in the line that begins at {@code line}; 0 if there is none. */
    long numberBehind(int line, String mark) {
        int at = behind(line, mark);
        return at < 0 ? 0 : numberAt(at);
    }

    /** As {@link #numberBehind} for a number with two digits behind the point, times 100: {@code 12.34} is 1234. */
    long hundredthsBehind(int line, String mark) {
        int at = behind(line, mark);
        if (at < 0) {
            return 0;
        }
        int point = at;
        while (point < size && isDigit(bytes[point])) {
            point++;
        }
        return numberAt(at) * 100 + (point + 2 < size && bytes[point] == '.' ? numberAt(point + 1) : 0);
    }

    private int behind(int line, String mark) {
        int end = next(line);
        for (int i = line; i + mark.length() < end; i++) {
            if (bytes[i] == mark.charAt(0) && startsWith(i, mark)) {
                return i + mark.length();
            }
        }
        return -1;
    }

    /** The sum of the numbers right behind {@code mark}, wherever in the file: {@code " rbytes="}. */
    long sumBehind(String mark) {
        long sum = 0;
        for (int i = 0; i + mark.length() < size; i++) {
            if (bytes[i] == mark.charAt(0) && startsWith(i, mark)) {
                sum += numberAt(i + mark.length());
            }
        }
        return sum;
    }

    private int next(int line) {
        int i = line;
        while (i < size && bytes[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    private boolean startsWith(int from, String name) {
        for (int i = 0; i < name.length(); i++) {
            if (from + i >= size || bytes[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private long numberAt(int from) {
        long number = 0;
        for (int i = from; i < size && isDigit(bytes[i]); i++) {
            number = number * 10 + (bytes[i] - '0');
        }
        return number;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }
}
