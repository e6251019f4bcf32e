package pontic.sandbox.hospital;

import java.time.Instant;
import org.hl7.fhir.r4.model.Resource;

/**
 * One version of one resource as it reached the hospital.
 *
 * @param type resource type, {@code Patient}
 * @param id logical id without type
 * @param version 1 for the first arrival, then one more for each write, changed or not
 * @param at when the hospital had stored it
 * @param resource a copy; changing it changes nothing at the hospital
 */
public record Arrival(String type, String id, long version, Instant at, Resource resource) {}
