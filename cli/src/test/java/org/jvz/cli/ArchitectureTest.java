package org.jvz.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jvz.testing.HouseRules;

/** The arrows of {@code cli}: words and exit codes only, the mechanism is below. */
@AnalyzeClasses(packages = "org.jvz.cli", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule isNotNative =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("jnr..", "com.kenai..");

    @ArchTest
    static final ArchRule nullMarked = HouseRules.PACKAGES_ARE_NULL_MARKED;
}
