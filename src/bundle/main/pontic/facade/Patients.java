package pontic.facade;

import ca.uhn.fhir.rest.annotation.Create;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Update;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.server.IResourceProvider;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Patient;

/**
 * Takes patients in for one practice. Both interactions only accept: what became of a message
 * stands at its status address. The id of an update is the sender's own logical id, not one of
 * ours.
 */
public final class Patients implements IResourceProvider {

  private final Acceptance acceptance;

  Patients(Acceptance acceptance) {
    this.acceptance = acceptance;
  }

  @Override
  public Class<Patient> getResourceType() {
    return Patient.class;
  }

  @Create
  public MethodOutcome create(
      @ResourceParam Patient patient, HttpServletRequest request, HttpServletResponse response) {
    return acceptance.accept("Patient", request, response);
  }

  @Update
  public MethodOutcome update(
      @IdParam IdType id,
      @ResourceParam Patient patient,
      HttpServletRequest request,
      HttpServletResponse response) {
    return acceptance.accept("Patient/update", request, response);
  }
}
