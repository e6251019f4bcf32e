package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One page, by itself, of all that a hospital is told of a patient: no script, nothing from
 * elsewhere. Its shape of {@code /control/chart} stands in docs/operations.md.
 */
public final class ChartPage {
  private final JsonNode chart;
  private final ZoneId zone;
  private final List<Told> all = new ArrayList<>();
  private final List<Told> others = new ArrayList<>();

  public ChartPage(JsonNode chart) {
    this.chart = chart;
    this.zone = ZoneId.of(chart.path("zone").asText());
    chart.path("records").forEach(each -> add(all, each));
    chart.path("others").forEach(each -> add(others, each));
  }

  private void add(List<Told> to, JsonNode record) {
    if (record.has("resource")) {
      to.add(new Told(all.size() + others.size() + 1, record, zone));
    }
  }

  public String html() {
    String style = style();
    Page page = new Page();
    page.open("html", "lang", "en").open("head");
    page.bare("meta", "charset", "utf-8");
    // Whatever a name holds: nothing runs, nothing is fetched.
    page.bare(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'sha256-"
            + hash(style)
            + "'; base-uri 'none'; form-action 'none'");
    page.bare("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.bare("meta", "name", "referrer", "content", "no-referrer");
    page.bare("meta", "name", "robots", "content", "noindex");
    // Browsers keep titles: nobody's name.
    page.one("title", "Chart as it is told, " + chart.path("practice").asText());
    page.one("style", style).close().open("body");
    head(page);
    List<Finding> findings = Finding.of(all);
    page.open("main");
    section(page, "who", "Summary");
    new Summary(all).show(page);
    page.close();
    List<String> notDrawn = teeth(page, findings);
    perio(page, findings, notDrawn);
    time(page);
    section(page, "lacking", "What the hospital does not get, or only in words");
    new Lacking(chart, all, notDrawn).show(page);
    page.close();
    resources(page);
    return page.close().html() + "\n";
  }

  private static void section(Page page, String id, String title) {
    page.open("section", "id", id, "aria-labelledby", id + "-title");
    page.one("h2", title, "id", id + "-title");
  }

  private void head(Page page) {
    page.open("header").open("h1");
    page.one("bdi", new Summary(all).name().orElse("No Patient resource is told")).close();
    String destination = chart.path("destination").asText();
    page.open("p");
    page.one("bdi", chart.path("name").asText());
    page.text(
        " ("
            + chart.path("practice").asText()
            + "), PatNum "
            + chart.path("patient").asText()
            + ". "
            + (destination.isEmpty()
                ? "The records as they are for every destination"
                : "As " + destination + " is told it")
            + (chart.path("mapping").asText().isEmpty()
                ? ""
                : ", by the mapping " + chart.path("mapping").asText())
            + ". Made of "
            + all.size()
            + " resources, "
            + minute(chart.path("at").asText())
            + " ("
            + zone.getId()
            + "), asked by "
            + chart.path("askedBy").asText()
            + ".");
    page.close();
    page.one(
        "p",
        "This page holds a patient's data in clear. It is for judging a mapping by eye, not for treatment; delete it once it was judged.",
        "class",
        "warning");
    page.open("nav", "aria-label", "On this page");
    for (String each :
        List.of(
            "who Summary",
            "teeth Teeth",
            "perio Perio",
            "time Timeline",
            "lacking Not told",
            "resources Resources")) {
      page.one(
          "a",
          each.substring(each.indexOf(' ') + 1),
          "href",
          "#" + each.substring(0, each.indexOf(' ')));
      page.text(" ");
    }
    page.close().close();
  }

  private String minute(String at) {
    return Instant.parse(at)
        .atZone(zone)
        .toLocalDateTime()
        .withSecond(0)
        .withNano(0)
        .toString()
        .replace('T', ' ');
  }

  private List<String> teeth(Page page, List<Finding> findings) {
    List<Finding> placed = findings.stream().filter(each -> !each.sites().isEmpty()).toList();
    List<String> notDrawn = new ArrayList<>();
    findings.forEach(
        each ->
            each.sites()
                .wrong()
                .forEach(
                    wrong ->
                        notDrawn.add(
                            each.told().reference() + " (" + each.words() + "): " + wrong)));
    section(page, "teeth", "Teeth");
    ToothChart drawing = new ToothChart(placed);
    drawing.legend(page);
    page.open("div", "class", "wide");
    drawing.draw(page);
    page.close();
    page.one("h3", "Tooth by tooth, then areas");
    page.open("div", "class", "wide");
    drawing.table(page);
    page.close().close();
    return notDrawn;
  }

  private void perio(Page page, List<Finding> findings, List<String> notDrawn) {
    Set<Integer> missing = new HashSet<>();
    findings.stream()
        .filter(Finding::isMissing)
        .flatMap(each -> each.sites().teeth().stream())
        .filter(each -> !each.isPrimary() && !each.isSupernumerary())
        .forEach(each -> missing.add(Integer.parseInt(each.number())));
    section(page, "perio", "Perio");
    List<PerioExam> exams = PerioExam.of(all);
    if (exams.isEmpty()) {
      page.one("p", "No exam is told.", "class", "note");
    } else {
      page.one(
          "p",
          "B bleeding, S suppuration, P plaque, C calculus. Depths of 4 mm and more are bold, of 6 mm and more boxed. The margin is drawn at the neck where none is told; a margin of less than 0 lies on the crown's side. Nothing is computed.",
          "class",
          "note");
    }
    boolean first = true;
    for (PerioExam exam : exams) {
      page.open("details", first ? new String[] {"open", ""} : new String[0]);
      first = false;
      page.one(
          "summary",
          exam.title()
              + ": "
              + exam.depths(0)
              + " depths, "
              + exam.depths(4)
              + " of 4 mm or more, "
              + exam.depths(6)
              + " of 6 mm or more, "
              + exam.bleeding()
              + " sites bled");
      if (!exam.by().isEmpty()) {
        page.open("p", "class", "note")
            .one("a", "the exam's resource", "href", "#" + exam.by())
            .close();
      }
      PerioChart drawing = new PerioChart(exam, missing);
      if (exam.isEmpty()) {
        page.one("p", "It has no measure.", "class", "note");
      } else {
        page.open("div", "class", "wide");
        drawing.draw(page);
        page.close().open("details").one("summary", "All numbers").open("div", "class", "wide");
        drawing.table(page);
        page.close().close();
      }
      page.close();
      exam.wrong().forEach(each -> notDrawn.add(exam.title() + ": " + each));
    }
    page.close();
  }

  private void time(Page page) {
    Map<String, String> names = new HashMap<>();
    for (Told each : others) {
      String name =
          each.resource().path("name").isArray()
              ? Summary.name(each.resource().at("/name/0"))
              : each.text("/name");
      if (!name.isBlank()) {
        names.put(each.reference(), name);
      }
    }
    List<Event> events = all.stream().flatMap(each -> Event.of(each, names).stream()).toList();
    section(page, "time", "Timeline");
    page.one("p", "Times by the office's clock, " + zone.getId() + ".", "class", "note");
    Timeline timeline =
        new Timeline(events, LocalDate.ofInstant(Instant.parse(chart.path("at").asText()), zone));
    page.open("div", "class", "wide");
    timeline.draw(page);
    page.close();
    timeline.legend(page);
    timeline.table(page);
    page.close();
  }

  private void resources(Page page) {
    section(page, "resources", "Each resource as the hospital gets it");
    Map<String, List<Told>> kinds = new TreeMap<>();
    for (List<Told> some : List.of(all, others)) {
      some.forEach(
          each ->
              kinds
                  .computeIfAbsent(
                      (some == others ? "pointed to: " : "") + each.kind(),
                      key -> new ArrayList<>())
                  .add(each));
    }
    kinds.forEach(
        (kind, its) -> {
          page.one("h3", kind + " (" + its.size() + ")");
          for (Told each : its) {
            page.open(
                "details", "id", each.anchor(), "class", others.contains(each) ? "other" : "own");
            page.open("summary").one("code", each.reference());
            page.text(
                " version "
                    + each.record().path("version").asText()
                    + ", "
                    + each.record().path("state").asText());
            page.close().one("pre", each.resource().toPrettyString()).close();
          }
        });
    page.close();
  }

  private static String style() {
    try (InputStream in = ChartPage.class.getResourceAsStream("chart.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String style) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform has no SHA-256", e);
    }
  }
}
