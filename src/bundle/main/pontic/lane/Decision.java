package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a planner says about the head of a lane. */
public sealed interface Decision {

  /** It must read first. */
  record Ask(ApiRequest request) implements Decision {}

  /**
   * It wants this written.
   *
   * @param baseline what settle will need to know of the time before
   */
  record Write(ApiRequest request, JsonNode baseline) implements Decision {}

  /** The patient is this one; remember it and plan on. */
  record Identified(long patNum) implements Decision {}

  /** The appointment is this one; remember it and plan on. */
  record Booked(long aptNum) implements Decision {}

  /**
   * All is as the message wants it.
   *
   * @param asserted what the sender said, by kind (Patient, Appointment), for the next three-way
   *     merge
   * @param bookingState new state of the booking, "" to leave it
   * @param stands what the message says and Open Dental already held when it was read
   */
  record Done(
      boolean landed,
      Map<String, Long> keys,
      Map<String, JsonNode> asserted,
      String bookingState,
      List<String> warnings,
      Optional<Written> stands)
      implements Decision {}

  /** A person must look at it. */
  record Hold(String reason, List<Long> candidates) implements Decision {}

  /** It cannot be done, and asking again would not help. */
  record Refuse(String reason) implements Decision {}

  /** The practice said what it is and allows. */
  record Connected(JsonNode capabilities, java.time.Duration period) implements Decision {}

  /** Nothing more to do for work of Pontic's own. */
  record Watched(boolean doubled, String what) implements Decision {}
}
