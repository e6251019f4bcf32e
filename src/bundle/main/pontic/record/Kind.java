package pontic.record;

import java.util.Locale;

/**
 * What a record is: the FHIR type that its row becomes and, where it is not plain from that, the
 * name under which rows of one table become it: {@code Patient}, {@code Condition:disease}.
 *
 * @param text as it stands in the store and in a feed's header
 */
public record Kind(String text) {

  public String fhirType() {
    return text.contains(":") ? text.substring(0, text.indexOf(':')) : text;
  }

  /** In small letters; the mapping file and the ids of its resources are called by it. */
  public String name() {
    return (text.contains(":") ? text.substring(text.indexOf(':') + 1) : text)
        .toLowerCase(Locale.ROOT);
  }

  /** The same row has the same id for ever. */
  public String fhirId(String practice, long key) {
    return practice + "-" + name() + "-" + key;
  }

  /** The kind of a resource by its type and the name in its id. */
  public static Kind named(String type, String name) {
    return new Kind(name.equals(type.toLowerCase(Locale.ROOT)) ? type : type + ":" + name);
  }
}
