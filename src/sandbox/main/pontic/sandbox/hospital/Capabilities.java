package pontic.sandbox.hospital;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Pointcut;
import org.hl7.fhir.instance.model.api.IBaseConformance;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.SystemRestfulInteraction;

/**
 * Adds to the CapabilityStatement what HAPI cannot know from annotations. Public because HAPI calls
 * it.
 */
public final class Capabilities {

  @Hook(Pointcut.SERVER_CAPABILITY_STATEMENT_GENERATED)
  public void complete(IBaseConformance generated) {
    CapabilityStatementRestComponent rest = ((CapabilityStatement) generated).getRestFirstRep();
    rest.getResource().stream()
        .filter(resource -> !resource.getType().equals("OperationDefinition"))
        .forEach(
            resource ->
                resource
                    .setVersioning(CapabilityStatement.ResourceVersionPolicy.VERSIONEDUPDATE)
                    .setReadHistory(true)
                    .setUpdateCreate(true)
                    .setConditionalUpdate(true));
    if (rest.getInteraction().stream()
        .noneMatch(one -> one.getCode() == SystemRestfulInteraction.BATCH)) {
      rest.addInteraction().setCode(SystemRestfulInteraction.BATCH);
    }
  }
}
