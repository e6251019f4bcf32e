package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who decides a field of the API, declared in {@code ownership/patient.yaml} and {@code
 * ownership/appointment.yaml}: {@code fields: {LName: {owner: shared, reason: ...}}}, for one
 * sender {@code senders: {LAKE|EHR: {LName: ...}}}; of rows of a chart in {@code fields} of {@code
 * write/allergies.yaml}. A practice's own file is laid over the shipped one.
 *
 * @param senders by sender, as receipts name it: MSH-3|MSH-4, or a client of the façade
 */
public record Ownership(
    Map<String, Field> fields, Map<String, Map<String, Field>> senders, Flips flips) {
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

  /**
   * How often one value of a field may be written again after others have changed it, before the
   * field is left alone for the rest of the time.
   */
  public record Flips(int most, Duration within) {}

  private static final Set<String> KEYS = Set.of("description", "fields", "senders", "flips");
  private static final Set<String> FIELD_KEYS = Set.of("owner", "reason");
  private static final Set<String> FLIP_KEYS = Set.of("most", "hours");
  private static final Flips USUAL = new Flips(3, Duration.ofHours(24));
  private static final int LONGEST_HOURS = 168;

  public Ownership {
    fields = Map.copyOf(fields);
    senders = Map.copyOf(senders);
  }

  /** For all senders alike. */
  public Ownership(Map<String, Field> fields) {
    this(fields, Map.of(), USUAL);
  }

  /** Of rows of a chart, as the table of writes has it: for all senders alike. */
  static Ownership of(RowKind kind, Flips flips) {
    Map<String, Field> fields = new HashMap<>();
    kind.fields()
        .forEach((name, field) -> fields.put(name, new Field(field.owner(), field.reason())));
    return new Ownership(fields, Map.of(), flips);
  }

  /** The same where fields that two systems flip are left sooner or later. */
  Ownership with(Flips other) {
    return new Ownership(fields, senders, other);
  }

  /**
   * @param mappings folder of the shipped files
   * @param kind patient or appointment
   * @throws MappingsInvalid with every problem found
   */
  public static Ownership shipped(Path mappings, String kind) {
    String file = file(kind);
    return read(mappings.resolve(file), file, Optional.empty());
  }

  /**
   * This for a practice, whose own file is laid over it.
   *
   * @param practice its folder, whose file need not exist
   * @param kind patient, appointment or a resource of the table of writes, as this is
   * @throws MappingsInvalid with every problem found
   */
  public Ownership with(Path practice, String kind) {
    String file = file(kind);
    Path own = practice.resolve(file);
    return Files.exists(own)
        ? read(own, "practices/" + practice.getFileName() + "/" + file, Optional.of(this))
        : this;
  }

  private static String file(String kind) {
    return "ownership/" + kind + ".yaml";
  }

  private static Ownership read(Path file, String name, Optional<Ownership> under) {
    List<Problem> problems = new ArrayList<>();
    Map<String, Field> fields = new HashMap<>(under.map(Ownership::fields).orElse(Map.of()));
    Map<String, Map<String, Field>> senders = new HashMap<>();
    under.ifPresent(shipped -> shipped.senders.forEach((s, f) -> senders.put(s, new HashMap<>(f))));
    Flips[] flips = {under.map(Ownership::flips).orElse(USUAL)};
    new Yaml(problems)
        .object(file, name, KEYS)
        .ifPresent(
            node -> {
              Read read = new Read(name, problems, under.map(o -> o.fields.keySet()));
              read.fields(node.path("fields"), fields);
              node.path("senders")
                  .properties()
                  .forEach(
                      sender ->
                          read.fields(
                              sender.getValue(),
                              senders.computeIfAbsent(sender.getKey(), any -> new HashMap<>())));
              if (node.has("flips")) {
                read.flips(node.path("flips")).ifPresent(said -> flips[0] = said);
              }
            });
    if (fields.isEmpty() && problems.isEmpty()) {
      problems.add(new Problem(name, 0, "'fields' names no field"));
    }
    if (!problems.isEmpty()) {
      throw new MappingsInvalid(problems);
    }
    return new Ownership(fields, senders, flips[0]);
  }

  /** A field that no file names belongs to the office: what is not understood is off. */
  public Owner of(String sender, String field) {
    Field declared = senders.getOrDefault(sender, Map.of()).get(field);
    return Optional.ofNullable(declared)
        .or(() -> Optional.ofNullable(fields.get(field)))
        .map(Field::owner)
        .orElse(Owner.OFFICE);
  }

  /**
   * One file.
   *
   * @param known fields of the shipped file, if another is laid over it
   */
  private record Read(String file, List<Problem> problems, Optional<Set<String>> known) {

    void fields(JsonNode said, Map<String, Field> fields) {
      said.properties().forEach(entry -> field(entry, fields));
    }

    private void field(Map.Entry<String, JsonNode> entry, Map<String, Field> fields) {
      String name = entry.getKey();
      String owner = entry.getValue().path("owner").asText();
      String reason = entry.getValue().path("reason").asText().trim();
      Optional<String> unknown =
          entry.getValue().properties().stream()
              .map(Map.Entry::getKey)
              .filter(key -> !FIELD_KEYS.contains(key))
              .findFirst();
      if (known.isPresent() && !known.get().contains(name)) {
        problem(name + ": the shipped file names no such field");
      } else if (unknown.isPresent()) {
        problem(name + ": unknown key '" + unknown.get() + "'");
      } else if (!Set.of("sender", "shared", "office").contains(owner)) {
        problem(name + ": owner must be sender, shared or office");
      } else if (reason.isEmpty()) {
        problem(name + ": a reason is missing");
      } else {
        fields.put(name, new Field(Owner.valueOf(owner.toUpperCase(Locale.ROOT)), reason));
      }
    }

    Optional<Flips> flips(JsonNode said) {
      int most = said.path("most").asInt();
      int hours = said.path("hours").asInt();
      boolean unknown = said.properties().stream().anyMatch(e -> !FLIP_KEYS.contains(e.getKey()));
      if (unknown || most < 1 || hours < 1 || hours > LONGEST_HOURS) {
        problem(
            "flips: most and hours must be whole numbers from 1, hours at most " + LONGEST_HOURS);
        return Optional.empty();
      }
      return Optional.of(new Flips(most, Duration.ofHours(hours)));
    }

    private void problem(String what) {
      problems.add(new Problem(file, 0, what));
    }
  }
}
