package org.jvz.templates;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;

/** The real kernel, with somebody else in the tree: acts once, right after a directory of a given name was made. */
final class PlantingLinux {
    private PlantingLinux() {}

    /** What somebody else does, given the tree being unpacked. */
    @FunctionalInterface
    interface Deed {
        void at(Path rootfs) throws IOException;
    }

    static Linux afterMkdir(Linux real, String name, Deed deed) {
        return (Linux) Proxy.newProxyInstance(
                Linux.class.getClassLoader(), new Class<?>[] {Linux.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        if (method.getName().equals("mkdirAt") && name.equals(arguments[1])) {
                            deed.at(Files.readSymbolicLink(Path.of(((Fd) arguments[0]).procPath())));
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
