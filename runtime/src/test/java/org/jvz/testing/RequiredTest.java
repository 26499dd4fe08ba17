package org.jvz.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

final class RequiredTest {
    private final Required required = new Required("root, e2e");

    @Test
    void aSkipOfARequiredTagFails() {
        assertThatThrownBy(() -> required.skip(Set.of("e2e"), "needs root"))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("needs root");
        assertThat(required.judge(Set.of("root"), new TestAbortedException("no overlay")))
                .isInstanceOf(AssertionFailedError.class)
                .hasRootCauseMessage("no overlay");
    }

    @Test
    void otherTagsMaySkip() {
        TestAbortedException aborted = new TestAbortedException("no KVM");

        assertThat(required.skip(Set.of("vm"), "no KVM").isDisabled()).isTrue();
        assertThat(required.judge(Set.of("vm"), aborted)).isSameAs(aborted);
        assertThat(new Required("").judge(Set.of("root"), aborted)).isSameAs(aborted);
    }

    @Test
    void aFailureStaysAFailure() {
        AssertionError failure = new AssertionError();

        assertThat(required.judge(Set.of("root"), failure)).isSameAs(failure);
    }
}
