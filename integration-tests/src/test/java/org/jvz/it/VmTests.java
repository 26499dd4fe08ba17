package org.jvz.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs tests in this one JVM: what Maven does natively, for the virtual machine of the lane {@code vm}, in which every process is slow.
 *
 * <p>Arguments: the directory for the reports; the directories of test classes, joined by colons; then which tests to run: classes, or methods
 * as {@code CLASS#METHOD}, whatever their tags. Without any it is every test that is tagged {@code vm}.
 */
public final class VmTests {
    private VmTests() {}

    /** Exits with 0 if there were tests and none of them failed. */
    public static void main(String[] arguments) throws IOException {
        TestReports reports = new TestReports(Path.of(arguments[0]), System.out);
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                request(arguments[1], List.of(arguments).subList(2, arguments.length))
                        .build(),
                reports);
        // Not by returning: a thread that a failed test has left would keep the machine up.
        System.exit(reports.allPassed() ? 0 : 1);
    }

    private static LauncherDiscoveryRequestBuilder request(String roots, List<String> names) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        if (names.isEmpty()) {
            Set<Path> directories = new LinkedHashSet<>();
            for (String root : roots.split(":", -1)) {
                directories.add(Path.of(root));
            }
            return request.selectors(DiscoverySelectors.selectClasspathRoots(directories))
                    .filters(ClassNameFilter.includeClassNamePatterns(".*Test"), TagFilter.includeTags("vm"));
        }
        for (String name : names) {
            request.selectors(selector(name));
        }
        return request;
    }

    private static DiscoverySelector selector(String name) {
        return name.contains("#") ? DiscoverySelectors.selectMethod(name) : DiscoverySelectors.selectClass(name);
    }
}
