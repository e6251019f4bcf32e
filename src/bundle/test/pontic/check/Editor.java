package pontic.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.DumpSettingsBuilder;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * An editor of routes: reads a file into plain objects and writes these, so that comments, quotes,
 * line breaks and indentation are its own. Kaoto does so (decision 0206).
 */
public enum Editor {
  /** As Kaoto saves: plain where it can be, folded at 80 columns. */
  KAOTO(settings().setWidth(80).build(), false),

  /**
   * Kaoto after somebody went through the forms of all endpoints: parts of the address become
   * parameters.
   */
  KAOTO_FORMS(settings().setWidth(80).build(), true),

  QUOTED(settings().setDefaultScalarStyle(ScalarStyle.DOUBLE_QUOTED).setWidth(40).build(), false),

  FOLDED(
      settings()
          .setDefaultScalarStyle(ScalarStyle.FOLDED)
          .setIndent(4)
          .setIndicatorIndent(2)
          .setExplicitStart(true)
          .build(),
      false),

  LITERAL(settings().setDefaultScalarStyle(ScalarStyle.LITERAL).build(), false);

  private static final CamelCatalog CATALOG = new DefaultCamelCatalog(true);

  private final DumpSettings written;
  private final boolean forms;

  Editor(DumpSettings written, boolean forms) {
    this.written = written;
    this.forms = forms;
  }

  private static DumpSettingsBuilder settings() {
    return DumpSettings.builder()
        .setDefaultFlowStyle(FlowStyle.BLOCK)
        .setDefaultScalarStyle(ScalarStyle.PLAIN);
  }

  /** What stands in the file after it was opened and saved. */
  public String saved(String text) {
    Object model =
        new Load(LoadSettings.builder().setSchema(new CoreSchema()).build()).loadFromString(text);
    return new Dump(written).dumpToString(forms ? inForms(model) : model);
  }

  private static Object inForms(Object node) {
    if (node instanceof List<?> list) {
      return list.stream().map(Editor::inForms).toList();
    }
    if (!(node instanceof Map<?, ?> map)) {
      return node;
    }
    Map<String, Object> made = new LinkedHashMap<>();
    map.forEach((key, value) -> made.put(key.toString(), inForms(value)));
    if (made.get("uri") instanceof String uri && uri.contains(":")) {
      String scheme = uri.substring(0, uri.indexOf(':'));
      Map<String, Object> parameters = new LinkedHashMap<>();
      if (made.get("parameters") instanceof Map<?, ?> said) {
        said.forEach((key, value) -> parameters.put(key.toString(), value));
      }
      parameters.putAll(parts(scheme, uri));
      made.put("uri", scheme);
      made.put("parameters", parameters);
    }
    return made;
  }

  /** As Kaoto does it: the rest of the address is cut at the delimiters of the syntax. */
  private static Map<String, Object> parts(String scheme, String uri) {
    ComponentModel model =
        Optional.ofNullable(CATALOG.componentModel(scheme))
            .orElseThrow(() -> new AssertionError("no component " + scheme));
    String syntax = model.getSyntax().substring(model.getSyntax().indexOf(':') + 1);
    String rest = uri.substring(uri.indexOf(':') + 1);
    if (syntax.startsWith("//")) {
      syntax = syntax.substring(2);
      rest = rest.replaceFirst("^//", "");
    }
    List<String> keys = new ArrayList<>(List.of(syntax.split("://|:|//|#|/")));
    List<String> delimiters =
        Pattern.compile("://|:|//|#|/").matcher(syntax).results().map(MatchResult::group).toList();
    if (keys.size() == 1) {
      return Map.of(keys.get(0), rest);
    }
    List<String> values = new ArrayList<>();
    String left = rest;
    for (String delimiter : delimiters) {
      int at = left.indexOf(delimiter);
      if (at < 0) {
        break;
      }
      values.add(left.substring(0, at));
      left = left.substring(at + delimiter.length());
    }
    values.add(left);
    Collection<String> required =
        model.getEndpointPathOptions().stream()
            .filter(BaseOptionModel::isRequired)
            .map(BaseOptionModel::getName)
            .toList();
    if (values.size() < keys.size()) {
      keys.removeIf(key -> !required.contains(key));
    }
    Map<String, Object> parts = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      parts.put(keys.get(i), values.get(i));
    }
    return parts;
  }
}
