package org.jvz.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test like {@link RootTest} of what the kernel of the test machine has and that of other machines may not, such as disk
 * quota: it runs in the machine only.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Test
@Tag("vm")
@ExtendWith(PrivateHostExtension.class)
public @interface VmTest {}
