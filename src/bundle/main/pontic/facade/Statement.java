package pontic.facade;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseConformance;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CodeType;

/**
 * Makes the CapabilityStatement say what is true here: JSON alone, a token, answers that come
 * later.
 */
@Interceptor
public final class Statement {

  private static final Set<String> TYPES =
      Stream.concat(Stream.of("Patient"), Charts.TYPES.stream().map(type -> type.getSimpleName()))
          .collect(Collectors.toUnmodifiableSet());

  private final int mostBytes;

  Statement(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  @Hook(Pointcut.SERVER_CAPABILITY_STATEMENT_GENERATED)
  public void correct(IBaseConformance generated) {
    CapabilityStatement statement = (CapabilityStatement) generated;
    statement.setFormat(List.of(new CodeType("application/fhir+json"), new CodeType("json")));
    statement.setPatchFormat(List.of());
    CapabilityStatement.CapabilityStatementRestComponent rest = statement.getRestFirstRep();
    rest.setDocumentation(
        "Create and update answer 202 with the address of the message's status in Content-Location. Bodies are JSON of at"
            + " most "
            + mostBytes
            + " bytes; XML is answered 415. X-Request-Id with the same bytes makes a repetition recognisable.");
    rest.getSecurity()
        .setDescription(
            "Every request but this one needs a bearer token, given to each client by the practice.");
    rest.setInteraction(List.of());
    rest.setOperation(List.of());
    rest.getResource().removeIf(resource -> !TYPES.contains(resource.getType()));
    for (CapabilityStatement.CapabilityStatementRestResourceComponent resource :
        rest.getResource()) {
      resource.setConditionalCreate(false);
      resource.setConditionalUpdate(false);
      resource.setReadHistory(false);
      resource.setUpdateCreate(true);
      resource.setSearchInclude(List.of());
      resource.setSearchRevInclude(List.of());
      resource.setOperation(List.of());
    }
  }
}
