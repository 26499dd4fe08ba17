package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A VE of the template {@code tiny} for a test: made and started with the installed commands, stopped and destroyed with them. */
final class TestVe {
    private final TestHost host;
    private final int id;

    private TestVe(TestHost host, int id) {
        this.host = host;
        this.id = id;
    }

    /** Makes and starts one with these options of {@code create}. */
    static TestVe started(TestHost host, String... options) throws IOException, InterruptedException {
        TestVe ve = new TestVe(host, host.newId());
        List<Object> words = new ArrayList<>(List.of("create", ve.id, "--ostemplate", "tiny"));
        words.addAll(List.of(options));
        host.vzctl(words.toArray()).run().exits(0);
        ve.start();
        return ve;
    }

    /** One that is there. */
    static TestVe of(TestHost host, int id) {
        return new TestVe(host, id);
    }

    int id() {
        return id;
    }

    void start() throws IOException, InterruptedException {
        host.vzctl("start", id, "--wait").run().exits(0);
    }

    /** A restart from outside, as an administrator does it. */
    void restart() throws IOException, InterruptedException {
        host.vzctl("restart", id, "--wait").run().exits(0);
    }

    Outcome set(String... options) throws IOException, InterruptedException {
        List<Object> words = new ArrayList<>(List.of("set", id));
        words.addAll(List.of(options));
        return host.vzctl(words.toArray()).run();
    }

    /** Gives the line to the VE's shell and waits for its end. */
    Outcome run(String line) throws IOException, InterruptedException {
        return host.vzctl("exec2", id, line).run();
    }

    /** Leaves a script running in the VE; it has no part in the VE's console. */
    void leaveRunning(String script) throws IOException, InterruptedException {
        host.vzctl("exec", id, "-")
                .input("(\n" + script + "\n) </dev/null >/dev/null 2>&1 &\n")
                .run()
                .exits(0);
    }

    VeCgroups cgroups() {
        return new VeCgroups(host, id);
    }

    /** The VE's configuration as it lies on disk. */
    String conf() throws IOException {
        return Files.readString(confFile());
    }

    private Path confFile() {
        return host.path("etc/vz/conf", id + ".conf");
    }

    /** Stops the VE the slow way, by its init, whatever is going on inside, and destroys it. */
    void end() throws IOException, InterruptedException {
        host.vzctl("stop", id).run().exits(0);
        destroy();
    }

    /** Ends a VE whose end is not what is tested. */
    void destroyFast() throws IOException, InterruptedException {
        host.vzctl("stop", id, "--fast").run().exits(0);
        destroy();
    }

    /** Stops the VE and leaves it there. */
    void stop() throws IOException, InterruptedException {
        host.vzctl("stop", id).run().exits(0);
    }

    void destroy() throws IOException, InterruptedException {
        host.vzctl("destroy", id).run().exits(0);
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }
}
