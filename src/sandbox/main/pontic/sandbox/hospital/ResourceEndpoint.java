package pontic.sandbox.hospital;

import ca.uhn.fhir.rest.annotation.ConditionalUrlParam;
import ca.uhn.fhir.rest.annotation.Create;
import ca.uhn.fhir.rest.annotation.History;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.OptionalParam;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.annotation.Update;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;

/** REST interactions of one resource type. Public because HAPI calls it. */
public final class ResourceEndpoint<T extends Resource> implements IResourceProvider {
  private final Class<T> type;
  private final Resources resources;

  ResourceEndpoint(Class<T> type, Resources resources) {
    this.type = type;
    this.resources = resources;
  }

  @Override
  public Class<T> getResourceType() {
    return type;
  }

  @Create
  public MethodOutcome create(@ResourceParam T resource) {
    return outcome(resources.create(resource)).setCreated(true);
  }

  @Update
  public MethodOutcome update(
      @IdParam IdType id,
      @ResourceParam T resource,
      @ConditionalUrlParam String condition,
      RequestDetails request) {
    Precondition demand =
        new Precondition(
            request.getHeader(Constants.HEADER_IF_MATCH),
            request.getHeader(Constants.HEADER_IF_NONE_MATCH));
    Arrival stored =
        condition == null
            ? resources.put(id.getIdPart(), resource, demand)
            : resources.putWhere(IdentifierCondition.of(condition), resource, demand);
    return outcome(stored).setCreated(stored.version() == 1);
  }

  /** Serves {@code vread} as well: an id with a version asks for that version. */
  @Read(version = true)
  public T read(@IdParam IdType id) {
    return copy(resources.read(name(), id));
  }

  @History
  public List<T> history(@IdParam IdType id) {
    List<Arrival> history = resources.history(name(), id.getIdPart());
    if (history.isEmpty()) {
      throw new ResourceNotFoundException(id);
    }
    return history.stream()
        .sorted((left, right) -> Long.compare(right.version(), left.version()))
        .map(this::copy)
        .toList();
  }

  @Search
  public List<T> search(
      @OptionalParam(name = "_id") TokenParam id,
      @OptionalParam(name = "identifier") TokenParam identifier) {
    Stream<Arrival> found =
        Optional.ofNullable(identifier)
            .map(
                wanted ->
                    resources.withIdentifier(
                        name(),
                        IdentifierCondition.identifier(wanted.getSystem(), wanted.getValue())))
            .orElseGet(() -> resources.all(name()))
            .stream();
    return found
        .filter(arrival -> id == null || arrival.id().equals(id.getValue()))
        .map(this::copy)
        .toList();
  }

  private String name() {
    return type.getSimpleName();
  }

  /** The server writes into what it answers. */
  private T copy(Arrival arrival) {
    return type.cast(arrival.resource().copy());
  }

  private static MethodOutcome outcome(Arrival stored) {
    Resource copy = stored.resource().copy();
    return new MethodOutcome(copy.getIdElement()).setResource(copy);
  }
}
