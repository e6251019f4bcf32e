package pontic.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the product delivered, the newest of each resource, so that others can deliver the same. */
final class Recording implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final Path folder;
  private final RandomAccessFile file;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Map<String, List<String>> references = new LinkedHashMap<>();

  /** Where the text of a resource stands in the file. */
  private record Place(long at, int length) {}

  /**
   * The same resources, ready to be sent in an order that a server with checks takes.
   *
   * @param each one a line: {@code Patient/elm-patient-1}, a tab and its JSON; what refers to each
   *     other is a line of no name, a tab and a transaction
   * @param transactions one a line, with so many resources, a space, and the Bundle
   * @param counts by type
   * @param bound resources that refer to each other and cannot go alone
   */
  record Load(Path each, Path transactions, Map<String, Long> counts, int bound) {
    long total() {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  Recording(Path folder) throws IOException {
    this.folder = folder;
    this.file = new RandomAccessFile(folder.resolve("delivered").toFile(), "rw");
  }

  synchronized void take(String identity, JsonNode resource) {
    byte[] text = resource.toString().getBytes(StandardCharsets.UTF_8);
    try {
      long at = file.length();
      file.seek(at);
      file.write(text);
      places.put(identity, new Place(at, text.length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    references.put(
        identity,
        resource.findParents("reference").stream()
            .map(each -> each.path("reference"))
            // CarePlan.activity has an element of this name, which is a Reference.
            .map(each -> each.isObject() ? each.path("reference").asText() : each.asText())
            .distinct()
            .toList());
  }

  /**
   * @param size resources of a transaction, at most; what refers to each other is not parted
   */
  synchronized Load load(int size) throws IOException {
    List<List<String>> order = DependencyOrder.of(references);
    Map<String, Long> counts = new TreeMap<>();
    Path each = folder.resolve("each");
    Path transactions = folder.resolve("transactions");
    try (BufferedWriter one = Files.newBufferedWriter(each);
        BufferedWriter many = Files.newBufferedWriter(transactions)) {
      List<String> next = new ArrayList<>();
      for (List<String> together : order) {
        for (String identity : together) {
          counts.merge(identity.substring(0, identity.indexOf('/')), 1L, Long::sum);
        }
        one.write(
            together.size() == 1
                ? together.get(0) + "\t" + text(together.get(0)) + "\n"
                : "\t" + transaction(together) + "\n");
        if (!next.isEmpty() && next.size() + together.size() > size) {
          many.write(next.size() + " " + transaction(next) + "\n");
          next.clear();
        }
        next.addAll(together);
      }
      if (!next.isEmpty()) {
        many.write(next.size() + " " + transaction(next) + "\n");
      }
    }
    int bound = order.stream().mapToInt(List::size).filter(some -> some > 1).sum();
    return new Load(each, transactions, counts, bound);
  }

  private String transaction(List<String> identities) throws IOException {
    StringBuilder bundle =
        new StringBuilder("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    for (String identity : identities) {
      bundle
          .append(bundle.charAt(bundle.length() - 1) == '[' ? "" : ",")
          .append("{\"resource\":")
          .append(text(identity))
          .append(",\"request\":{\"method\":\"PUT\",\"url\":")
          .append(json.writeValueAsString(identity))
          .append("}}");
    }
    return bundle.append("]}").toString();
  }

  private String text(String identity) throws IOException {
    Place place = places.get(identity);
    byte[] text = new byte[place.length()];
    file.seek(place.at());
    file.readFully(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
