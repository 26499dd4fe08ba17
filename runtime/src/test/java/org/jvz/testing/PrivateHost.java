package org.jvz.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs each test, with its {@code @BeforeEach} and {@code @AfterEach} methods, on a fresh thread in mount, network, UTS and IPC namespaces of
 * its own, with an empty tmpfs over the directory that {@code JVZ_PREFIX} names. Mounts, devices, addresses and that directory's files vanish
 * with the thread; processes and cgroups do not, so end and remove them in the test. {@code @BeforeAll} and {@code @TempDir} are the real
 * host's. The loopback device of the new network namespace is down.
 *
 * <p>The test may start threads, which live in the same namespaces, unless it unshares the pid namespace: after that the kernel refuses its
 * thread any new one.
 *
 * <p>For a single plain test, {@link RootTest} says both this and {@code @Test}.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Tag("root")
@ExtendWith(PrivateHostExtension.class)
public @interface PrivateHost {}
