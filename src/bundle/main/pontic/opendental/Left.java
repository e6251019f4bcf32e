package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of a patient Open Dental's API has no field for (decisions 0344 and 0394).
 *
 * @param sentences for the receipt: paths and reasons, no values
 * @param words what it says, where it can be said in words
 */
record Left(List<String> sentences, List<Word> words) {
  static final Left NOTHING = new Left(List.of(), List.of());

  private static final String TYPE = "Patient.";

  /** Of an element in its list. */
  private static final Pattern PLACE = Pattern.compile("\\[[0-9]+]");

  /**
   * @param element its path, {@code Patient.address[1]}
   * @param text a patient's; never for the receipt
   */
  record Word(String element, String text) {
    @Override
    public String toString() {
      return element;
    }
  }

  Left {
    sentences = List.copyOf(sentences);
    words = List.copyOf(words);
  }

  /**
   * @param mapped by {@code fhir/patient-left}: a group for each reason
   */
  static Left of(JsonNode mapped) {
    List<String> sentences = new ArrayList<>();
    List<Word> words = new ArrayList<>();
    for (JsonNode group : mapped) {
      List<String> elements = new ArrayList<>();
      for (JsonNode each : group.path("left")) {
        elements.add(each.path("element").asText());
        if (each.hasNonNull("text")) {
          words.add(new Word(each.path("element").asText(), each.path("text").asText()));
        }
      }
      // Without a reason the message's own mapping has named it.
      if (group.hasNonNull("why")) {
        sentences.add(
            "left out: " + String.join(", ", elements) + " (" + group.path("why").asText() + ")");
      }
    }
    return new Left(sentences, words);
  }

  Left and(Left more) {
    return new Left(
        Stream.concat(sentences.stream(), more.sentences.stream()).toList(),
        Stream.concat(words.stream(), more.words.stream()).toList());
  }

  /**
   * For a person at the office; "" if nothing can be said in words. The same whatever order a
   * sender lists addresses or extensions in.
   */
  String text() {
    return words.stream()
        .map(
            word ->
                PLACE.matcher(word.element().replace(TYPE, "")).replaceAll("") + ": " + word.text())
        .sorted()
        .collect(Collectors.joining("; "));
  }

  /** Paths of what can be said in words, for the receipt. */
  String elements() {
    return words.stream().map(Word::element).distinct().collect(Collectors.joining(", "));
  }
}
