package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pontic.mapping.WriteTerms.Probe;

/**
 * Every write that Pontic makes, with what it needs and how it is settled, and the resources that
 * the general plan writes: {@code mappings/write/*.yaml} (decision 0260).
 */
public final class Writes {
  private static final String FOLDER = "write";
  private static final String SUFFIX = ".yaml";
  private static final Set<String> KEYS =
      Set.of(
          "description",
          "takes",
          "mapping",
          "also",
          "key",
          "patient",
          "rows",
          "define",
          "same",
          "apart",
          "once",
          "marker",
          "named",
          "note",
          "name",
          "skip",
          "codes",
          "fields",
          "parts",
          "tells",
          "texts",
          "writes");
  private static final Set<String> WRITE_KEYS =
      Set.of("method", "path", "permission", "since", "probe", "off", "fields", "with");
  private static final Set<String> FIELD_KEYS = Set.of("owner", "reason", "since");
  private static final Set<String> TEXT_KEYS = Set.of("characters", "bytes", "longer");
  private static final Set<String> PARTS_KEYS = Set.of("in", "of", "undo");
  private static final String DELETE = "DELETE";
  private static final Pattern VERSION = Pattern.compile("\\d{2}\\.\\d{1,2}(\\.\\d{1,3})?");
  private static final Pattern PATH = Pattern.compile("(/(\\w+|\\{\\w+\\}))+");
  private static final Pattern PERMISSION = Pattern.compile("Api[A-Z]\\w+");

  private final Map<String, WriteTerms> terms;
  private final Map<String, RowKind> kinds;

  /** FHIR type by resource, of those that have a plan of their own. */
  private final Map<String, String> own;

  /** By resource and field. */
  private final Map<String, Map<String, TextColumn>> texts;

  private Writes(
      Map<String, WriteTerms> terms,
      Map<String, RowKind> kinds,
      Map<String, String> own,
      Map<String, Map<String, TextColumn>> texts) {
    this.terms = terms;
    this.kinds = kinds;
    this.own = own;
    this.texts = texts;
  }

  /**
   * What a FHIR type can become. Each way is the writes that it takes, and any one way is enough.
   *
   * @param making ways to a row that was not there
   * @param changing ways to another state of a row that is there
   * @param all every write that one of them may need, the office's lists included
   */
  public record Ways(List<Set<String>> making, List<Set<String>> changing, Set<String> all) {
    public Ways {
      making = List.copyOf(making);
      changing = List.copyOf(changing);
      all = Set.copyOf(all);
    }
  }

  /**
   * @param mappings the folder that holds {@code write/}
   * @throws MappingsInvalid with every problem found
   */
  public static Writes load(Path mappings) {
    Reading reading = new Reading();
    files(mappings.resolve(FOLDER)).forEach(reading::file);
    reading.kinds.values().forEach(reading::whole);
    if (!reading.problems.isEmpty()) {
      throw new MappingsInvalid(reading.problems);
    }
    return new Writes(reading.terms, reading.kinds, reading.own, reading.texts);
  }

  /** Of the fields of a resource that are texts, how much their columns hold. */
  public Map<String, TextColumn> texts(String resource) {
    return texts.getOrDefault(resource, Map.of());
  }

  /** All of them, by resource. */
  public List<WriteTerms> all() {
    return List.copyOf(terms.values());
  }

  public Optional<WriteTerms> find(String name) {
    return Optional.ofNullable(terms.get(name));
  }

  /** The resource that a write is of, if the general plan writes it. */
  public Optional<RowKind> kindOf(String write) {
    return kind(resource(write));
  }

  public Optional<RowKind> kind(String name) {
    return Optional.ofNullable(kinds.get(name));
  }

  /** Those that the general plan makes, by name. */
  public List<RowKind> kinds() {
    return List.copyOf(kinds.values());
  }

  /** Those of which a row is whole only with others. */
  public List<RowKind> withParts() {
    return kinds.values().stream().filter(kind -> kind.parts().isPresent()).toList();
  }

  /** Whether its rows are parts of other rows. */
  public boolean isPart(RowKind kind) {
    return withParts().stream()
        .anyMatch(whole -> whole.parts().orElseThrow().in().equals(kind.name()));
  }

  /** Resources whose rows may be made of this FHIR type. */
  public List<RowKind> taking(String type) {
    return kinds.values().stream().filter(kind -> kind.mappings().containsKey(type)).toList();
  }

  /** Empty if nothing is ever written of this FHIR type. */
  public Optional<Ways> ways(String type) {
    List<Set<String>> making = new ArrayList<>();
    List<Set<String>> changing = new ArrayList<>();
    Set<String> all = new TreeSet<>();
    for (WriteTerms write : terms.values()) {
      if (type.equals(own.get(resource(write.name())))) {
        (write.method().equals("POST") ? making : changing).add(Set.of(write.name()));
        all.add(write.name());
      }
    }
    boolean hasOwnPlan = !all.isEmpty();
    for (RowKind kind : taking(type)) {
      Set<String> needed = needed(kind);
      all.addAll(needed);
      // What a resource brings along beside its own row makes none of it.
      if (!hasOwnPlan) {
        kind.parts()
            .ifPresentOrElse(
                parts -> {
                  making.add(needed);
                  changing.add(needed);
                },
                () -> {
                  kind.post().ifPresent(post -> making.add(Set.of(post.name())));
                  kind.put().ifPresent(put -> changing.add(Set.of(put.name())));
                });
      }
    }
    return all.isEmpty() ? Optional.empty() : Optional.of(new Ways(making, changing, all));
  }

  /** Writes of a kind, of its parts, and of the lists that it points to. */
  private Set<String> needed(RowKind kind) {
    Set<String> needed = new TreeSet<>();
    Stream.concat(kind.post().stream(), kind.put().stream())
        .forEach(write -> needed.add(write.name()));
    kind.parts()
        .ifPresent(
            parts -> {
              needed.add(parts.undo().name());
              needed.addAll(needed(kinds.get(parts.in())));
            });
    kind.define().ifPresent(define -> needed.addAll(needed(kinds.get(define.in()))));
    return needed;
  }

  private static String resource(String write) {
    return write.substring(0, Math.max(0, write.indexOf('.')));
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Reading {
    final List<Problem> problems = new ArrayList<>();
    final Map<String, WriteTerms> terms = new LinkedHashMap<>();
    final Map<String, RowKind> kinds = new LinkedHashMap<>();
    final Map<String, String> own = new LinkedHashMap<>();
    final Map<String, Map<String, TextColumn>> texts = new LinkedHashMap<>();

    void file(Path file) {
      String resource = file.getFileName().toString().replace(SUFFIX, "");
      String name = FOLDER + "/" + resource + SUFFIX;
      new Yaml(problems)
          .object(file, name, KEYS)
          .ifPresent(
              node -> {
                Map<String, WriteTerms> its =
                    writes(
                        resource,
                        name,
                        node.path("writes"),
                        node.path("parts").path("undo").asText(),
                        node.has("name"));
                terms.putAll(its);
                texts.put(resource, texts(name, node.path("texts")));
                // Our reference and what has no field are written behind its words.
                Stream.of(node.path("marker").asText(), node.path("note").asText())
                    .filter(field -> !field.isBlank() && !isCut(resource, field))
                    .distinct()
                    .forEach(
                        field ->
                            problems.add(
                                new Problem(
                                    name,
                                    0,
                                    "'" + field + "' needs a line in texts with longer: cut")));
                if (node.has("rows")) {
                  kinds.put(resource, kind(resource, name, node, its));
                } else if (node.has("takes")) {
                  own.put(resource, node.path("takes").asText());
                }
              });
    }

    private Map<String, TextColumn> texts(String file, JsonNode said) {
      Map<String, TextColumn> columns = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : said.properties()) {
        JsonNode text = entry.getValue();
        unknown(file, entry.getKey(), text, TEXT_KEYS);
        boolean inBytes = text.has("bytes");
        int most = text.path(inBytes ? "bytes" : "characters").asInt();
        Optional<TextColumn.Way> way = TextColumn.Way.of(text.path("longer").asText());
        if (most < 1 || inBytes && text.has("characters")) {
          problems.add(
              new Problem(
                  file,
                  0,
                  "'" + entry.getKey() + "': say characters or bytes, how much its column holds"));
        } else if (way.isEmpty()) {
          problems.add(
              new Problem(
                  file,
                  0,
                  "'" + entry.getKey() + "': longer must be one of " + TextColumn.Way.all()));
        } else {
          columns.put(entry.getKey(), new TextColumn(most, inBytes, way.get()));
        }
      }
      return columns;
    }

    /**
     * @param undo name of the one write that may delete: it takes back what Pontic made; "" if none
     * @param looked whether it is a list of definitions, which may be read and never written
     */
    private Map<String, WriteTerms> writes(
        String resource, String file, JsonNode said, String undo, boolean looked) {
      Map<String, WriteTerms> its = new LinkedHashMap<>();
      if (!(looked && said.isMissingNode()) && (!said.isObject() || said.isEmpty())) {
        problems.add(new Problem(file, 0, "'writes' names no write"));
      }
      for (Map.Entry<String, JsonNode> entry : said.properties()) {
        String verb = entry.getKey();
        JsonNode write = entry.getValue();
        unknown(file, verb, write, WRITE_KEYS);
        fits(
            file,
            verb,
            "method",
            write,
            Pattern.compile(verb.equals(undo) ? DELETE : "POST|PUT"),
            verb.equals(undo)
                ? "DELETE, as parts.undo names it"
                : "POST or PUT; nothing is deleted");
        fits(file, verb, "path", write, PATH, "a path such as /allergies/{AllergyNum}");
        fits(file, verb, "permission", write, PERMISSION, "a permission such as ApiAllOthers");
        fits(file, verb, "since", write, VERSION, "a version in quotes, such as \"22.1\"");
        String given = write.path("probe").asText();
        Optional<Probe> probe =
            Arrays.stream(Probe.values()).filter(each -> each.text().equals(given)).findFirst();
        if (probe.isEmpty()) {
          problems.add(
              new Problem(
                  file,
                  0,
                  "'"
                      + verb
                      + "': probe must be one of "
                      + Arrays.stream(Probe.values())
                          .map(Probe::text)
                          .collect(Collectors.joining(", "))));
        }
        its.put(
            resource + "." + verb,
            new WriteTerms(
                resource + "." + verb,
                write.path("method").asText(),
                write.path("path").asText(),
                write.path("permission").asText(),
                write.path("since").asText(),
                probe.orElse(Probe.READ_BACK),
                write.path("off").asBoolean(),
                Set.copyOf(texts(write.path("fields"))),
                Set.copyOf(texts(write.path("with")))));
      }
      return its;
    }

    private RowKind kind(
        String resource, String file, JsonNode node, Map<String, WriteTerms> writes) {
      Map<String, RowKind.Field> fields = new LinkedHashMap<>();
      node.path("fields")
          .properties()
          .forEach(
              entry -> {
                JsonNode said = entry.getValue();
                unknown(file, entry.getKey(), said, FIELD_KEYS);
                String owner = said.path("owner").asText();
                if (!Set.of("sender", "shared", "office").contains(owner)) {
                  problems.add(
                      new Problem(
                          file,
                          0,
                          "'" + entry.getKey() + "': owner must be sender, shared or office"));
                } else if (said.has("since")
                    && !VERSION.matcher(said.path("since").asText()).matches()) {
                  problems.add(
                      new Problem(
                          file,
                          0,
                          "'"
                              + entry.getKey()
                              + "': since must be a version in quotes, such as \"22.1\""));
                } else if (said.path("reason").asText().isBlank()) {
                  problems.add(
                      new Problem(file, 0, "'" + entry.getKey() + "': a reason is missing"));
                } else {
                  fields.put(
                      entry.getKey(),
                      new RowKind.Field(
                          Ownership.Owner.valueOf(owner.toUpperCase(Locale.ROOT)),
                          said.path("reason").asText().trim(),
                          said.path("since").asText()));
                }
              });
      Map<String, String> codes = new LinkedHashMap<>();
      node.path("codes")
          .properties()
          .forEach(code -> codes.put(code.getKey(), code.getValue().asText()));
      Map<String, String> also = new LinkedHashMap<>();
      node.path("also")
          .properties()
          .forEach(type -> also.put(type.getKey(), type.getValue().asText()));
      JsonNode define = node.path("define");
      return new RowKind(
          resource,
          node.path("takes").asText(),
          node.path("mapping").asText(),
          also,
          node.path("key").asText(),
          node.path("patient").asText(),
          node.path("rows").path("path").asText(),
          node.path("rows").path("filter").asText(),
          node.path("rows").path("since").asText(),
          define.isObject()
              ? Optional.of(
                  new RowKind.Define(
                      define.path("as").asText(),
                      define.path("in").asText(),
                      define.path("take").asText()))
              : Optional.empty(),
          texts(node.path("same")),
          texts(node.path("apart")),
          texts(node.path("once")),
          node.path("marker").asText(),
          texts(node.path("named")),
          node.path("note").asText(),
          node.path("name").asText(),
          node.path("skip").asText(),
          codes,
          fields,
          Optional.ofNullable(writes.get(resource + ".post")),
          Optional.ofNullable(writes.get(resource + ".put")),
          parts(resource, file, node.path("parts"), writes),
          node.path("tells").asText());
    }

    private Optional<RowKind.Parts> parts(
        String resource, String file, JsonNode said, Map<String, WriteTerms> writes) {
      if (!said.isObject()) {
        return Optional.empty();
      }
      unknown(file, "parts", said, PARTS_KEYS);
      Optional<WriteTerms> undo =
          Optional.ofNullable(writes.get(resource + "." + said.path("undo").asText()));
      if (said.path("of").asText().isBlank()) {
        problems.add(
            new Problem(file, 0, "'parts': of must name the field that holds the key of the row"));
      }
      if (undo.isEmpty()) {
        problems.add(
            new Problem(
                file, 0, "'parts': undo must name one of writes: what cannot be whole is deleted"));
      }
      return undo.map(
          write -> new RowKind.Parts(said.path("in").asText(), said.path("of").asText(), write));
    }

    /** The parts of a kind have to be found again, made and written over. */
    private void parts(RowKind kind, String file, RowKind.Parts parts) {
      Optional<RowKind> of = Optional.ofNullable(kinds.get(parts.in()));
      if (of.isEmpty()) {
        problems.add(new Problem(file, 0, "'parts': there is no write/" + parts.in() + SUFFIX));
      } else if (of.get().post().isEmpty()
          || of.get().put().isEmpty()
          || of.get().same().isEmpty()) {
        problems.add(
            new Problem(
                file,
                0,
                "'parts': write/" + parts.in() + SUFFIX + " needs post, put and same beside rows"));
      }
      if (kind.post().isEmpty() || kind.marker().isBlank()) {
        problems.add(new Problem(file, 0, "'parts' needs post and marker beside it"));
      }
    }

    private boolean isPart(RowKind kind) {
      return kinds.values().stream()
          .anyMatch(other -> other.parts().filter(p -> p.in().equals(kind.name())).isPresent());
    }

    /** What only all files together tell, and what one kind needs to be whole. */
    void whole(RowKind kind) {
      String file = FOLDER + "/" + kind.name() + SUFFIX;
      Set<String> named = new HashSet<>(kind.same());
      named.addAll(kind.apart());
      named.addAll(kind.once());
      named.addAll(kind.named());
      kind.put().ifPresent(put -> named.addAll(put.fields()));
      Stream.of(kind.marker(), kind.note()).filter(f -> !f.isBlank()).forEach(named::add);
      named.stream()
          .filter(field -> !kind.takes().isEmpty() && !kind.fields().containsKey(field))
          .filter(field -> !field.equals(kind.patient()))
          .forEach(
              field ->
                  problems.add(
                      new Problem(file, 0, "'" + field + "' does not stand among its fields")));
      kind.define()
          .filter(define -> Optional.ofNullable(kinds.get(define.in())).isEmpty())
          .ifPresent(
              define ->
                  problems.add(
                      new Problem(file, 0, "'define': there is no write/" + define.in() + SUFFIX)));
      kind.define()
          .flatMap(define -> Optional.ofNullable(kinds.get(define.in())))
          .filter(in -> !in.takes().isBlank() && !in.takes().equals(kind.takes()))
          .ifPresent(
              in ->
                  problems.add(
                      new Problem(
                          file,
                          0,
                          "'define': rows of "
                              + in.name()
                              + " are made of "
                              + in.takes()
                              + ", and not of the same resource")));
      if (kind.key().isBlank()) {
        problems.add(new Problem(file, 0, "'rows' needs a key beside it"));
      }
      kind.parts().ifPresent(parts -> parts(kind, file, parts));
      if (kind.takes().isBlank() && kind.nameField().isBlank() && !isPart(kind)) {
        problems.add(
            new Problem(file, 0, "'rows' needs takes, or the name of a definition, beside it"));
      }
      if (!kind.takes().isBlank() && !RowKind.types().contains(kind.takes())) {
        problems.add(
            new Problem(
                file, 0, "'takes' names " + kind.takes() + ", of which nothing can be written"));
      }
      kind.also().keySet().stream()
          .filter(type -> kind.takes().isBlank() || !RowKind.types().contains(type))
          .forEach(
              type ->
                  problems.add(
                      new Problem(
                          file, 0, "'also' names " + type + ", of which nothing can be written")));
      if (kind.isOnce() && (kind.marker().isBlank() || kind.parts().isPresent())) {
        problems.add(
            new Problem(
                file,
                0,
                "'once' needs marker beside it, where each number is looked for, and no parts"));
      }
      if (kind.post().isPresent()
          && !kind.takes().isBlank()
          && kind.marker().isBlank()
          && kind.same().isEmpty()) {
        problems.add(
            new Problem(
                file, 0, "'post' leaves no proof: say marker, or same with the fields that tell"));
      }
    }

    private boolean isCut(String resource, String field) {
      return Optional.ofNullable(texts.get(resource).get(field))
          .filter(column -> column.way() == TextColumn.Way.CUT)
          .isPresent();
    }

    private void unknown(String file, String of, JsonNode node, Set<String> known) {
      node.properties().stream()
          .filter(entry -> !known.contains(entry.getKey()))
          .forEach(
              entry ->
                  problems.add(
                      new Problem(file, 0, "'" + of + "': unknown key '" + entry.getKey() + "'")));
    }

    private void fits(
        String file, String verb, String key, JsonNode write, Pattern form, String right) {
      if (!form.matcher(write.path(key).asText()).matches()) {
        problems.add(new Problem(file, 0, "'" + verb + "': " + key + " must be " + right));
      }
    }

    private static List<String> texts(JsonNode list) {
      List<String> texts = new ArrayList<>();
      list.forEach(text -> texts.add(text.asText()));
      return texts;
    }
  }
}
