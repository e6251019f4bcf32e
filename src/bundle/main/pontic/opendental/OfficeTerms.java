package pontic.opendental;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;

/**
 * What a plan must know of its practice.
 *
 * @param mode remote, service or local (open-dental-api.md 1.1)
 * @param scale multiplies the API's periods; 1 but for sandboxes
 * @param hints events that it is to send
 * @param rest where what the API has no field for goes: note, document or leave
 * @param patientRest where what of a patient himself has no field goes: note, document or leave
 * @param writesOn writes that are off by default and that it wants
 * @param writesOff writes that it does not want
 * @param doubleBooking what becomes of a visit whose time another has
 * @param sameProvider whether a provider who has another patient in another operatory counts too
 * @param refusesClosed whether a visit at a time when nobody works in its operatory is refused
 */
public record OfficeTerms(
    String practice,
    ZoneId zone,
    String mode,
    double scale,
    HintTerms hints,
    String rest,
    String patientRest,
    Set<String> writesOn,
    Set<String> writesOff,
    DoubleBooking doubleBooking,
    boolean sameProvider,
    boolean refusesClosed) {

  /** What becomes of a visit whose time another has (decision 0347). */
  public enum DoubleBooking {
    /** It waits for a person. */
    PARK,
    /** It is refused, and its sender told so. */
    REFUSE,
    /** It is written, and its receipt says so. */
    TELL
  }

  public OfficeTerms {
    writesOn = Set.copyOf(writesOn);
    writesOff = Set.copyOf(writesOff);
  }

  Duration scaled(Duration period) {
    return Duration.ofNanos((long) (period.toNanos() * scale));
  }
}
