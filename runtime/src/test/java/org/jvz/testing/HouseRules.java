package org.jvz.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;

/** Rules that more than one module obeys; each module's {@code ArchitectureTest} applies them to its own classes. */
public final class HouseRules {
    private static final Set<String> ENDS_THE_JVM =
            Set.of("java.lang.System.exit", "java.lang.Runtime.exit", "java.lang.Runtime.halt");

    /** Operations report to a listener and fail with exceptions, so they serve a REST API as well as a terminal. */
    public static final ArchRule LIBRARY_IS_SILENT = noClasses()
            .should(ACCESS_STANDARD_STREAMS)
            .orShould()
            .callMethodWhere(calls("print a stack trace", call -> call.getName().equals("printStackTrace")))
            .because("library code reports progress to a listener and fails with exceptions");

    /** One JVM may serve many calls. */
    public static final ArchRule LIBRARY_NEVER_EXITS = noClasses()
            .should()
            .callMethodWhere(calls(
                    "end the JVM",
                    call -> ENDS_THE_JVM.contains(call.getTargetOwner().getName() + "." + call.getName())))
            .because("one JVM may serve many calls");

    /** A package without {@code @NullMarked} is one that NullAway does not check. */
    public static final ArchRule PACKAGES_ARE_NULL_MARKED = classes()
            .should(be(describe(
                    "in a @NullMarked package", type -> type.getPackage().isAnnotatedWith(NullMarked.class))));

    private HouseRules() {}

    private static DescribedPredicate<JavaMethodCall> calls(String what, Predicate<JavaMethodCall> which) {
        return describe(what, which);
    }
}
