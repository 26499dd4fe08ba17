package org.jvz.runtime.linux.spawn;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * {@code /proc/PID/oom_score_adj} (proc_pid_oom_score_adj(5)) of a child.
 *
 * <p>What is written for one process the kernel gives to all that have its memory. A child of the {@link Spawner} has ours to its execve, and a
 * moment longer: the word that says it has left is cleared before the kernel takes the memory away (mm_release() and exec_mmap() in Linux).
 */
public final class OomScore {
    private static final Path OWN = Path.of("/proc/self/oom_score_adj");
    /** That moment is some microseconds; a whole second only if a processor is taken away in it. */
    private static final int TRIES = 1000;

    private OomScore() {}

    /**
     * Sets the child's and leaves our own.
     *
     * @param score -1000 (never killed) to 1000
     * @return the same
     * @throws IOException if it cannot be written (a lower one than before needs CAP_SYS_RESOURCE), or the child keeps our memory for a second
     */
    public static int ofChild(int pid, int score) throws IOException {
        Path child = Path.of("/proc/" + pid + "/oom_score_adj");
        String own = Files.readString(OWN);
        for (int tries = 0; tries < TRIES; tries++) {
            write(child, score + "\n");
            if (Files.readString(OWN).equals(own)) {
                return score;
            }
            write(OWN, own);
            pause();
        }
        throw new IOException("process " + pid + " has not got memory of its own yet");
    }

    private static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while a child leaves our memory");
        }
    }
}
