package pontic.validity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Errors of the validator that are none ({@code mappings/fhir/exceptions.yaml}), one by one with
 * the reason. The tests go by the same list.
 *
 * @param exceptions may be empty
 */
public record Exceptions(List<Excepted> exceptions) {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** A file leaves out what does not apply. */
  public Exceptions {
    exceptions = exceptions == null ? List.of() : List.copyOf(exceptions);
  }

  /**
   * @param rule as {@link Failing#rule}
   * @param at FHIRPath without positions; empty = anywhere
   * @param why for people
   */
  public record Excepted(String rule, String at, String why) {
    /** A file leaves out what does not apply. */
    public Excepted {
      rule = rule == null ? "" : rule;
      at = at == null ? "" : at;
      why = why == null ? "" : why;
    }

    boolean covers(Failing failing) {
      return rule.equals(failing.rule()) && (at.isEmpty() || at.equals(failing.path()));
    }
  }

  /**
   * @throws JsonProcessingException with the place in the text, if it is no such list
   */
  public static Exceptions of(String text) throws JsonProcessingException {
    return YAML.readValue(text, Exceptions.class);
  }

  /** The same of a file. */
  public static Exceptions read(Path file) throws IOException {
    return YAML.readValue(file.toFile(), Exceptions.class);
  }

  public boolean cover(Failing failing) {
    return exceptions.stream().anyMatch(each -> each.covers(failing));
  }
}
