package pontic.facade;

import ca.uhn.fhir.rest.annotation.Create;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Update;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.server.IResourceProvider;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.AllergyIntolerance;
import org.hl7.fhir.r4.model.Communication;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.MedicationStatement;
import org.hl7.fhir.r4.model.Resource;

/**
 * Takes one type of resource about a patient in for one practice, as {@link Patients} does
 * patients: whose it is, it says itself (decision 0262).
 */
public final class Charts implements IResourceProvider {
  /** What may come alone. */
  static final List<Class<? extends Resource>> TYPES =
      List.of(
          AllergyIntolerance.class,
          Condition.class,
          MedicationStatement.class,
          Communication.class,
          DocumentReference.class);

  private final Class<? extends Resource> type;
  private final Acceptance acceptance;

  Charts(Class<? extends Resource> type, Acceptance acceptance) {
    this.type = type;
    this.acceptance = acceptance;
  }

  @Override
  public Class<? extends IBaseResource> getResourceType() {
    return type;
  }

  @Create
  public MethodOutcome create(
      @ResourceParam IBaseResource resource,
      HttpServletRequest request,
      HttpServletResponse response) {
    return acceptance.accept(type.getSimpleName(), request, response);
  }

  @Update
  public MethodOutcome update(
      @IdParam IdType id,
      @ResourceParam IBaseResource resource,
      HttpServletRequest request,
      HttpServletResponse response) {
    return acceptance.accept(type.getSimpleName() + "/update", request, response);
  }
}
