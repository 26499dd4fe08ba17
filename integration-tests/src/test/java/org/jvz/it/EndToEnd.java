package org.jvz.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests with real VEs on the {@link TestHost}. After each test the host must be as it was before; otherwise the test fails and
 * says what is left. What a failed test leaves is removed, so that the next one starts clean.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("e2e")
@ExtendWith(LeavesNothing.class)
public @interface EndToEnd {}
