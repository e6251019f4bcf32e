package pontic.check;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentType;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.CommentEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A YAML file with the line of everything in it. */
final class Document {

  /**
   * One key of the file.
   *
   * @param path keys and positions that lead to it, the key itself last
   * @param line of the key
   */
  record Entry(List<String> path, Node value, int line) {
    String key() {
      return path.get(path.size() - 1);
    }

    /** The key above, positions left out; empty at the top. */
    String above() {
      for (int i = path.size() - 2; i >= 0; i--) {
        if (!path.get(i).matches("\\d+")) {
          return path.get(i);
        }
      }
      return "";
    }

    Optional<String> text() {
      return Document.text(value);
    }
  }

  private static final int MOST = 1024 * 1024;

  private final String name;
  private final String text;
  private final Node root;
  private final List<Entry> entries = new ArrayList<>();

  private Document(String name, String text, Node root, List<Finding> findings) {
    this.name = name;
    this.text = text;
    this.root = root;
    walk(root, List.of(), findings);
  }

  /** The file, if it is YAML; otherwise a finding says why not. */
  static Optional<Document> read(Path file, String name, List<Finding> findings) {
    return text(file, name, findings).flatMap(text -> parse(name, text, findings));
  }

  /** The file's text, if it is UTF-8. */
  static Optional<String> text(Path file, String name, List<Finding> findings) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      findings.add(
          new Finding(name, 0, "the file cannot be read", "let Pontic's user read the file"));
      return Optional.empty();
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer chars = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), chars, true);
    chars.flip();
    String text = chars.toString();
    if (result.isError()) {
      int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
      findings.add(
          new Finding(name, line, "the file is not UTF-8", "save it with the encoding UTF-8"));
      return Optional.empty();
    }
    if (text.isBlank()) {
      findings.add(
          new Finding(name, 1, "the file is empty", "write its content, or take the file away"));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  private static Optional<Document> parse(String name, String text, List<Finding> findings) {
    try {
      Node root = new Yaml(new SafeConstructor(options(false))).compose(new StringReader(text));
      if (root == null) {
        findings.add(
            new Finding(name, 1, "the file holds nothing but comments", "write its content"));
        return Optional.empty();
      }
      return Optional.of(new Document(name, text, root, findings));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      boolean tab = String.valueOf(e.getProblem()).contains("TAB");
      findings.add(
          new Finding(
              name,
              line,
              tab
                  ? "a tab stands where YAML takes spaces only"
                  : "this is no YAML: " + e.getProblem(),
              tab ? "indent with spaces" : "correct this line or the one before it"));
    } catch (YAMLException e) {
      findings.add(
          new Finding(name, 0, "this is no YAML that is taken here", "at most 1 MiB, few aliases"));
    }
    return Optional.empty();
  }

  private static LoaderOptions options(boolean comments) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MOST);
    options.setMaxAliasesForCollections(10);
    options.setProcessComments(comments);
    return options;
  }

  private void walk(Node node, List<String> path, List<Finding> findings) {
    if (path.size() > 200) {
      return;
    }
    if (node instanceof MappingNode mapping) {
      Set<String> seen = new HashSet<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = text(tuple.getKeyNode()).orElse("?");
        if (!seen.add(key)) {
          findings.add(
              new Finding(
                  name, line(tuple.getKeyNode()), "key " + key + " is there twice", "keep one"));
        }
        List<String> here = with(path, key);
        entries.add(new Entry(here, tuple.getValueNode(), line(tuple.getKeyNode())));
        walk(tuple.getValueNode(), here, findings);
      }
    } else if (node instanceof SequenceNode sequence) {
      int position = 0;
      for (Node item : sequence.getValue()) {
        walk(item, with(path, Integer.toString(position++)), findings);
      }
    }
  }

  private static List<String> with(List<String> path, String last) {
    List<String> longer = new ArrayList<>(path);
    longer.add(last);
    return List.copyOf(longer);
  }

  String name() {
    return name;
  }

  String text() {
    return text;
  }

  Node root() {
    return root;
  }

  /** Every key of the file, in its order. */
  List<Entry> entries() {
    return entries;
  }

  /** Lines of the file that hold a comment. */
  List<Integer> comments() {
    List<Integer> lines = new ArrayList<>();
    try {
      for (Event event : new Yaml(options(true)).parse(new StringReader(text))) {
        if (event instanceof CommentEvent comment
            && comment.getCommentType() != CommentType.BLANK_LINE) {
          lines.add(comment.getStartMark().getLine() + 1);
        }
      }
    } catch (YAMLException e) {
      // The parser knows comments in fewer places than YAML does; those before are told.
      return lines;
    }
    return lines;
  }

  /** Line of what a path leads to, or of the nearest thing above that is there. */
  int line(List<String> path) {
    Node node = root;
    int line = line(root);
    for (String step : path) {
      Node next = null;
      if (node instanceof MappingNode mapping) {
        for (NodeTuple tuple : mapping.getValue()) {
          if (text(tuple.getKeyNode()).filter(step::equals).isPresent()) {
            line = line(tuple.getKeyNode());
            next = tuple.getValueNode();
          }
        }
      } else if (node instanceof SequenceNode list
          && step.matches("\\d{1,6}")
          && Integer.parseInt(step) < list.getValue().size()) {
        next = list.getValue().get(Integer.parseInt(step));
        line = line(next);
      }
      if (next == null) {
        return line;
      }
      node = next;
    }
    return line;
  }

  static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  static Optional<String> text(Node node) {
    return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
  }

  /** A key of a mapping; empty if the node is none or lacks it. */
  static Optional<Node> child(Node node, String key) {
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (text(tuple.getKeyNode()).filter(key::equals).isPresent()) {
          return Optional.of(tuple.getValueNode());
        }
      }
    }
    return Optional.empty();
  }

  static Optional<String> text(Node node, String key) {
    return child(node, key).flatMap(Document::text);
  }
}
