package org.jvz.templates;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/** The real kernel, but one call, counted from 0, fails with EIO instead of being made. */
final class FailingLinux {
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final int failing;

    /** {@code failing} -1 lets every call through. */
    FailingLinux(int failing) {
        this.failing = failing;
    }

    /** The calls made so far. */
    List<String> calls() {
        return calls;
    }

    Linux port() {
        Linux real = new JffiLinux();
        return (Linux) Proxy.newProxyInstance(
                Linux.class.getClassLoader(), new Class<?>[] {Linux.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    if (calls.size() - 1 == failing) {
                        throw new SyscallException(method.getName(), "made to fail", Errno.EIO);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
