package pontic.facade;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementKind;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.ConditionalDeleteStatus;
import org.hl7.fhir.r4.model.CapabilityStatement.ResourceVersionPolicy;
import org.hl7.fhir.r4.model.CapabilityStatement.RestfulCapabilityMode;
import org.hl7.fhir.r4.model.CapabilityStatement.SystemRestfulInteraction;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Enumerations.FHIRVersion;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;
import pontic.practice.Practice;
import pontic.understand.Kinds;

/** What one base offers, and nothing else. */
final class Statement {
  private static final String SECURITY_SERVICE =
      "http://terminology.hl7.org/CodeSystem/restful-security-service";
  private static final String OPERATION = "http://hl7.org/fhir/OperationDefinition/";

  private final Practice practice;
  private final Offers offers;
  private final int mostBytes;
  private final Date since = new Date();

  Statement(Practice practice, Offers offers, int mostBytes) {
    this.practice = practice;
    this.offers = offers;
    this.mostBytes = mostBytes;
  }

  CapabilityStatement of(Kinds kinds) {
    Offer offer = offers.now();
    CapabilityStatement statement = new CapabilityStatement();
    statement.setStatus(PublicationStatus.ACTIVE).setDate(since);
    statement.setKind(CapabilityStatementKind.INSTANCE).setFhirVersion(FHIRVersion._4_0_1);
    statement.getSoftware().setName("Pontic");
    statement
        .getImplementation()
        .setDescription("Pontic for practice " + practice.id())
        .setUrl("/fhir/" + practice.id());
    statement.setFormat(List.of(new CodeType("application/fhir+json"), new CodeType("json")));
    CapabilityStatementRestComponent rest = statement.addRest();
    rest.setMode(RestfulCapabilityMode.SERVER);
    rest.setDocumentation(
        "What is accepted is on disk; an answer waits a few seconds for it to reach the office, then it is 202 with the"
            + " address of its status in Content-Location, and so at once with Prefer: respond-async, and for what a"
            + " person must decide. A message is answered by a message once all of it has its end. Nothing is read or"
            + " searched here but what became of what your system sent (Task). Bodies are JSON of at most "
            + mostBytes
            + " bytes. X-Request-Id with the same bytes makes a repetition recognisable. Conditions are"
            + " identifier=system|value. A transaction is accepted as a whole or not at all; its entries end one by one."
            + " Events of messages: "
            + String.join(", ", Intake.events(kinds, offer)));
    rest.getSecurity()
        .setDescription(
            "Every request but this one needs a client that the practice knows: by bearer token"
                + (practice.facade().oauth().isEmpty()
                    ? ""
                    : ", given by the practice or a JWT of its issuer with scopes of SMART backend services,")
                + " or by certificate.");
    practice
        .facade()
        .oauth()
        .ifPresent(
            issuer ->
                rest.getSecurity()
                    .addService()
                    .addCoding()
                    .setSystem(SECURITY_SERVICE)
                    .setCode("SMART-on-FHIR"));
    for (String kind : kinds.taken()) {
      CapabilityStatementRestResourceComponent resource = rest.addResource();
      resource.setType(kind).setVersioning(ResourceVersionPolicy.NOVERSION);
      boolean makes = offer.makes(kind);
      boolean puts = offer.puts(kind);
      if (makes) {
        resource.addInteraction().setCode(TypeRestfulInteraction.CREATE);
      }
      if (puts) {
        resource.addInteraction().setCode(TypeRestfulInteraction.UPDATE);
      }
      resource.setReadHistory(false).setUpdateCreate(makes);
      resource.setConditionalUpdate(puts);
      resource.setConditionalCreate(makes);
      List<String> told = new ArrayList<>();
      if (kinds.kind(kind).filter(Kinds.Kind::isOfChart).isPresent()) {
        told.add(
            "Rows of the chart of the patient that it names. A condition is looked for among what your system sent of that"
                + " patient under this number.");
      }
      offer.told(kind).ifPresent(told::add);
      if (!told.isEmpty()) {
        resource.setDocumentation(String.join(" ", told));
      }
      resource.setConditionalDelete(ConditionalDeleteStatus.NOTSUPPORTED);
      resource.addOperation().setName("validate").setDefinition(OPERATION + "Resource-validate");
    }
    for (String kind : kinds.carried()) {
      CapabilityStatementRestResourceComponent resource = rest.addResource();
      resource.setType(kind).setVersioning(ResourceVersionPolicy.NOVERSION);
      resource.setDocumentation(
          "Only as an entry of a transaction, by POST or PUT "
              + kind
              + "/id: "
              + kinds.refusal(kind));
    }
    CapabilityStatementRestResourceComponent task = rest.addResource();
    task.setType("Task").setVersioning(ResourceVersionPolicy.NOVERSION);
    task.setDocumentation(
        "What became of something that your system sent here; the id is that of its status address.");
    task.addInteraction().setCode(TypeRestfulInteraction.READ);
    task.addInteraction().setCode(TypeRestfulInteraction.SEARCHTYPE);
    task.addSearchParam()
        .setName("group-identifier")
        .setType(SearchParamType.TOKEN)
        .setDocumentation("X-Request-Id of the request");
    rest.addInteraction().setCode(SystemRestfulInteraction.TRANSACTION);
    rest.addOperation()
        .setName("process-message")
        .setDefinition(OPERATION + "MessageHeader-process-message");
    rest.addOperation().setName("validate").setDefinition(OPERATION + "Resource-validate");
    return statement;
  }
}
