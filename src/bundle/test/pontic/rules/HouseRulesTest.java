package pontic.rules;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.jdbc.core.simple.JdbcClient;

@AnalyzeClasses(packages = "pontic", importOptions = ImportOption.DoNotIncludeTests.class)
final class HouseRulesTest {

  @ArchTest
  static final ArchRule onlyTheAssemblyKnowsOpenDental =
      noClasses()
          .that()
          .resideOutsideOfPackages("pontic.opendental..", "pontic", "pontic.sandbox..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("pontic.opendental..");

  /** A stream keeps its statement open until somebody closes it, and the pool has so many. */
  @ArchTest
  static final ArchRule rowsAreListsAndNoStreamsOfAnOpenStatement =
      noClasses().should().callMethod(JdbcClient.MappedQuerySpec.class, "stream");

  @ArchTest
  static final ArchRule theProductNeverKnowsTheSandbox =
      noClasses()
          .that()
          .resideOutsideOfPackage("pontic.sandbox..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("pontic.sandbox..");

  @ArchTest
  static final ArchRule transportStepsStandInRoutesOnly =
      noClasses()
          .that()
          .resideInAnyPackage(
              "pontic.accept..",
              "pontic.answer..",
              "pontic.understand..",
              "pontic.identify..",
              "pontic.lane..",
              "pontic.person..",
              "pontic.receipt..",
              "pontic.audit..",
              "pontic.mapping..",
              "pontic.record..",
              "pontic.translate..",
              "pontic.send..",
              "pontic.capture..",
              "pontic.echo..",
              "pontic.opendental..")
          .and(not(equivalentTo(pontic.opendental.ApiWire.class)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.jms..", "org.apache.hc..", "java.net.http..", "io.netty..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.camel.ProducerTemplate")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.camel.FluentProducerTemplate");

  @ArchTest
  static final ArchRule theHeartIsTestedWithoutCamel =
      noClasses()
          .that()
          .resideInAnyPackage(
              "pontic.accept..",
              "pontic.answer..",
              "pontic.understand..",
              "pontic.identify..",
              "pontic.lane..",
              "pontic.person..",
              "pontic.receipt..",
              "pontic.audit..",
              "pontic.mapping..",
              "pontic.store..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.camel..");

  @ArchTest
  static final ArchRule onlyTheMappingAnalyserReflects =
      noClasses()
          .that()
          .resideInAPackage("pontic..")
          .and()
          .resideOutsideOfPackage("pontic.sandbox..")
          .and()
          .doNotHaveSimpleName("MappingAnalyser")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.reflect..");

  @ArchTest static final ArchRule noStaticState = fields().that().areStatic().should().beFinal();

  @ArchTest
  static final ArchRule noDrawers =
      classes()
          .should()
          .haveSimpleNameNotEndingWith("Utils")
          .andShould()
          .haveSimpleNameNotEndingWith("Util")
          .andShould()
          .haveSimpleNameNotEndingWith("Helper")
          .andShould()
          .haveSimpleNameNotEndingWith("Manager");

  @ArchTest
  static final ArchRule noCirclesBetweenPackages =
      slices().matching("pontic.(*)..").should().beFreeOfCycles();
}
