package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who decides a field of the API, declared in {@code ownership/patient.yaml} and {@code
 * ownership/appointment.yaml}: {@code fields: {LName: {owner: shared, reason: ...}}}.
 */
public record Ownership(Map<String, Field> fields) {
  public enum Owner {
    /** What the sender says is written. */
    SENDER,
    /** Three-way merge of the sender's last, the sender's new and the current value. */
    SHARED,
    /**
     * Written when Open Dental has nothing yet, or never; a sender's value never replaces the
     * office's.
     */
    OFFICE
  }

  /**
   * @param reason a sentence for the person who edits the file
   */
  public record Field(Owner owner, String reason) {}

  private static final Set<String> KEYS = Set.of("description", "fields");
  private static final Set<String> FIELD_KEYS = Set.of("owner", "reason");

  public Ownership {
    fields = Map.copyOf(fields);
  }

  /**
   * @throws MappingsInvalid with every problem found
   */
  public static Ownership load(Path file) {
    List<Problem> problems = new ArrayList<>();
    String name =
        Optional.ofNullable(file.getParent()).map(p -> p.getFileName() + "/").orElse("")
            + file.getFileName();
    Map<String, Field> fields = new HashMap<>();
    new Yaml(problems)
        .object(file, name, KEYS)
        .ifPresent(
            node ->
                node.path("fields")
                    .fields()
                    .forEachRemaining(entry -> field(name, entry, problems, fields)));
    if (fields.isEmpty() && problems.isEmpty()) {
      problems.add(new Problem(name, 0, "'fields' names no field"));
    }
    if (!problems.isEmpty()) {
      throw new MappingsInvalid(problems);
    }
    return new Ownership(fields);
  }

  /** A field that the file does not name belongs to the office: what is not understood is off. */
  public Owner of(String field) {
    Field declared = fields.get(field);
    return declared == null ? Owner.OFFICE : declared.owner();
  }

  private static void field(
      String file,
      Map.Entry<String, JsonNode> entry,
      List<Problem> problems,
      Map<String, Field> fields) {
    String owner = entry.getValue().path("owner").asText();
    String reason = entry.getValue().path("reason").asText().trim();
    List<String> unknown = new ArrayList<>();
    entry
        .getValue()
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!FIELD_KEYS.contains(key)) {
                unknown.add(key);
              }
            });
    if (!unknown.isEmpty()) {
      problems.add(new Problem(file, 0, entry.getKey() + ": unknown key '" + unknown.get(0) + "'"));
    } else if (!Set.of("sender", "shared", "office").contains(owner)) {
      problems.add(
          new Problem(file, 0, entry.getKey() + ": owner must be sender, shared or office"));
    } else if (reason.isEmpty()) {
      problems.add(new Problem(file, 0, entry.getKey() + ": a reason is missing"));
    } else {
      fields.put(entry.getKey(), new Field(Owner.valueOf(owner.toUpperCase(Locale.ROOT)), reason));
    }
  }
}
