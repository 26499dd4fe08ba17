package org.jvz.it;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Says on a stream which test runs and how long it took, and keeps a report {@code TEST-CLASS.xml} for each class of tests, of the form that
 * Maven's surefire writes. A report is replaced after every test: if the machine dies, what ran before is on record.
 */
final class TestReports implements TestExecutionListener {
    /** One line of a report. {@code failure} is a stack trace, {@code skipped} a reason; at most one of them is not empty. */
    private record Case(String name, double seconds, String failure, String skipped) {}

    private final Path dir;
    private final PrintStream progress;
    private final Map<String, Long> started = new HashMap<>();
    private final Map<String, List<Case>> cases = new HashMap<>();
    private int others;

    TestReports(Path dir, PrintStream progress) throws IOException {
        this.dir = Files.createDirectories(dir);
        this.progress = progress;
    }

    /** Whether no test failed or was skipped. */
    boolean allPassed() {
        return others == 0;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started.put(test.getUniqueId(), System.nanoTime());
        if (test.isTest()) {
            progress.println("  " + simpleName(className(test)) + "." + name(test) + " ...");
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        others++;
        report(test, new Case(name(test), 0, "", reason), "skipped: " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        double seconds = (System.nanoTime() - started.getOrDefault(test.getUniqueId(), System.nanoTime())) / 1e9;
        if (result.getStatus() == Status.SUCCESSFUL) {
            if (test.isTest()) {
                report(test, new Case(name(test), seconds, "", ""), "passed");
            }
            return;
        }
        // A container fails when something before or after all of its tests does.
        others++;
        String trace = result.getThrowable().map(TestReports::trace).orElse(result.toString());
        if (result.getStatus() == Status.ABORTED) {
            report(test, new Case(name(test), seconds, "", trace), "skipped: " + trace);
        } else {
            report(test, new Case(name(test), seconds, trace, ""), "FAILED: " + trace);
        }
    }

    private void report(TestIdentifier test, Case result, String words) {
        String suite = className(test);
        progress.println(
                String.format(Locale.ROOT, "%7.1f s  %s.%s %s", result.seconds, simpleName(suite), result.name, words));
        progress.flush();
        List<Case> all = cases.computeIfAbsent(suite, none -> new ArrayList<>());
        all.add(result);
        try {
            write(suite, all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String suite, List<Case> all) throws IOException {
        StringBuilder body = new StringBuilder();
        int failures = 0;
        int skipped = 0;
        double seconds = 0;
        for (Case one : all) {
            failures += one.failure.isEmpty() ? 0 : 1;
            skipped += one.skipped.isEmpty() ? 0 : 1;
            seconds += one.seconds;
            body.append(String.format(
                    Locale.ROOT,
                    "  <testcase name=\"%s\" classname=\"%s\" time=\"%.3f\">\n",
                    escaped(one.name),
                    escaped(suite),
                    one.seconds));
            if (!one.failure.isEmpty()) {
                body.append("    <failure>").append(escaped(one.failure)).append("</failure>\n");
            }
            if (!one.skipped.isEmpty()) {
                body.append("    <skipped message=\"")
                        .append(escaped(one.skipped))
                        .append("\"/>\n");
            }
            body.append("  </testcase>\n");
        }
        String text = String.format(
                Locale.ROOT,
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="%s" time="%.3f" tests="%d" errors="0" skipped="%d" failures="%d">
                %s</testsuite>
                """,
                escaped(suite),
                seconds,
                all.size(),
                skipped,
                failures,
                body);
        Path file = dir.resolve("TEST-" + suite + ".xml");
        Path whole = dir.resolve(suite + ".new");
        Files.writeString(whole, text);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String className(TestIdentifier test) {
        TestSource source = test.getSource().orElse(null);
        if (source instanceof MethodSource method) {
            return method.getClassName();
        }
        return source instanceof ClassSource type ? type.getClassName() : "JUnit";
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    /** The method, and which of its invocations if it has several. */
    private static String name(TestIdentifier test) {
        if (!(test.getSource().orElse(null) instanceof MethodSource method)) {
            return test.getDisplayName();
        }
        String display = test.getDisplayName();
        return display.startsWith(method.getMethodName()) ? method.getMethodName() : method.getMethodName() + display;
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** For the text and the attributes of XML 1.0, which knows no control characters. */
    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\n', '\r', '\t' -> out.append("&#").append(c).append(';');
                default -> {
                    boolean allowed = (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
                    out.appendCodePoint(allowed ? c : '?');
                }
            }
        });
        return out.toString();
    }
}
