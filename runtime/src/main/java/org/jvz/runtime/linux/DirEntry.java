package org.jvz.runtime.linux;

/**
 * An entry of a directory, never {@code .} or {@code ..}.
 *
 * @param name as the kernel has it; bytes that are not UTF-8 survive a round trip
 * @param type one of {@code FileStat.S_IF*}, or 0 where the file system does not tell
 * @param ino inode number
 */
public record DirEntry(String name, int type, long ino) {
    public boolean isDirectory() {
        return type == FileStat.S_IFDIR;
    }
}
