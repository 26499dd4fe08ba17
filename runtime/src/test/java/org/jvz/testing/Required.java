package org.jvz.testing;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Turns a skip into a failure for the tags in the system property {@code ve.require} (comma separated): a lane of CI
 * that skips its tests would be green for nothing. Registered for every test; see {@code junit-platform.properties}.
 */
public final class Required implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    private final Set<String> required;

    /** As JUnit makes it. */
    public Required() {
        this(System.getProperty("ve.require", ""));
    }

    Required(String tags) {
        required = new TreeSet<>();
        for (String tag : tags.split(",", -1)) {
            if (!tag.isBlank()) {
                required.add(tag.strip());
            }
        }
    }

    /** What an {@code ExecutionCondition} answers for a test that cannot run here: skip it, or fail if it must run. */
    public static ConditionEvaluationResult skip(ExtensionContext context, String reason) {
        return new Required().skip(context.getTags(), reason);
    }

    ConditionEvaluationResult skip(Set<String> tags, String reason) {
        if (mustRun(tags)) {
            throw new AssertionFailedError("Required by ve.require, but would be skipped: " + reason);
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw judge(context.getTags(), failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw judge(context.getTags(), failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw judge(context.getTags(), failure);
    }

    /** An assumption that does not hold is a failure if the test must run; all else stays as it is. */
    Throwable judge(Set<String> tags, Throwable failure) {
        if (failure instanceof TestAbortedException && mustRun(tags)) {
            return new AssertionFailedError("Required by ve.require, but would be skipped", failure);
        }
        return failure;
    }

    private boolean mustRun(Set<String> tags) {
        return tags.stream().anyMatch(required::contains);
    }
}
