package org.jvz.templates;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jvz.testing.HouseRules;

/** The arrows of {@code templates}: it uses {@code runtime} and never the commands. */
@AnalyzeClasses(packages = "org.jvz.templates", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule knowsNoCommand =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.jvz.cli..");

    @ArchTest
    static final ArchRule isNotNative =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("jnr..", "com.kenai..");

    @ArchTest
    static final ArchRule silent = HouseRules.LIBRARY_IS_SILENT;

    @ArchTest
    static final ArchRule neverExits = HouseRules.LIBRARY_NEVER_EXITS;

    @ArchTest
    static final ArchRule nullMarked = HouseRules.PACKAGES_ARE_NULL_MARKED;
}
