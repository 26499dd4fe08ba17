package org.jvz.testing;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;

/** What {@link PrivateHost} does; by itself for tests of other lanes than {@code root}. */
public final class PrivateHostExtension
        implements ExecutionCondition, BeforeEachCallback, AfterEachCallback, InvocationInterceptor {
    private static final Namespace NAMESPACE = Namespace.create(PrivateHostExtension.class);

    /** FS first of all: a thread that shares its root and working directory with others may not change its mount namespace. */
    private static final Set<CloneFlag> OWN =
            EnumSet.of(CloneFlag.FS, CloneFlag.NEWNS, CloneFlag.NEWNET, CloneFlag.NEWUTS, CloneFlag.NEWIPC);

    private final Linux linux = new JffiLinux();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return linux.effectiveUid() == 0
                ? ConditionEvaluationResult.enabled("root")
                : Required.skip(context, "needs root");
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor(
                task -> new Thread(task, "private host of " + context.getDisplayName()));
        context.getStore(NAMESPACE).put(ExecutorService.class, thread);
        try {
            thread.submit(() -> {
                        enter();
                        return null;
                    })
                    .get();
        } catch (ExecutionException e) {
            thread.shutdownNow();
            throw e;
        }
    }

    private void enter() throws IOException {
        linux.unshare(OWN);
        linux.mount(null, "/", null, EnumSet.of(MountFlag.REC, MountFlag.PRIVATE), null);
        @Nullable String prefix = System.getenv("JVZ_PREFIX");
        if (prefix != null) {
            Files.createDirectories(Path.of(prefix));
            linux.mount("tmpfs", prefix, "tmpfs", EnumSet.of(MountFlag.NOATIME), "mode=755");
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        thread(context).shutdownNow();
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public <T extends @Nullable Object> T interceptTestFactoryMethod(
            Invocation<T> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        return run(invocation, context);
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context) throws Throwable {
        run(invocation, context);
    }

    private static <T extends @Nullable Object> T run(Invocation<T> invocation, ExtensionContext context)
            throws Throwable {
        Future<T> result = thread(context).submit(() -> {
            try {
                return invocation.proceed();
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new ExecutionException(e);
            }
        });
        try {
            return result.get();
        } catch (InterruptedException e) {
            // JUnit's timeout: hand it on to the thread that does the work.
            result.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static ExecutorService thread(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(ExecutorService.class, ExecutorService.class);
    }
}
