package org.jvz.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jvz.testing.HouseRules;

/** The arrows between the packages of {@code runtime}: what each may use, see design.md, "The house". */
@AnalyzeClasses(packages = "org.jvz.runtime", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String BASE = "org.jvz.runtime.";

    @ArchTest
    static final ArchRule linuxKnowsOnlyTheKernel =
            mayUse("linux", "jnr..", "com.kenai.jffi..", "com.fasterxml.jackson.core..");

    @ArchTest
    static final ArchRule configIsJdkOnly = mayUse("config");

    @ArchTest
    static final ArchRule undoIsJdkOnly = mayUse("undo");

    @ArchTest
    static final ArchRule cgroupDoesNotSeeItsSiblings = mayUse("cgroup", house("linux", "config", "undo"));

    @ArchTest
    static final ArchRule rootfsDoesNotSeeItsSiblings = mayUse("rootfs", house("linux", "config", "undo"));

    @ArchTest
    static final ArchRule netDoesNotSeeItsSiblings = mayUse("net", house("linux", "config", "undo"));

    @ArchTest
    static final ArchRule viewDoesNotSeeItsSiblings = mayUse("view", house("linux", "config"));

    @ArchTest
    static final ArchRule guestWorksThroughRootfs = mayUse("guest", house("config", "rootfs", "linux"));

    @ArchTest
    static final ArchRule everyPackageIsListed = classes()
            .should()
            .resideInAnyPackage(house("linux", "config", "undo", "cgroup", "rootfs", "net", "guest", "view", "ve"))
            .because("a new package needs a row in design.md and an arrow here");

    @ArchTest
    static final ArchRule onlyLinuxIsNative = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + "linux..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai..");

    @ArchTest
    static final ArchRule runtimeKnowsNeitherTemplatesNorCli =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.jvz.templates..", "org.jvz.cli..");

    @ArchTest
    static final ArchRule noCycles = slices().matching(BASE + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule guestTouchesFilesOnlyInsideTheRoot = noClasses()
            .that()
            .resideInAPackage(BASE + "guest..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Files.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.File")
            .because("a VE's files are hostile: only rootfs.InsideRoot resolves paths there");

    @ArchTest
    static final ArchRule silent = HouseRules.LIBRARY_IS_SILENT;

    @ArchTest
    static final ArchRule neverExits = HouseRules.LIBRARY_NEVER_EXITS;

    @ArchTest
    static final ArchRule nullMarked = HouseRules.PACKAGES_ARE_NULL_MARKED;

    private static String[] house(String... packages) {
        String[] patterns = new String[packages.length];
        for (int i = 0; i < packages.length; i++) {
            patterns[i] = BASE + packages[i] + "..";
        }
        return patterns;
    }

    private static ArchRule mayUse(String own, String... others) {
        List<String> allowed = new ArrayList<>(List.of("java..", "org.jspecify..", BASE + own + ".."));
        allowed.addAll(List.of(others));
        return classes()
                .that()
                .resideInAPackage(BASE + own + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new));
    }
}
