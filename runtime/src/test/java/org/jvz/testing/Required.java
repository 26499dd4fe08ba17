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
    private static final Set<String> TAGS = tags(System.getProperty("ve.require", ""));

    /** What an {@code ExecutionCondition} answers for a test that cannot run here: skip it, or fail if it must run. */
    static ConditionEvaluationResult skip(ExtensionContext context, String reason) {
        if (isRequired(context)) {
            throw new AssertionFailedError("Required by ve.require, but would be skipped: " + reason);
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw unlessRequired(context, failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw unlessRequired(context, failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw unlessRequired(context, failure);
    }

    private static Throwable unlessRequired(ExtensionContext context, Throwable failure) {
        if (failure instanceof TestAbortedException && isRequired(context)) {
            return new AssertionFailedError("Required by ve.require, but would be skipped", failure);
        }
        return failure;
    }

    private static boolean isRequired(ExtensionContext context) {
        return context.getTags().stream().anyMatch(TAGS::contains);
    }

    private static Set<String> tags(String property) {
        Set<String> tags = new TreeSet<>();
        for (String tag : property.split(",", -1)) {
            if (!tag.isBlank()) {
                tags.add(tag.strip());
            }
        }
        return tags;
    }
}
