package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** docs/dependencies.md against the poms. */
final class DependenciesPageTest {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");

  @Test
  void everyDirectDependencyAndPluginIsListedWithVersionLicenceAndReason() throws Exception {
    String page = Project.text("docs/dependencies.md");
    Element parent = pom("pom.xml");
    Map<String, String> properties = properties(parent);
    Element bundle = pom("src/bundle/pom.xml");
    Element sandbox = pom("src/sandbox/pom.xml");
    check(direct(bundle, false), section(page, "## The product"), properties);
    check(direct(bundle, true), section(page, "## Its tests"), properties);
    Map<String, String> ofSandbox = direct(sandbox, false);
    ofSandbox.putAll(direct(sandbox, true));
    check(ofSandbox, section(page, "## The sandbox"), properties);
    Element jpa = pom("src/hospital-jpa/pom.xml");
    check(direct(jpa, false), section(page, "## The JPA server"), properties);
    Element bench = pom("src/bench/pom.xml");
    Map<String, String> ofBench = direct(bench, false);
    ofBench.putAll(direct(bench, true));
    ofBench.putAll(direct(pom("src/bench/debezium/pom.xml"), false));
    ofBench.putAll(direct(pom("src/bench/converter/pom.xml"), false));
    ofBench.keySet().removeIf(library -> library.startsWith("pontic:"));
    check(ofBench, section(page, "## The benches"), properties);
    Map<String, String> plugins = all(parent, "plugin");
    for (Map.Entry<String, String> plugin : all(bundle, "plugin").entrySet()) {
      plugins.putIfAbsent(plugin.getKey(), plugin.getValue());
    }
    plugins.putAll(all(parent, "path"));
    check(plugins, section(page, "## The build"), properties);
  }

  private static void check(
      Map<String, String> declared, String section, Map<String, String> properties) {
    Map<String, String> listed = new TreeMap<>();
    Matcher row = ROW.matcher(section);
    while (row.find()) {
      listed.put(row.group(1), row.group(2).strip());
      assertTrue(
          row.group(3).strip().length() > 2 && row.group(4).strip().length() > 2, row.group(1));
    }
    assertEquals(declared.keySet(), listed.keySet());
    declared.forEach(
        (library, version) -> {
          if (version.isEmpty()) {
            // A bill of materials gives it; that stands in the properties, or beside the library.
            assertTrue(
                properties.containsValue(listed.get(library)), library + " " + listed.get(library));
          } else if (!version.equals("${project.version}")) {
            assertEquals(resolved(version, properties), listed.get(library), library);
          }
        });
  }

  private static String resolved(String version, Map<String, String> properties) {
    return version.startsWith("${")
        ? properties.getOrDefault(version.substring(2, version.length() - 1), version)
        : version;
  }

  private static String section(String page, String heading) {
    int from = page.indexOf(heading);
    assertTrue(from >= 0, heading);
    int to = page.indexOf("\n## ", from + 1);
    return to < 0 ? page.substring(from) : page.substring(from, to);
  }

  /** library → version as written, "" where the parent manages it. */
  private static Map<String, String> direct(Element pom, boolean test) {
    Map<String, String> found = new TreeMap<>();
    for (Map.Entry<String, Element> one : elements(pom, "dependency").entrySet()) {
      if (text(one.getValue(), "scope").equals("test") == test) {
        found.put(one.getKey(), text(one.getValue(), "version"));
      }
    }
    return found;
  }

  /** With the version of whichever mention gives one. */
  private static Map<String, String> all(Element pom, String kind) {
    Map<String, String> found = new TreeMap<>();
    elements(pom, kind).forEach((name, element) -> found.put(name, text(element, "version")));
    return found;
  }

  private static Map<String, Element> elements(Element pom, String kind) {
    Map<String, Element> found = new TreeMap<>();
    NodeList all = pom.getElementsByTagName(kind);
    for (int i = 0; i < all.getLength(); i++) {
      Element one = (Element) all.item(i);
      String name = text(one, "groupId") + ":" + text(one, "artifactId");
      if (!found.containsKey(name) || !text(one, "version").isEmpty()) {
        found.put(name, one);
      }
    }
    return found;
  }

  private static Map<String, String> properties(Element pom) {
    Map<String, String> found = new TreeMap<>();
    NodeList all = ((Element) pom.getElementsByTagName("properties").item(0)).getChildNodes();
    for (int i = 0; i < all.getLength(); i++) {
      if (all.item(i) instanceof Element one) {
        found.put(one.getTagName(), one.getTextContent().strip());
      }
    }
    return found;
  }

  private static String text(Element owner, String name) {
    NodeList children = owner.getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i) instanceof Element one && one.getTagName().equals(name)) {
        return one.getTextContent().strip();
      }
    }
    return "";
  }

  private static Element pom(String path) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(Project.HOME.resolve(path).toFile())
        .getDocumentElement();
  }

  @Test
  void theLicenceIsThere() throws IOException {
    String licence = Project.text("LICENSE");
    assertTrue(licence.contains("Apache License") && licence.contains("Version 2.0, January 2004"));
    assertTrue(licence.contains("END OF TERMS AND CONDITIONS"));
  }
}
