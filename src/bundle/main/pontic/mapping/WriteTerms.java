package pontic.mapping;

import java.util.Set;

/**
 * One write of the API, as {@code mappings/write/<resource>.yaml} says (open-dental-api.md 1.10 and
 * the resource's own section).
 *
 * @param name resource and verb: {@code allergies.post}
 * @param path template below the API's base; keys in braces
 * @param permission what the key needs to hold
 * @param since first version of Open Dental that has the method, with what its probe reads
 * @param offByDefault nothing of it is written unless the practice switches it on
 * @param fields that it takes; empty: all of its resource
 * @param with fields that name the row in the body, where the path does not
 */
public record WriteTerms(
    String name,
    String method,
    String path,
    String permission,
    String since,
    Probe probe,
    boolean offByDefault,
    Set<String> fields,
    Set<String> with) {

  public WriteTerms {
    fields = Set.copyOf(fields);
    with = Set.copyOf(with);
  }

  /** How it is found out what it did when its answer was lost (decision 0003). */
  public enum Probe {
    /** Born on that day since, of that name, and made by our key as its log says. */
    NEW_PATIENT("the patients of that birth date, and the API's log of what our key created"),
    /** Our reference in the note. */
    MARKED_APPOINTMENT("our reference in the note of one of the patient's appointments"),
    BROKEN("the appointment's state, and its history"),
    CONFIRMED("the appointment's `Confirmed` is the definition sent"),
    APPENDED_NOTE("our reference in the appointment's note"),
    /** The row read again. */
    READ_BACK("the row has every field as sent"),
    /** The patient's rows: one with our reference, else a new one with every field as sent. */
    ROW("the patient's rows: our reference, else a new one with every field as sent"),
    /** Among the parts of its row: the one of that kind and place, with every field as sent. */
    PART("the parts of the row: the one of that kind and place has every field as sent"),
    /** What was to be deleted. */
    GONE("the row no longer stands among the patient's"),
    /** A list of the office holds a name once. */
    DEFINITION("the name stands in the office's list; two of it are found later");

    private final String evidence;

    Probe(String evidence) {
      this.evidence = evidence;
    }

    /** What is read and what proves it, for people. */
    public String evidence() {
      return evidence;
    }

    /** As the file writes it. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** Takes this field. */
  public boolean takes(String field) {
    return fields.isEmpty() || fields.contains(field);
  }
}
