package org.jvz.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A shell that does pieces of work when told, on the host or in a VE: starting it is no part of what is measured. */
final class PairedShell implements AutoCloseable {
    private final Process command;
    private final OutputStream in;
    private final BufferedReader out;
    private final long pid;

    /**
     * @param words what starts a shell that reads its script from standard input
     */
    PairedShell(List<String> words, Path directory) throws IOException {
        command = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        in = command.getOutputStream();
        out = new BufferedReader(new InputStreamReader(command.getInputStream(), StandardCharsets.UTF_8));
        say("readlink /proc/self");
        out.readLine();
        // The shell itself: the only process that reads our end of the pipe, or that the command has become.
        pid = pid(command.toHandle());
    }

    private static long pid(ProcessHandle handle) {
        return handle.children().findFirst().map(PairedShell::pid).orElse(handle.pid());
    }

    private void say(String line) throws IOException {
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** Has the shell do the work and waits for it. Returns nanoseconds. */
    long time(String work) throws IOException {
        long began = System.nanoTime();
        say(work + "; echo done");
        String answer = out.readLine();
        long nanos = System.nanoTime() - began;
        if (!"done".equals(answer)) {
            throw new IOException("the shell says " + answer + " to " + work);
        }
        return nanos;
    }

    /** CPU time of the shell and of what it has waited for, in ticks of 10 ms; proc(5), utime to cstime. */
    long ticks() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long sum = 0;
        for (int i = 11; i <= 14; i++) {
            sum += Long.parseLong(fields[i]);
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        in.close();
        command.onExit().join();
    }
}
