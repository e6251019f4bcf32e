package pontic.sandbox.hospital;

import ca.uhn.fhir.rest.server.exceptions.InternalErrorException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Resource;

/**
 * All versions of all resources, in memory. One lock: a transaction is seen whole or not at all.
 */
final class Resources {
  private final Map<String, List<Arrival>> versions = new LinkedHashMap<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<Predicate<Resource>> refusals = new ArrayList<>();
  private final List<Predicate<Resource>> failures = new ArrayList<>();
  private final BiPredicate<String, String> rejected;
  private long nextId = 1;

  /**
   * @param rejected whether a write to this type and id is to be refused whatever it says
   */
  Resources(BiPredicate<String, String> rejected) {
    this.rejected = rejected;
  }

  /** Runs several writes as one; a failure takes all of them back. */
  synchronized <T> T whole(Supplier<T> writes) {
    int before = arrivals.size();
    try {
      return writes.get();
    } catch (RuntimeException e) {
      while (arrivals.size() > before) {
        Arrival last = arrivals.remove(arrivals.size() - 1);
        List<Arrival> history = versions.get(last.type() + "/" + last.id());
        history.remove(history.size() - 1);
        if (history.isEmpty()) {
          versions.remove(last.type() + "/" + last.id());
        }
      }
      throw e;
    }
  }

  synchronized Arrival create(Resource resource) {
    return put(String.valueOf(nextId++), resource, Precondition.none());
  }

  synchronized Arrival put(String id, Resource resource, Precondition demand) {
    String type = resource.fhirType();
    String key = type + "/" + id;
    if (refusals.stream().anyMatch(refusal -> refusal.test(resource)) || rejected.test(type, id)) {
      throw new UnprocessableEntityException(key + " is refused");
    }
    if (failures.stream().anyMatch(failure -> failure.test(resource))) {
      throw new InternalErrorException("The server fails on " + key);
    }
    demand.check(key, history(type, id).size());
    List<Arrival> history = versions.computeIfAbsent(key, any -> new ArrayList<>());
    long version = history.size() + 1L;
    Instant now = Instant.now();
    Resource copy = resource.copy();
    copy.setId(new IdType(type, id, String.valueOf(version)));
    copy.getMeta().setVersionId(String.valueOf(version)).setLastUpdated(Date.from(now));
    Arrival arrival = new Arrival(type, id, version, now, copy);
    history.add(arrival);
    arrivals.add(arrival);
    notifyAll();
    return arrival;
  }

  /** Conditional update: no match creates, one match updates, several are refused. */
  synchronized Arrival putWhere(Identifier wanted, Resource resource, Precondition demand) {
    List<Arrival> matches = withIdentifier(resource.fhirType(), wanted);
    if (matches.size() > 1) {
      throw new PreconditionFailedException("Several resources match the condition");
    }
    if (matches.isEmpty()) {
      demand.check("A " + resource.fhirType() + " that matches the condition", 0);
      return create(resource);
    }
    return put(matches.get(0).id(), resource, demand);
  }

  synchronized List<Arrival> withIdentifier(String type, Identifier wanted) {
    return all(type).stream()
        .filter(
            arrival ->
                identifiers(arrival.resource()).stream()
                    .anyMatch(
                        identifier ->
                            (!wanted.hasSystem()
                                    || wanted.getSystem().equals(identifier.getSystem()))
                                && wanted.getValue().equals(identifier.getValue())))
        .toList();
  }

  /**
   * @param id with a version part: that version; without: the newest
   * @throws ResourceNotFoundException if it is not there
   */
  synchronized Arrival read(String type, IdType id) {
    List<Arrival> history = versions.getOrDefault(type + "/" + id.getIdPart(), List.of());
    long wanted = id.hasVersionIdPart() ? id.getVersionIdPartAsLong() : history.size();
    if (wanted < 1 || wanted > history.size()) {
      throw new ResourceNotFoundException(id);
    }
    return history.get((int) wanted - 1);
  }

  synchronized Optional<Arrival> latest(String type, String id) {
    List<Arrival> history = versions.getOrDefault(type + "/" + id, List.of());
    return history.isEmpty() ? Optional.empty() : Optional.of(history.get(history.size() - 1));
  }

  synchronized List<Arrival> history(String type, String id) {
    return List.copyOf(versions.getOrDefault(type + "/" + id, List.of()));
  }

  synchronized List<Arrival> all(String type) {
    return versions.values().stream()
        .map(history -> history.get(history.size() - 1))
        .filter(arrival -> arrival.type().equals(type))
        .toList();
  }

  /** As after a backup was put back: it is not there, and nobody knows that it ever was. */
  synchronized void lose(String type, String id) {
    versions.remove(type + "/" + id);
    arrivals.removeIf(arrival -> arrival.type().equals(type) && arrival.id().equals(id));
  }

  /** Every version of everything, in the order of arrival. */
  synchronized List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  synchronized void refuse(Predicate<Resource> refusal) {
    refusals.add(refusal);
  }

  synchronized void fail(Predicate<Resource> failure) {
    failures.add(failure);
  }

  synchronized void refuseNothing() {
    failures.clear();
    refusals.clear();
  }

  /** Waits on arrivals until the newest version fits, or the time is over. */
  synchronized Optional<Arrival> await(
      String type, String id, Predicate<Resource> fits, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<Arrival> found = latest(type, id).filter(arrival -> fits.test(arrival.resource()));
      long left = end - System.nanoTime();
      if (found.isPresent() || left <= 0) {
        return found;
      }
      wait(Math.max(1, left / 1_000_000));
    }
  }

  private static List<Identifier> identifiers(Resource resource) {
    return resource.children().stream()
        .filter(child -> child.getName().equals("identifier"))
        .flatMap(child -> child.getValues().stream())
        .map(Identifier.class::cast)
        .toList();
  }
}
