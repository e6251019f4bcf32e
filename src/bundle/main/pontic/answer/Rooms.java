package pontic.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pontic.record.Newest;
import pontic.store.Transaction;

/**
 * Of which clinic a room is, as its newest record says it: what SIU names as AIL's point of care
 * (decision 0353), so that an SRR names the same.
 */
public final class Rooms {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KIND = "Location";
  private static final Pattern CLINIC = Pattern.compile("Location/.+-clinic-([0-9]+)");

  private final Newest newest;

  public Rooms(Newest newest) {
    this.newest = newest;
  }

  /**
   * @return ClinicNum; empty if the room has no clinic, or no record yet, as at a practice of which
   *     nothing is read
   */
  Optional<String> clinic(Transaction tx, String practice, long operatory) {
    return newest
        .byKey(tx, practice, KIND, operatory)
        .map(room -> CLINIC.matcher(partOf(room)))
        .filter(Matcher::matches)
        .map(clinic -> clinic.group(1));
  }

  private static String partOf(String room) {
    try {
      return JSON.readTree(room).path("partOf").path("reference").asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the record of a room is no JSON", e);
    }
  }
}
