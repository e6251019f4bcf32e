package pontic.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;
import pontic.capture.ApiFeeds;
import pontic.mapping.Mappings;
import pontic.mapping.MappingsInvalid;
import pontic.mapping.MatchRules;
import pontic.mapping.Ownership;
import pontic.mapping.PracticeRules;
import pontic.mapping.Problem;
import pontic.mapping.RowKind;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.send.Change;
import pontic.send.Hl7Event;
import pontic.send.Hl7Sends;
import pontic.understand.Event;
import pontic.understand.Kinds;
import pontic.validity.Exceptions;

/** Mappings, code tables, field ownership and the tables beside them, by their own loaders. */
final class MappingRule {
  private static final Set<String> HEARD =
      Set.of(
          "register",
          "update",
          Event.KNOWN,
          Event.REFER,
          Event.CHART,
          "merge",
          "book",
          "move",
          "cancel",
          Event.NOTHING,
          Event.REFUSE);
  private static final Pattern FIELD = Pattern.compile("[A-Z][A-Z0-9]{2}-[1-9][0-9]?");
  private static final Pattern TIMES = Pattern.compile("[1-9][0-9]{0,4}");
  private static final Pattern QUOTED = Pattern.compile("'\\$?([^']+)'");

  private static final List<String> OWN =
      List.of("matching/patient.yaml", "ownership/appointment.yaml", "ownership/patient.yaml");

  private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());

  List<Finding> check(Path home, Path config, Optional<Settings> settings, Set<String> asked) {
    List<Finding> findings = new ArrayList<>();
    Map<String, Document> files = new TreeMap<>();
    for (String name : Folder.files(home, "mappings")) {
      if (name.endsWith(".yaml")) {
        Document.read(home.resolve(name), name, findings).ifPresent(each -> files.put(name, each));
      } else if (name.endsWith(".jslt")) {
        Document.text(home.resolve(name), name, findings);
      } else {
        findings.add(
            new Finding(
                name, 0, "the file is not read", "name it ….jslt or ….yaml, or take it away"));
      }
    }
    if (!findings.isEmpty()) {
      // The loaders would say the same again in other words.
      return findings;
    }
    Path shipped = home.resolve("mappings");
    Optional<Mappings> mappings = told(files, findings, () -> Mappings.load(shipped));
    List<String> names =
        Folder.files(home, "mappings").stream()
            .filter(name -> name.endsWith(".jslt"))
            .map(name -> name.substring("mappings/".length(), name.length() - ".jslt".length()))
            .toList();
    for (String name : asked) {
      if (!names.contains(name)) {
        findings.add(
            new Finding(
                "mappings/" + name + ".jslt",
                0,
                "the file is missing",
                "Pontic needs this mapping"));
      }
    }
    OwnFiles own = OwnFiles.of(config);
    if (mappings.isPresent() && settings.isPresent()) {
      for (Practice practice : settings.get().practices()) {
        codes(mappings.get(), config, practice, own, findings);
      }
      for (Destination destination : settings.get().destinations()) {
        destination
            .mapping()
            .filter(name -> !names.contains(name))
            .ifPresent(
                name ->
                    findings.add(
                        new Finding(
                            config.getFileName() + "/destinations/" + destination.id() + ".yaml",
                            0,
                            "mapping: there is no mappings/" + name + ".jslt",
                            "correct the name, or take the line away")));
      }
    }
    // Of each file by itself: all that is wrong is told at once.
    Optional<MatchRules> matching = told(files, findings, () -> MatchRules.shipped(shipped));
    Optional<Ownership> patient =
        told(files, findings, () -> Ownership.shipped(shipped, "patient"));
    Optional<Ownership> appointment =
        told(files, findings, () -> Ownership.shipped(shipped, "appointment"));
    Optional<Writes> table = told(files, findings, () -> Writes.load(shipped));
    if (matching.isPresent()
        && patient.isPresent()
        && appointment.isPresent()
        && table.isPresent()
        && settings.isPresent()) {
      PracticeRules rules =
          PracticeRules.of(matching.get(), patient.get(), appointment.get(), table.get());
      settings.get().practices().forEach(each -> rules(rules, config, each, own, findings));
    }
    told(files, findings, () -> ApiFeeds.load(home.resolve("mappings/capture-api")));
    Set<String> rows = writes(table, files, names, settings, findings);
    events(files, names, rows, findings);
    return findings.stream().distinct().toList();
  }

  /**
   * The table of writes, the mappings that it names, and what practices say of it.
   *
   * @param loaded empty if the table is broken
   * @return FHIR types that become rows; empty if the table is broken
   */
  private static Set<String> writes(
      Optional<Writes> loaded,
      Map<String, Document> files,
      List<String> names,
      Optional<Settings> settings,
      List<Finding> findings) {
    if (loaded.isEmpty()) {
      return Set.of();
    }
    for (RowKind kind : loaded.get().kinds()) {
      String name = "mappings/write/" + kind.name() + ".yaml";
      kind.mappings()
          .forEach(
              (type, mapping) -> {
                if (!names.contains(mapping)) {
                  findings.add(
                      new Finding(
                          name,
                          line(
                              Optional.ofNullable(files.get(name)),
                              new Problem(name, 0, type.equals(kind.takes()) ? "mapping" : "also")),
                          "there is no mapping \"" + mapping + "\" for " + type,
                          Near.right(mapping, names)));
                }
              });
    }
    List<String> known = loaded.get().all().stream().map(WriteTerms::name).toList();
    for (Practice practice : settings.map(Settings::practices).orElse(List.of())) {
      Stream.concat(practice.writes().on().stream(), practice.writes().off().stream())
          .filter(write -> !known.contains(write))
          .sorted()
          .forEach(
              write ->
                  findings.add(
                      new Finding(
                          "config/practices/" + practice.id() + ".yaml",
                          0,
                          "writes names " + write + ", which Pontic does not write",
                          Near.right(write, known))));
    }
    return loaded.get().kinds().stream()
        .flatMap(kind -> kind.mappings().keySet().stream())
        .collect(Collectors.toSet());
  }

  private static void urgent(Document file, Document.Entry entry, List<Finding> findings) {
    Document.child(entry.value(), "urgent")
        .filter(value -> Document.text(value).filter(Set.of("true", "false")::contains).isEmpty())
        .ifPresent(
            value ->
                findings.add(
                    new Finding(
                        file.name(),
                        entry.line(),
                        "urgent of " + entry.key() + " is neither true nor false",
                        "write urgent: true if somebody waits for it, else nothing")));
  }

  private static void most(Document file, Document.Entry entry, List<Finding> findings) {
    Document.child(entry.value(), "most")
        .filter(
            value ->
                !(value instanceof MappingNode fields)
                    || !fields.getValue().stream()
                        .allMatch(
                            bound ->
                                Document.text(bound.getKeyNode())
                                        .filter(field -> FIELD.matcher(field).matches())
                                        .isPresent()
                                    && Document.text(bound.getValueNode())
                                        .filter(times -> TIMES.matcher(times).matches())
                                        .isPresent()))
        .ifPresent(
            value ->
                findings.add(
                    new Finding(
                        file.name(),
                        entry.line(),
                        "most of " + entry.key() + " is not a number of times for each field",
                        "write most: { PID-3: 50 }")));
  }

  /** What is taken of a message beside its own matter has to become something. */
  private static void with(
      Document file, Document.Entry entry, Set<String> rows, List<Finding> findings) {
    Document.child(entry.value(), "with")
        .filter(list -> !rows.isEmpty())
        .ifPresent(
            list -> {
              List<String> types =
                  list instanceof SequenceNode items
                      ? items.getValue().stream()
                          .map(item -> Document.text(item).orElse("?"))
                          .toList()
                      : List.of("?");
              types.stream()
                  .filter(type -> !rows.contains(type))
                  .forEach(
                      type ->
                          findings.add(
                              new Finding(
                                  file.name(),
                                  entry.line(),
                                  entry.key()
                                      + " is taken with "
                                      + type
                                      + ", of which nothing is written",
                                  Near.right(
                                      type,
                                      rows.stream().filter(row -> !row.isBlank()).toList()))));
            });
  }

  /** What is loaded; empty if it cannot be, and the findings say why. */
  private static <T> Optional<T> told(
      Map<String, Document> files, List<Finding> findings, Supplier<T> load) {
    try {
      return Optional.of(load.get());
    } catch (MappingsInvalid e) {
      for (Problem problem : e.problems()) {
        String name = "mappings/" + problem.file();
        if (!unreadTable(files, problem)) {
          findings.add(
              new Finding(
                  name,
                  line(Optional.ofNullable(files.get(name)), problem),
                  what(problem.what()),
                  right(problem, name)));
        }
      }
    } catch (UncheckedIOException e) {
      findings.add(new Finding("mappings", 0, "a folder cannot be read", "put it there, readable"));
    }
    return Optional.empty();
  }

  /** A code table that is there but wrong is told at its own file only. */
  private static boolean unreadTable(Map<String, Document> files, Problem problem) {
    Matcher table = QUOTED.matcher(problem.what());
    return problem.what().startsWith("unknown code table")
        && table.find()
        && files.containsKey("mappings/codes/" + table.group(1) + ".yaml");
  }

  /** The practice's own files of whom messages mean and whose words count. */
  private static void rules(
      PracticeRules shipped,
      Path config,
      Practice practice,
      OwnFiles files,
      List<Finding> findings) {
    Path own = config.resolve("practices").resolve(practice.id());
    String area = config.getFileName() + "/";
    its(area, files, findings, () -> shipped.matching().with(own));
    its(area, files, findings, () -> shipped.patient().with(own, "patient"));
    its(area, files, findings, () -> shipped.appointment().with(own, "appointment"));
    shipped
        .rows()
        .forEach((resource, row) -> its(area, files, findings, () -> row.with(own, resource)));
    Set<String> read = new TreeSet<>(OWN);
    shipped.rows().keySet().forEach(resource -> read.add("ownership/" + resource + ".yaml"));
    String its = area + "practices/" + practice.id();
    files
        .below(its)
        .filter(name -> !name.startsWith(its + "/codes/"))
        .filter(name -> !read.contains(name.substring(its.length() + 1)))
        .filter(name -> files.document(name).isPresent())
        .forEach(
            name ->
                findings.add(
                    new Finding(
                        name,
                        0,
                        "the file is not read",
                        "a practice's own files are codes/*.yaml, " + String.join(", ", read))));
  }

  private static void codes(
      Mappings mappings, Path config, Practice practice, OwnFiles files, List<Finding> findings) {
    String area = config.getFileName() + "/practices/";
    Path own = config.resolve("practices").resolve(practice.id()).resolve("codes");
    its(area, files, findings, () -> mappings.withCodes(own));
    its(area, files, findings, () -> mappings.withCodes(practice.codes(), practice.id() + ".yaml"));
  }

  /**
   * What is wrong with a practice's own file.
   *
   * @param area before the name that the problem has for it
   */
  private static void its(String area, OwnFiles files, List<Finding> findings, Runnable load) {
    try {
      load.run();
    } catch (MappingsInvalid e) {
      for (Problem problem : e.problems()) {
        String name = area + problem.file();
        findings.add(
            new Finding(
                name,
                line(files.document(name), problem),
                what(problem.what()),
                right(problem, name)));
      }
    }
  }

  private void events(
      Map<String, Document> files, List<String> names, Set<String> rows, List<Finding> findings) {
    each(
        files,
        "mappings/hl7v2/events.yaml",
        findings,
        (file, entry) -> {
          keys(
              file,
              entry,
              Set.of("mapping", "event", "matter", "most", "reason", "request", "urgent", "with"),
              findings);
          urgent(file, entry, findings);
          most(file, entry, findings);
          String event = Document.text(entry.value(), "event").orElse("");
          if (!event.equals(Event.NOTHING) && !event.equals(Event.REFUSE)) {
            mapping(file, entry, names, findings);
          } else if (Document.text(entry.value(), "reason").orElse("").isBlank()) {
            findings.add(
                new Finding(
                    file.name(),
                    entry.line(),
                    entry.key() + " has no reason",
                    "say in reason: what the sender and the receipt are told"));
          }
          with(file, entry, rows, findings);
          if (!HEARD.contains(event)) {
            findings.add(
                new Finding(
                    file.name(),
                    entry.line(),
                    "the event of " + entry.key() + " is \"" + event + "\"",
                    Near.right(event, HEARD)));
          }
        });
    kinds(files, findings);
    exceptions(files, findings);
    Set<String> changes =
        Stream.of(Change.values()).map(Change::word).collect(Collectors.toCollection(TreeSet::new));
    each(
        files,
        "mappings/hl7v2/events-out.yaml",
        findings,
        (file, entry) -> {
          keys(file, entry, Set.of("mapping", "event"), findings);
          mapping(file, entry, names, findings);
          if (!changes.contains(entry.key())) {
            findings.add(
                new Finding(
                    file.name(),
                    entry.line(),
                    "there is no change " + entry.key(),
                    Near.right(entry.key(), changes)));
          }
          String event = Document.text(entry.value(), "event").orElse("");
          try {
            new Hl7Event(event, "");
          } catch (IllegalArgumentException e) {
            findings.add(
                new Finding(
                    file.name(),
                    entry.line(),
                    "the event of " + entry.key() + " is \"" + event + "\"",
                    "write type, trigger and structure such as SIU^S12^SIU_S12"));
          }
        });
    Set<String> meanings =
        Stream.of(Hl7Sends.Meaning.values())
            .map(meaning -> meaning.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));
    each(
        files,
        "mappings/hl7v2/answers-out.yaml",
        findings,
        (file, entry) -> {
          String meaning = entry.text().orElse("");
          if (!meanings.contains(meaning)) {
            findings.add(
                new Finding(
                    file.name(),
                    entry.line(),
                    entry.key() + " means \"" + meaning + "\"",
                    Near.right(meaning, meanings)));
          }
        });
    each(
        files,
        "mappings/opendental/answers.yaml",
        findings,
        (file, entry) -> {
          Set<String> known = Set.of("away", "refused");
          if (!known.contains(entry.key())) {
            findings.add(
                new Finding(
                    file.name(),
                    entry.line(),
                    "unknown key " + entry.key(),
                    Near.right(entry.key(), known)));
          } else {
            list(file, entry, findings);
          }
        });
    each(
        files,
        "mappings/opendental/own-log.yaml",
        findings,
        (file, entry) -> {
          Set<String> known = Set.of("made", "left", "named");
          if (!known.contains(entry.key())) {
            findings.add(
                new Finding(
                    file.name(),
                    entry.line(),
                    "unknown key " + entry.key(),
                    Near.right(entry.key(), known)));
          }
        });
    each(files, "mappings/opendental/columns.yaml", findings, (file, entry) -> {});
  }

  /** What the façade takes. */
  private void kinds(Map<String, Document> files, List<Finding> findings) {
    String name = "mappings/fhir/kinds.yaml";
    Document file = files.get(name);
    if (file == null) {
      findings.add(new Finding(name, 0, "the file is missing", "say in it what the façade takes"));
      return;
    }
    Kinds read;
    try {
      read = yaml.readValue(file.text(), Kinds.class);
    } catch (IOException e) {
      findings.add(
          new Finding(
              name,
              e instanceof JsonProcessingException at && at.getLocation() != null
                  ? at.getLocation().getLineNr()
                  : 0,
              "this is not what the façade takes",
              "write kinds: Type: { event, needs, reason, urgent } and messages: system|code: { kind, event }"));
      return;
    }
    Set<String> alone = new TreeSet<>(HEARD);
    alone.removeAll(Set.of("merge", Event.NOTHING));
    Set<String> events = new TreeSet<>(alone);
    alone.add(Kinds.CARRIED);
    read.kinds()
        .forEach(
            (type, kind) -> {
              int line = file.line(List.of("kinds", type));
              if (!alone.contains(kind.event())) {
                findings.add(
                    new Finding(
                        name,
                        line,
                        "the event of " + type + " is \"" + kind.event() + "\"",
                        Near.right(kind.event(), alone)));
              } else if (Set.of(Event.REFUSE, Kinds.CARRIED).contains(kind.event())
                  && kind.reason().isBlank()) {
                findings.add(
                    new Finding(
                        name,
                        line,
                        type + " has no reason",
                        "say in reason: what the sender is told"));
              }
              Set<String> ways = ways(read, type);
              kind.urgent().stream()
                  .filter(way -> !ways.contains(way))
                  .forEach(
                      way ->
                          findings.add(
                              new Finding(
                                  name,
                                  line,
                                  type + " does not come as \"" + way + "\" (urgent)",
                                  Near.right(way, ways))));
            });
    read.messages()
        .forEach(
            (code, message) -> {
              int line = file.line(List.of("messages", code));
              if (read.kind(message.kind()).isEmpty()) {
                findings.add(
                    new Finding(
                        name,
                        line,
                        code + " has a focus that is not taken: " + message.kind(),
                        Near.right(message.kind(), Set.copyOf(read.taken()))));
              } else if (!events.contains(message.event())
                  || message.event().equals(Event.REFUSE)) {
                findings.add(
                    new Finding(
                        name,
                        line,
                        "the event of " + code + " is \"" + message.event() + "\"",
                        Near.right(message.event(), events)));
              }
            });
  }

  /** How a resource type may come: posted, put, or in a FHIR message. */
  private static Set<String> ways(Kinds kinds, String type) {
    Set<String> ways = new TreeSet<>(Set.of(Kinds.CREATE, Kinds.UPDATE));
    kinds.messages().values().stream()
        .filter(message -> message.kind().equals(type))
        .forEach(message -> ways.add(message.event()));
    return ways;
  }

  /** What is sent though the validator says that it fails. */
  private static void exceptions(Map<String, Document> files, List<Finding> findings) {
    String name = "mappings/fhir/exceptions.yaml";
    Document file = files.get(name);
    if (file == null) {
      findings.add(new Finding(name, 0, "the file is missing", "put it back; Pontic needs it"));
      return;
    }
    String right = "write exceptions: and below it - { rule, at, why }";
    try {
      int place = 0;
      for (Exceptions.Excepted each : Exceptions.of(file.text()).exceptions()) {
        int line = file.line(List.of("exceptions", Integer.toString(place++)));
        if (each.rule().isBlank()) {
          findings.add(new Finding(name, line, "an exception names no rule", right));
        } else if (each.why().isBlank()) {
          findings.add(
              new Finding(
                  name,
                  line,
                  "the exception of " + each.rule() + " has no reason",
                  "say in why: why it is no fault"));
        }
      }
    } catch (JsonProcessingException e) {
      findings.add(
          new Finding(
              name,
              e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
              "this is no list of exceptions",
              right));
    }
  }

  private void list(Document file, Document.Entry entry, List<Finding> findings) {
    try {
      yaml.convertValue(
          yaml.readTree(file.text()).path(entry.key()), new TypeReference<List<String>>() {});
    } catch (IOException | IllegalArgumentException e) {
      findings.add(
          new Finding(
              file.name(),
              entry.line(),
              entry.key() + " is no list of texts",
              "write - text lines"));
    }
  }

  @FunctionalInterface
  private interface Look {
    void at(Document file, Document.Entry entry);
  }

  private static void each(
      Map<String, Document> files, String name, List<Finding> findings, Look look) {
    Document file = files.get(name);
    if (file == null) {
      findings.add(new Finding(name, 0, "the file is missing", "put it back; Pontic needs it"));
      return;
    }
    file.entries().stream()
        .filter(entry -> entry.path().size() == 1)
        .forEach(entry -> look.at(file, entry));
  }

  private static void keys(
      Document file, Document.Entry entry, Set<String> known, List<Finding> findings) {
    for (Document.Entry below : file.entries()) {
      if (below.path().size() == 2
          && below.path().get(0).equals(entry.key())
          && !known.contains(below.key())) {
        findings.add(
            new Finding(
                file.name(),
                below.line(),
                "unknown key " + below.key() + " of " + entry.key(),
                Near.right(below.key(), known)));
      }
    }
  }

  private static void mapping(
      Document file, Document.Entry entry, List<String> names, List<Finding> findings) {
    Optional<Node> written = Document.child(entry.value(), "mapping");
    String name = written.flatMap(Document::text).orElse("");
    if (!names.contains(name)) {
      findings.add(
          new Finding(
              file.name(),
              written.map(Document::line).orElse(entry.line()),
              "there is no mapping \"" + name + "\" for " + entry.key(),
              Near.right(name, names)));
    }
  }

  /** The loader's line, or else that of the word which it quotes or begins with. */
  private static int line(Optional<Document> in, Problem problem) {
    if (problem.line() > 0 || in.isEmpty()) {
      return problem.line();
    }
    Document file = in.get();
    List<String> words = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(problem.what());
    while (quoted.find()) {
      words.add(quoted.group(1));
    }
    Matcher first = Pattern.compile("(?:column )?([\\w-]+).*").matcher(problem.what());
    if (first.matches()) {
      words.add(first.group(1));
    }
    for (String word : words) {
      for (Document.Entry entry : file.entries()) {
        if (entry.key().equals(word)) {
          return entry.line();
        }
      }
    }
    List<String> lines = file.text().lines().toList();
    for (String word : words) {
      for (int i = 0; i < lines.size() && file.name().startsWith("mappings/write/"); i++) {
        if (lines.get(i).matches("[^#]*\\b" + Pattern.quote(word) + "\\b.*")) {
          return i + 1;
        }
      }
    }
    return 1;
  }

  private static String what(String what) {
    int semicolon = what.indexOf("; known are");
    return semicolon < 0 ? what : what.substring(0, semicolon);
  }

  private static String right(Problem problem, String name) {
    String what = problem.what();
    String shape = name.replaceFirst("\\.jslt$", ".shape.yaml");
    if (what.contains("; known are ")) {
      return what.substring(what.indexOf("; known are ") + 2);
    }
    if (what.contains("not declared in the shape")) {
      return "correct the name, or add it to fields: or nested: of " + shape;
    }
    if (what.contains("unknown variable")) {
      return "correct the name, or add it to variables: of " + shape + " if the caller gives it";
    }
    if (what.contains("code table")) {
      return "correct the name, or add mappings/codes/<table>.yaml";
    }
    if (what.contains("there is no ") && what.contains(".shape.yaml")) {
      return "write it: fields, nested and variables that the mapping may read";
    }
    if (what.contains("import ")) {
      return "name a file below mappings/, such as lib/hl7.jslt";
    }
    if (name.endsWith(".jslt")) {
      return "correct the mapping at or before this line";
    }
    if (what.startsWith("'default' must")) {
      return "add default: keep, or another of them (decision 0032)";
    }
    if (what.startsWith("'values' may")) {
      return "write values: coding, or listed: true, or take the line away";
    }
    if (what.contains("must be SYSTEM|CODE")) {
      return "write it as rxnorm|7980, or ~ for nothing in a file of codes/";
    }
    if (what.contains("owner must")) {
      return "write sender, shared or office";
    }
    if (what.contains("then: same needs")) {
      return "say held, or ask for more";
    }
    if (what.contains("of another: must be held")) {
      return "write held: a number is believed, or a person looks";
    }
    if (what.contains("a reason is missing")) {
      return "add reason: with a sentence for the person who edits this";
    }
    return "see the other files of " + name.replaceFirst("/[^/]*$", "");
  }
}
