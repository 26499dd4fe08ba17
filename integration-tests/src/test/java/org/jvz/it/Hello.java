package org.jvz.it;

import java.nio.file.Path;
import java.util.List;

/** The least a JVM can do; what commands are measured against. */
public final class Hello {
    private Hello() {}

    public static void main(String[] args) {
        System.out.println("hello");
    }

    /** Has the JVM of the tests do it in a process. */
    static Outcome run() throws Exception {
        Path classes = Path.of(
                Hello.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        return new VzctlProcess(java, List.of("-cp", classes.toString(), Hello.class.getName()))
                .run()
                .exits(0);
    }
}
