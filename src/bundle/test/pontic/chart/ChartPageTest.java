package pontic.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import pontic.mapping.Golden;
import pontic.record.Kind;

/** The page of every golden resource together: what is drawn, and that no text of it is markup. */
final class ChartPageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOSTILE =
      "\"'><script>document.title='ran'</script><img src=x onerror=document.title='ran'></style></pre> {{x}} \u202e &amp;";

  /** All golden resources, as if they were one patient's. */
  private static ObjectNode chart() throws Exception {
    ObjectNode chart = JSON.createObjectNode();
    chart.put("practice", "elm").put("name", "Elm").put("zone", "America/New_York");
    chart.put("at", "2026-11-22T04:00:00Z").put("patient", 12).put("askedBy", "ann");
    chart.put("destination", "").put("mapping", "");
    chart.putArray("waiting");
    chart.putArray("messages");
    chart.putArray("others");
    chart.putArray("records");
    for (Golden golden : Golden.all()) {
      JsonNode resource = golden.mapping().startsWith("outbound/") ? golden.expected() : null;
      if (resource != null && resource.isObject()) {
        add(chart, "Golden:" + golden.mapping().replace('/', '-'), "live", resource);
      }
    }
    return chart;
  }

  private static void add(ObjectNode chart, String kind, String state, JsonNode resource) {
    ObjectNode record = chart.withArray("records").addObject();
    record.put("kind", new Kind(kind).text()).put("key", chart.path("records").size());
    record.put("version", 1).put("state", state).put("reason", "");
    record.set("resource", resource);
  }

  private static Document read(String html) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
  }

  private static List<Element> all(Document page, String name) {
    NodeList found = page.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int at = 0; at < found.getLength(); at++) {
      elements.add((Element) found.item(at));
    }
    return elements;
  }

  /** Every text and every number that can be, in every place of every resource. */
  private static void soil(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> each : object.properties()) {
        boolean drawn = Set.of("resourceType", "system", "code", "url").contains(each.getKey());
        if (each.getValue().isTextual() && !drawn) {
          object.put(each.getKey(), HOSTILE);
        }
        soil(each.getValue());
      }
    } else {
      node.forEach(ChartPageTest::soil);
    }
  }

  @Test
  void noTextOfAResourceIsMarkupWhateverItSays() throws Exception {
    ObjectNode chart = chart();
    int usual = all(read(new ChartPage(chart).html()), "*").size();
    chart.path("records").forEach(each -> soil(each.path("resource")));
    chart.put("name", HOSTILE).put("askedBy", HOSTILE);
    chart.withArray("waiting").addObject().put("state", "parked").put("reason", HOSTILE);
    chart.withArray("messages").addObject().put("type", HOSTILE).put("reason", HOSTILE);
    Document page = read(new ChartPage(chart).html());
    assertTrue(usual > 500, "nothing was drawn");
    assertTrue(page.getDocumentElement().getTextContent().contains(HOSTILE));
    Set<String> harmful =
        Set.of(
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "link",
            "base",
            "image",
            "use",
            "foreignObject");
    for (Element each : all(page, "*")) {
      assertFalse(harmful.contains(each.getTagName()), each.getTagName());
      for (int at = 0; at < each.getAttributes().getLength(); at++) {
        String name = each.getAttributes().item(at).getNodeName();
        assertFalse(name.startsWith("on") || name.equals("src") || name.equals("style"), name);
        if (name.equals("href")) {
          assertTrue(each.getAttribute("href").matches("#[a-z0-9]+"), each.getAttribute("href"));
        }
      }
    }
  }

  @Test
  void nothingIsFetchedAndTheOnlyStyleIsItsOwn() throws Exception {
    Document page = read(new ChartPage(chart()).html());
    assertEquals(1, all(page, "style").size());
    String style = all(page, "style").get(0).getTextContent();
    assertFalse(
        style.contains("http") || style.contains("@import") || style.matches("(?s).*[<>&].*"));
    String hash =
        Base64.getEncoder()
            .encodeToString(MessageDigest.getInstance("SHA-256").digest(style.getBytes("UTF-8")));
    assertTrue(
        all(page, "meta").stream()
            .anyMatch(
                each ->
                    each.getAttribute("content")
                        .equals(
                            "default-src 'none'; style-src 'sha256-"
                                + hash
                                + "'; base-uri 'none'; form-action 'none'")));
  }

  @Test
  void whatABrowserKeepsOfThePageIsNobodysName() throws Exception {
    assertEquals(
        "Chart as it is told, elm",
        all(read(new ChartPage(chart()).html()), "title").get(0).getTextContent());
  }

  /** A person who cannot see the drawing has the same in words; each link leads somewhere. */
  @Test
  void eachDrawingHasALabelAndEachLinkAnEnd() throws Exception {
    Document page = read(new ChartPage(chart()).html());
    Set<String> ends = new HashSet<>();
    all(page, "*").forEach(each -> ends.add(each.getAttribute("id")));
    all(page, "a")
        .forEach(each -> assertTrue(ends.contains(each.getAttribute("href").substring(1))));
    for (Element each : all(page, "svg")) {
      assertTrue(
          each.hasAttribute("aria-label") || each.getAttribute("aria-hidden").equals("true"));
    }
  }

  @Test
  void aToothIsDrawnByItsCodesAndEachStatusInItsOwnWay() throws Exception {
    ObjectNode chart = empty();
    add(chart, "Procedure:procedure", "live", golden("outbound-procedure/filling"));
    add(chart, "Observation:tooth", "live", golden("outbound-tooth/missing"));
    Document page = read(new ChartPage(chart).html());
    JsonNode filling = golden("outbound-procedure/filling");
    String tooth = Sites.of(filling.path("bodySite")).teeth().get(0).number();
    Element drawn = tooth(page, tooth);
    long parts =
        all(page, "polygon").stream()
            .filter(each -> each.getAttribute("class").equals("part s-c"))
            .filter(each -> within(each, drawn))
            .count();
    assertEquals(Sites.of(filling.path("bodySite")).surfaces().size(), parts);
    assertTrue(drawn.getTextContent().contains("Completed"), drawn.getTextContent());
    String gone =
        Sites.of(golden("outbound-tooth/missing").path("bodySite")).teeth().get(0).number();
    assertEquals("tooth missing", tooth(page, gone).getAttribute("class"));
    assertEquals(
        32,
        all(page, "g").stream()
            .filter(each -> each.getAttribute("class").startsWith("tooth"))
            .count());
  }

  /** A hospital draws by codes: what only words name is told to be missing from the drawing. */
  @Test
  void whatOnlyWordsNameOrCodesContradictIsListedInsteadOfDrawn() throws Exception {
    ObjectNode chart = empty();
    ObjectNode filling = golden("outbound-procedure/filling");
    ObjectNode codings = (ObjectNode) filling.at("/bodySite/0/coding/1");
    codings.put("code", "48".equals(codings.path("code").asText()) ? "18" : "48");
    add(chart, "Procedure:procedure", "live", filling);
    add(
        chart,
        "Procedure:procedure",
        "live",
        golden("outbound-procedure/supernumerary-primary-tooth-unknown-to-hl7"));
    String text = read(new ChartPage(chart).html()).getDocumentElement().getTextContent();
    assertTrue(text.contains("its codes name different teeth"), "two numbers, two teeth");
    assertTrue(text.contains("no code says which tooth or area: Tooth"), "a tooth in words");
  }

  @Test
  void whatIsWithdrawnIsNotDrawnAndStandsInTheTimeline() throws Exception {
    ObjectNode chart = empty();
    ObjectNode filling = golden("outbound-procedure/filling");
    add(chart, "Procedure:procedure", "deleted", filling.put("status", "entered-in-error"));
    Document page = read(new ChartPage(chart).html());
    assertTrue(
        all(page, "polygon").stream()
            .noneMatch(each -> each.getAttribute("class").startsWith("part")));
    assertEquals(
        1,
        all(page, "tr").stream()
            .filter(each -> each.getAttribute("class").equals("withdrawn"))
            .count());
  }

  private static ObjectNode empty() throws Exception {
    ObjectNode chart = chart();
    chart.putArray("records");
    return chart;
  }

  private static ObjectNode golden(String folder) throws Exception {
    return (ObjectNode) JSON.readTree(Path.of("test/golden", folder, "expected.json").toFile());
  }

  private static Element tooth(Document page, String number) {
    return all(page, "g").stream()
        .filter(each -> each.getAttribute("class").startsWith("tooth"))
        .filter(each -> each.getTextContent().startsWith("Tooth " + number + " "))
        .findFirst()
        .orElseThrow();
  }

  private static boolean within(Node node, Element outer) {
    return node != null && (node.equals(outer) || within(node.getParentNode(), outer));
  }
}
