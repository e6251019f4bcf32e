package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.mapping.RowKind;

/**
 * One row that a resource of a message becomes.
 *
 * @param tag which of the message's rows it is; the same for every plan of that message
 * @param resource FHIR type, for people
 * @param reference of ours, the same whenever this sender speaks of this row
 * @param mark that stands in the row: the reference, or one that is another for other words
 * @param marks of its other numbers, that stand in the row behind the first: of what is booked once
 *     under each (decision 0420); else empty
 * @param older marks by which rows of the same numbers are known that were made before that, or
 *     under others
 * @param others references that it would have if another of its numbers came first
 * @param said what the mapping made of the resource
 */
record ChartItem(
    RowKind kind,
    String tag,
    String resource,
    String reference,
    String mark,
    List<String> marks,
    List<String> older,
    List<String> others,
    JsonNode said) {
  ChartItem(
      RowKind kind,
      String tag,
      String resource,
      String reference,
      String mark,
      List<String> others,
      JsonNode said) {
    this(kind, tag, resource, reference, mark, List.of(), List.of(), others, said);
  }

  /** Behind the tag of what it defines. */
  static final String DEFINITION = "/define";

  /** Behind the tag of the file that takes what had no field. */
  static final String REST = "/rest";

  /** What of a patient has no field, as one row. */
  static final String LEFT = "/left";

  /** Set for a create on condition. */
  static final String ONLY_NEW = "only-new";

  /** Set where its sender has spoken of it under the id by which he updates it. */
  static final String BY_ID = "by-id";

  /** Set where its sender gives it no number. */
  static final String NAMELESS = "nameless";

  /** What stands in a row that is made of it. */
  String allMarks() {
    return Stream.concat(Stream.of(mark), marks.stream()).collect(Collectors.joining(" "));
  }

  /** Whether a row bears one of its numbers. */
  boolean isMarked(JsonNode row) {
    String text = row.path(kind.marker()).asText();
    return !kind.marker().isBlank()
        && (Stream.of(Stream.of(mark), marks.stream(), older.stream())
                .flatMap(each -> each)
                .anyMatch(text::contains)
            || kind.isOnce() && text.contains(reference));
  }

  /**
   * Whether a row that bears one of its numbers bears another too, as this one does: a number of
   * both may be that of a batch. What its sender calls by the same id is the same.
   */
  boolean isCrossed(JsonNode row) {
    Set<String> borne = Marker.all(row.path(kind.marker()).asText());
    Set<String> own = new HashSet<>(marks);
    own.add(mark);
    Set<String> known = new HashSet<>(own);
    known.addAll(older);
    return !said.path(BY_ID).asBoolean() && !known.containsAll(borne) && !borne.containsAll(own);
  }

  /** Where what a sender said of it is kept; the lane puts the person in front. */
  String assertion() {
    return assertion(reference);
  }

  /** Where it is kept if it was said under this reference. */
  String assertion(String of) {
    return assertion(resource, kind, of);
  }

  static String assertion(String resource, RowKind kind, String reference) {
    return resource + "#" + kind.name() + "/" + reference;
  }

  /** Where it is kept that its sender gave it this other number too (decision 0385). */
  String alias(String other) {
    return alias(resource, kind, other);
  }

  static String alias(String resource, RowKind kind, String reference) {
    return resource + "#" + kind.name() + "/also/" + reference;
  }

  /** What is kept there: under which reference it was said. */
  JsonNode underReference() {
    return JsonNodeFactory.instance.objectNode().put(reference, true);
  }

  /** A file or entry of what another row had no field for, or of what was too long for it. */
  boolean isRest() {
    return tag.contains(REST);
  }

  /** What of the patient has no field. */
  boolean isLeft() {
    return tag.contains(LEFT);
  }

  /** What is spoken of, for people. */
  String subject() {
    return isLeft() ? "The rest of the " + resource : resource;
  }

  /** Place of its resource in the message, from 0. */
  int place() {
    return Integer.parseInt(tag.split("/", 3)[1]);
  }

  /** Why nothing can be made of it; blank if something can. */
  String unfit() {
    return said.path("unfit").asText();
  }

  /** That its sender takes it back, where no write does that; blank if he does not. */
  String withdrawn() {
    return said.path("withdrawn").asText();
  }

  /** No number of its sender's says which one it is. */
  boolean isNameless() {
    return said.path(NAMELESS).asBoolean();
  }

  /** A row is made if the sender has spoken of none under this number, and none is changed. */
  boolean onlyNew() {
    return said.path(ONLY_NEW).asBoolean();
  }

  /** Of a rest: what it is more of. */
  String whole() {
    return tag.substring(0, tag.indexOf(REST));
  }

  /** Where it ends that has no field at all, for people; blank if it has one. */
  String kept() {
    return said.path("kept").asText();
  }

  /** A row is changed and none is made. */
  boolean onlyKnown() {
    return said.path("only-known").asBoolean();
  }

  /** The key of the row, where the message bears our own number of it. */
  OptionalLong key() {
    return said.has("key") ? OptionalLong.of(said.path("key").asLong()) : OptionalLong.empty();
  }

  /**
   * What a definition holds if it has to be made.
   *
   * @param meant what the mapping says of it
   */
  static ObjectNode defined(RowKind definitions, JsonNode meant) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (meant.path("row") instanceof ObjectNode row) {
      row.properties().stream()
          .filter(field -> !field.getValue().isNull())
          .forEach(field -> body.set(field.getKey(), field.getValue()));
      return body;
    }
    return body.put(definitions.nameField(), meant.path("name").asText().strip());
  }

  /** Whether a row of the office's list has the name of a definition. */
  static boolean isNamed(RowKind definitions, JsonNode body, JsonNode row) {
    return definitions.naming().stream()
        .allMatch(
            field ->
                FieldMerge.text(row.path(field))
                    .equalsIgnoreCase(FieldMerge.text(body.path(field))));
  }

  /** Its own requests, not those of its definition. */
  List<Asked> calls(Head head) {
    return of(head, tag);
  }

  Optional<Asked> landed(Head head) {
    return calls(head).stream().filter(c -> c.is(Purpose.CALL, CallState.LANDED)).findFirst();
  }

  Optional<Asked> refused(Head head) {
    return head.calls().stream()
        .filter(
            call -> {
              String of = call.baseline().path("item").asText();
              return of.equals(tag) || of.startsWith(definition());
            })
        .filter(call -> call.is(Purpose.CALL, CallState.REFUSED))
        .findFirst();
  }

  /** Requests that made its definition, and what that leans on; oldest first. */
  List<Asked> definitions(Head head) {
    return head.calls().stream()
        .filter(call -> call.baseline().path("item").asText().startsWith(definition()))
        .filter(call -> call.is(Purpose.CALL, CallState.LANDED))
        .toList();
  }

  /** Tag of the request that makes its definition. */
  String definition() {
    return tag + DEFINITION;
  }

  /** Names a row of another kind that the same resource of the same message becomes. */
  String beside(RowKind other) {
    return other.name() + " of " + String.join("/", List.of(tag.split("/")).subList(0, 2));
  }

  /** What the API has no field for: the elements' names. */
  List<String> elements() {
    List<String> elements = new ArrayList<>();
    said.path("rest")
        .forEach(
            rest -> {
              if (!elements.contains(rest.path("element").asText())) {
                elements.add(rest.path("element").asText());
              }
            });
    return elements;
  }

  /** The same in words, one after the other. */
  String rest() {
    List<String> words = new ArrayList<>();
    said.path("rest")
        .forEach(
            rest -> words.add(rest.path("element").asText() + ": " + rest.path("text").asText()));
    return String.join("; ", words);
  }

  /** The fields that the mapping made, without those it left empty. */
  ObjectNode fields() {
    // Where all are empty the mapping leaves the row itself out.
    ObjectNode fields =
        said.path("row") instanceof ObjectNode row
            ? row.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    fields.properties().removeIf(field -> field.getValue().isNull());
    return fields;
  }

  private static List<Asked> of(Head head, String tag) {
    return head.calls().stream()
        .filter(call -> call.baseline().path("item").asText().equals(tag))
        .toList();
  }
}
