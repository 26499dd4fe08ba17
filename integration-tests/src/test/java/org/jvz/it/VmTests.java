package org.jvz.it;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs tests in this one JVM: what Maven does natively, for the virtual machines of the lane {@code vm}, in which every process is slow.
 *
 * <p>Several machines share the work: each takes one class after the other of those that no other has claimed, those with a low
 * {@code @Order} first, so that none is left alone with a long one at the end.
 *
 * <p>Which classes have tests is found out beforehand and outside, by {@code --list EXPRESSION DIRECTORIES}, a tag expression of JUnit's and the
 * directories of test classes, joined by colons: a line for each. In a machine that would take half a minute.
 *
 * <p>Arguments in a machine: the directory for the reports; that of the claims, which the machines share; then classes, or methods as
 * {@code CLASS#METHOD}. With the system property {@code ve.tags} only those of their tests run that the tag expression is true of.
 */
public final class VmTests {
    private VmTests() {}

    /** Exits with 0 if none of the tests that fell to this machine failed or was skipped. */
    public static void main(String[] arguments) throws IOException {
        Launcher launcher = LauncherFactory.create();
        if (arguments[0].equals("--list")) {
            tagged(launcher, arguments[1], arguments[2]).forEach(System.out::println);
            return;
        }
        TestReports reports = new TestReports(Path.of(arguments[0]), System.out);
        Path claims = Path.of(arguments[1]);
        @Nullable String tags = System.getProperty("ve.tags");
        for (String name : List.of(arguments).subList(2, arguments.length)) {
            if (claimed(claims.resolve(name))) {
                LauncherDiscoveryRequestBuilder request =
                        LauncherDiscoveryRequestBuilder.request().selectors(selector(name));
                if (tags != null) {
                    request.filters(TagFilter.includeTags(tags));
                }
                launcher.execute(request.build(), reports);
            }
        }
        // Not by returning: a thread that a failed test has left would keep the machine up.
        System.exit(reports.allPassed() ? 0 : 1);
    }

    /** The classes that have a test of which the tag expression is true, in the order of JUnit ({@code junit-platform.properties}). */
    private static List<String> tagged(Launcher launcher, String tags, String roots) {
        Set<Path> directories = new LinkedHashSet<>();
        for (String root : roots.split(":", -1)) {
            directories.add(Path.of(root));
        }
        TestPlan plan = launcher.discover(LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClasspathRoots(directories))
                .filters(ClassNameFilter.includeClassNamePatterns(".*Test"), TagFilter.includeTags(tags))
                .build());
        List<String> classes = new ArrayList<>();
        for (TestIdentifier engine : plan.getRoots()) {
            for (TestIdentifier test : plan.getChildren(engine)) {
                if (test.getSource().orElse(null) instanceof ClassSource source) {
                    classes.add(source.getClassName());
                }
            }
        }
        return classes;
    }

    private static boolean claimed(Path claim) throws IOException {
        try {
            Files.createDirectory(claim);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static DiscoverySelector selector(String name) {
        return name.contains("#") ? DiscoverySelectors.selectMethod(name) : DiscoverySelectors.selectClass(name);
    }
}
