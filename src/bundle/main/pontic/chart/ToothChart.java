package pontic.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The teeth with what is told of each: as a drawing, and the same as a table. */
final class ToothChart {
  private static final int LEFT = 78;
  private static final int COLUMN = 56;
  private static final int MIDLINE = 18;
  private static final int WIDTH = LEFT + 16 * COLUMN + MIDLINE + 6;
  private static final int SQUARE = 40;
  private static final int NUMBERS = 30;
  private static final int MARKS = 18;
  private static final int SMALL = 26;

  private final List<Finding> findings;
  private final boolean primary;

  ToothChart(List<Finding> findings) {
    this.findings = findings;
    this.primary =
        findings.stream()
            .anyMatch(each -> each.sites().teeth().stream().anyMatch(Tooth::isPrimary));
  }

  private List<Finding> of(Tooth tooth) {
    return findings.stream()
        .filter(each -> each.sites().teeth().contains(tooth))
        .sorted(Comparator.comparing(Finding::status))
        .toList();
  }

  /** Supernumerary teeth that something is told of, of one row. */
  private List<Tooth> supernumerary(boolean upper, boolean ofPrimary) {
    return findings.stream()
        .flatMap(each -> each.sites().teeth().stream())
        .filter(Tooth::isSupernumerary)
        .filter(each -> each.isUpper() == upper && each.isPrimary() == ofPrimary)
        .distinct()
        .toList();
  }

  private static List<Tooth> row(boolean upper, boolean ofPrimary) {
    Stream<Tooth> all =
        ofPrimary
            ? IntStream.range(0, 20).mapToObj(Tooth::primary)
            : IntStream.rangeClosed(1, 32).mapToObj(Tooth::permanent);
    return all.filter(each -> each.isUpper() == upper).toList();
  }

  private static int x(Tooth tooth) {
    return LEFT + tooth.column() * COLUMN + (tooth.isOnTheRight() ? 0 : MIDLINE);
  }

  private int height(boolean upper, boolean ofPrimary) {
    return NUMBERS
        + (supernumerary(upper, ofPrimary).isEmpty() ? 0 : SMALL + 14)
        + ToothDrawing.HEIGHT
        + SQUARE
        + MARKS
        + 6;
  }

  void draw(Page page) {
    int upper = height(true, false);
    int upperPrimary = primary ? height(true, true) : 0;
    int lowerPrimary = primary ? height(false, true) : 0;
    int lower = height(false, false);
    int middle = upper + upperPrimary;
    int all = middle + 26 + lowerPrimary + lower;
    page.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + all,
        "class",
        "teeth",
        "role",
        "group",
        "aria-label",
        "Tooth chart. The patient's right is on the left. The table below says the same in words.");
    patterns(page);
    line(
        page,
        "midline",
        LEFT + 8 * COLUMN + MIDLINE / 2,
        4,
        LEFT + 8 * COLUMN + MIDLINE / 2,
        all - 4);
    row(page, 0, true, false);
    if (primary) {
      row(page, upper, true, true);
    }
    line(page, "midline", 4, middle + 13, WIDTH - 4, middle + 13);
    label(page, "side", LEFT - 8, middle + 8, "end", "patient's right");
    label(page, "side", WIDTH - 8, middle + 8, "end", "patient's left");
    if (primary) {
      row(page, middle + 26, false, true);
    }
    row(page, middle + 26 + lowerPrimary, false, false);
    page.close();
  }

  private void row(Page page, int top, boolean upper, boolean ofPrimary) {
    int height = height(upper, ofPrimary);
    boolean small = !supernumerary(upper, ofPrimary).isEmpty();
    int numbers = upper ? top + 14 : top + height - 15;
    int roots = upper ? top + NUMBERS + (small ? SMALL + 14 : 0) : top + MARKS + SQUARE + 6;
    int square = upper ? roots + ToothDrawing.HEIGHT + 3 : top + MARKS;
    int marks = upper ? square + SQUARE + 13 : top + 13;
    label(page, "rowname", 4, roots + 44, "start", ofPrimary ? "Primary" : "Permanent");
    label(page, "side", LEFT - 8, square + 12, "end", upper ? "facial" : "lingual");
    label(page, "side", LEFT - 8, square + SQUARE - 3, "end", upper ? "palatal" : "facial");
    for (Tooth tooth : row(upper, ofPrimary)) {
      List<Finding> its = of(tooth);
      int x = x(tooth);
      page.open(
          "g", "class", its.stream().anyMatch(Finding::isMissing) ? "tooth missing" : "tooth");
      page.one("title", words(tooth, its));
      label(page, "number", x + COLUMN / 2, numbers, "middle", tooth.number());
      label(page, "iso", x + COLUMN / 2, numbers + 12, "middle", tooth.iso());
      silhouette(page, tooth, its, x + 8, roots);
      square(page, tooth, its, x + 8, square, SQUARE);
      marks(page, its, x + COLUMN / 2, marks);
      page.close();
    }
    for (Tooth tooth : supernumerary(upper, ofPrimary)) {
      List<Finding> its = of(tooth);
      int x = x(tooth) + (COLUMN - SMALL) / 2;
      int y = upper ? top + NUMBERS + 12 : top + height - NUMBERS - SMALL - 4;
      page.open("g", "class", "tooth");
      page.one("title", words(tooth, its));
      label(
          page, "extra", x + SMALL / 2, y - 3, "middle", "+" + tooth.number() + " " + letters(its));
      square(page, tooth, its, x, y, SMALL);
      page.close();
    }
  }

  private static String letters(List<Finding> its) {
    Set<String> letters = new LinkedHashSet<>();
    its.forEach(each -> letters.add(each.status().letter()));
    return String.join("", letters);
  }

  private static void silhouette(Page page, Tooth tooth, List<Finding> its, int x, int y) {
    String turned =
        tooth.isUpper()
            ? "translate(" + x + " " + y + ")"
            : "translate(" + x + " " + (y + ToothDrawing.HEIGHT) + ") scale(1 -1)";
    String outline = ToothDrawing.outline(tooth);
    page.open("g", "transform", turned);
    page.open("path", "d", outline, "class", "enamel").close();
    for (Finding each : its) {
      if (each.sites().surfaces().isEmpty() && each.status() != Finding.Status.STATE) {
        page.open("path", "d", outline, "class", "whole " + each.status().style()).close();
      }
    }
    page.open("path", "d", "M6 54Q20 " + (ToothDrawing.NECK - 6) + " 34 54", "class", "neck")
        .close();
    if (its.stream().anyMatch(Finding::isMissing)) {
      page.open("path", "d", "M2 4L38 78M38 4L2 78", "class", "cross").close();
    }
    page.close();
  }

  private static void square(Page page, Tooth tooth, List<Finding> its, int x, int y, int size) {
    page.open(
        "g", "transform", "translate(" + x + " " + y + ") scale(" + size / (double) SQUARE + ")");
    for (String each : ToothDrawing.surfaces(tooth)) {
      page.open("polygon", "points", each, "class", "surface").close();
    }
    for (Finding each : its) {
      for (String letter : each.sites().surfaces()) {
        String points = ToothDrawing.surface(tooth, letter);
        if (!points.isEmpty()) {
          page.open("polygon", "points", points, "class", "part " + each.status().style()).close();
        }
      }
      boolean whole = each.sites().surfaces().isEmpty() && each.status() != Finding.Status.STATE;
      if (whole && tooth.isSupernumerary()) {
        page.open("rect", "width", "40", "height", "40", "class", "part " + each.status().style())
            .close();
      }
    }
    page.close();
  }

  private static void marks(Page page, List<Finding> its, int x, int y) {
    Set<Finding.Status> marks = new TreeSet<>();
    its.stream().filter(each -> !each.isMissing()).forEach(each -> marks.add(each.status()));
    if (!marks.isEmpty()) {
      page.open("text", "x", "" + x, "y", "" + y, "text-anchor", "middle", "class", "marks");
      for (Finding.Status each : marks) {
        page.one("tspan", each.letter(), "class", "t-" + each.style(), "dx", "2");
      }
      page.close();
    }
  }

  private static String words(Tooth tooth, List<Finding> its) {
    List<String> words = new ArrayList<>();
    its.forEach(each -> words.add(sentence(each)));
    return "Tooth "
        + tooth.number()
        + (tooth.iso().isEmpty() ? ", supernumerary" : " (" + tooth.iso() + ")")
        + ": "
        + (words.isEmpty() ? "nothing told" : String.join("; ", words));
  }

  private static String sentence(Finding finding) {
    return (finding.status() == Finding.Status.STATE ? "" : finding.status().text() + " ")
        + surfaces(finding)
        + finding.words();
  }

  private static String surfaces(Finding finding) {
    return finding.sites().surfaces().isEmpty()
        ? ""
        : String.join("", sorted(finding.sites().surfaces())) + " ";
  }

  /** As dentists write them: MOD, not DMO. */
  private static List<String> sorted(Set<String> letters) {
    return letters.stream().sorted(Comparator.comparing("MOIDBFL"::indexOf)).toList();
  }

  void legend(Page page) {
    page.open("ul", "class", "legend");
    for (Finding.Status each : Finding.Status.values()) {
      page.open("li").open("svg", "viewBox", "0 0 22 16", "class", "swatch", "aria-hidden", "true");
      page.open(
          "rect",
          "x",
          "1",
          "y",
          "1",
          "width",
          "20",
          "height",
          "14",
          "class",
          "part " + each.style());
      page.close().close();
      page.one("b", each.letter(), "class", "t-" + each.style());
      page.text(" " + each.text() + ": " + each.meaning()).close();
    }
    page.close();
  }

  /** The same in words, tooth by tooth and then by area. */
  void table(Page page) {
    page.open("table").open("thead").open("tr");
    for (String head : List.of("Where", "ISO", "Status", "Surfaces", "What", "When", "Resource")) {
      page.one("th", head, "scope", "col");
    }
    page.close().close().open("tbody");
    findings.stream()
        .flatMap(each -> each.sites().teeth().stream())
        .distinct()
        .sorted(Comparator.comparing(ToothChart::order))
        .forEach(
            tooth ->
                of(tooth)
                    .forEach(each -> line(page, "Tooth " + tooth.number(), tooth.iso(), each)));
    for (Finding each : findings) {
      each.sites().areas().forEach(area -> line(page, area, "", each));
    }
    page.close().close();
  }

  private static int order(Tooth tooth) {
    return (tooth.isUpper() ? 0 : 1000)
        + tooth.column() * 10
        + (tooth.isPrimary() ? 2 : 0)
        + (tooth.isSupernumerary() ? 1 : 0);
  }

  private static void line(Page page, String where, String iso, Finding finding) {
    page.open("tr").one("th", where, "scope", "row").one("td", iso);
    page.open("td").one("b", finding.status().letter(), "class", "t-" + finding.status().style());
    page.text(" " + finding.status().text()).close();
    page.one(
        "td",
        String.join(
            ", ", sorted(finding.sites().surfaces()).stream().map(ToothDrawing::name).toList()));
    page.open("td").one("bdi", finding.words());
    String codes =
        finding
            .told()
            .concept(finding.status() == Finding.Status.STATE ? "/valueCodeableConcept" : "/code")
            .codesBeside();
    page.text(" ").one("small", codes);
    if (!finding.remark().isEmpty()) {
      page.text(" ").one("em", finding.remark());
    }
    page.close().one("td", finding.told().when());
    page.open("td").one("a", finding.told().reference(), "href", "#" + finding.told().anchor());
    page.close().close();
  }

  private static void line(Page page, String style, int x1, int y1, int x2, int y2) {
    page.open("line", "x1", "" + x1, "y1", "" + y1, "x2", "" + x2, "y2", "" + y2, "class", style)
        .close();
  }

  private static void label(Page page, String style, int x, int y, String anchor, String words) {
    page.one("text", words, "x", "" + x, "y", "" + y, "text-anchor", anchor, "class", style);
  }

  /** Hatches, so that what a colour says is seen without it. */
  private static void patterns(Page page) {
    page.open("defs");
    pattern(page, "e", "M0 2H6", 6, 4);
    pattern(page, "d", "M2 2h2v2h-2z", 6, 6);
    pattern(page, "p", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", 6, 6);
    page.close();
  }

  private static void pattern(Page page, String name, String path, int width, int height) {
    page.open(
        "pattern",
        "id",
        "pattern-" + name,
        "width",
        "" + width,
        "height",
        "" + height,
        "patternUnits",
        "userSpaceOnUse");
    page.open("path", "d", path, "class", "ink-" + name).close().close();
  }
}
