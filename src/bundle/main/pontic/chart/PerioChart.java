package pontic.chart;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pontic.chart.PerioExam.Measure;
import pontic.chart.PerioExam.Site;

/** One exam as periodontists draw it: numbers at six sites of each tooth, and the gum's lines. */
final class PerioChart {
  private static final int LEFT = 92;
  private static final int COLUMN = 56;
  private static final int SITE = 18;
  private static final int MIDLINE = 18;
  private static final int WIDTH = LEFT + 16 * COLUMN + MIDLINE + 6;
  private static final int ROW = 16;
  private static final int FLAGS = 24;
  private static final int MILLIMETRE = 4;
  private static final int ROOTS = 60;
  private static final int CROWN = 28;
  private static final int DEEP = 4;
  private static final int DEEPEST = 6;

  private final PerioExam exam;
  private final Set<Integer> missing;

  /**
   * @param missing permanent teeth that are told to be
   */
  PerioChart(PerioExam exam, Set<Integer> missing) {
    this.exam = exam;
    this.missing = missing;
  }

  void draw(Page page) {
    int arch = height();
    page.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + (2 * arch + 20),
        "class",
        "perio",
        "role",
        "img",
        "aria-label",
        exam.title()
            + ". Probing depths in millimetres: "
            + exam.depths(0)
            + " sites, "
            + exam.depths(DEEP)
            + " of 4 mm or more, "
            + exam.depths(DEEPEST)
            + " of 6 mm or more; "
            + exam.bleeding()
            + " sites bled. The table below has every number.");
    arch(page, 0, true);
    line(page, "midline", 4, arch + 10, WIDTH - 4, arch + 10);
    arch(page, arch + 20, false);
    line(
        page,
        "midline",
        LEFT + 8 * COLUMN + MIDLINE / 2,
        4,
        LEFT + 8 * COLUMN + MIDLINE / 2,
        2 * arch + 16);
    page.close();
  }

  private List<Measure> rows() {
    return Stream.of(Measure.FURCATION, Measure.JUNCTION, Measure.MARGIN, Measure.DEPTH)
        .filter(each -> each == Measure.DEPTH || exam.has(each))
        .toList();
  }

  private int numbers() {
    return ROW * rows().size() + FLAGS;
  }

  private int height() {
    return 2 * (numbers() + ROOTS + CROWN) + 3 * ROW;
  }

  /** Upper: facial above, palatal below; lower: lingual above, facial below. */
  private void arch(Page page, int top, boolean upper) {
    boolean mobility = exam.has(Measure.MOBILITY);
    if (mobility) {
      name(page, top + 11, "Mobility");
    }
    for (Tooth tooth : teeth(upper)) {
      exam.mobility(number(tooth))
          .ifPresent(value -> number(page, "value", x(tooth) + COLUMN / 2, top + 11, "" + value));
    }
    int first = top + ROW;
    rows(page, first, upper, upper, false);
    graph(page, first + numbers(), upper, upper, true);
    int middle = first + numbers() + ROOTS + CROWN;
    for (Tooth tooth : teeth(upper)) {
      number(page, "number", x(tooth) + COLUMN / 2, middle + 13, tooth.number());
      number(page, "iso", x(tooth) + COLUMN / 2, middle + 25, tooth.iso());
    }
    int second = middle + 2 * ROW;
    graph(page, second, upper, !upper, false);
    rows(page, second + ROOTS + CROWN, upper, !upper, true);
  }

  private static String side(boolean upper, boolean facial) {
    return facial ? "facial" : upper ? "palatal" : "lingual";
  }

  private void rows(Page page, int top, boolean upper, boolean facial, boolean depthFirst) {
    int count = rows().size();
    for (int at = 0; at < count; at++) {
      Measure measure = rows().get(at);
      int y = top + 12 + (depthFirst ? ROW * (count - 1 - at) : FLAGS + ROW * at);
      name(page, y, name(measure));
      for (Tooth tooth : teeth(upper)) {
        values(page, tooth, measure, facial, y);
      }
    }
    int y = top + (depthFirst ? ROW * count + 10 : 9);
    name(page, y + 5, "B S / P C");
    for (Tooth tooth : teeth(upper)) {
      List<Site> sites = sites(tooth, facial);
      for (int at = 0; at < sites.size(); at++) {
        flags(page, exam.flags(number(tooth), sites.get(at)), x(tooth, at), y);
      }
      if (missing.contains(number(tooth)) && !exam.has(number(tooth))) {
        number(
            page,
            "side",
            x(tooth) + COLUMN / 2,
            top + 12 + (depthFirst ? 0 : FLAGS + ROW * (count - 1)),
            "missing");
      }
    }
  }

  /** Each letter has a place of its own: B S above, P C below. */
  private static void flags(Page page, Set<String> flags, int x, int y) {
    for (String flag : flags) {
      int at = "BSPC".indexOf(flag);
      String style = flag.equals("B") ? "flag bled" : "flag";
      number(page, style, x + (at % 2 == 0 ? -4 : 4), y + (at < 2 ? 0 : 9), flag);
    }
  }

  private void values(Page page, Tooth tooth, Measure measure, boolean facial, int y) {
    List<Site> sites = sites(tooth, facial);
    for (int at = 0; at < sites.size(); at++) {
      Optional<Integer> value = exam.value(number(tooth), measure, sites.get(at));
      if (value.isPresent()) {
        int its = value.get();
        String style = "value";
        if (measure == Measure.DEPTH && its >= DEEP) {
          style = its >= DEEPEST ? "value deepest" : "value deep";
          if (its >= DEEPEST) {
            page.open(
                    "rect",
                    "x",
                    "" + (x(tooth, at) - 8),
                    "y",
                    "" + (y - 11),
                    "width",
                    "16",
                    "height",
                    "14",
                    "class",
                    "box")
                .close();
          }
        }
        number(page, style, x(tooth, at), y, "" + its);
      }
    }
  }

  private static String name(Measure measure) {
    return switch (measure) {
      case DEPTH -> "Depth mm";
      case MARGIN -> "Margin mm";
      case JUNCTION -> "Junction mm";
      case FURCATION -> "Furcation";
      case MOBILITY -> "Mobility";
    };
  }

  private void graph(Page page, int top, boolean upper, boolean facial, boolean rootsUp) {
    int neck = rootsUp ? top + ROOTS : top + CROWN;
    int up = rootsUp ? -1 : 1;
    number(page, "side", LEFT - 8, neck + 4, "end", side(upper, facial));
    for (Tooth tooth : teeth(upper)) {
      if (!missing.contains(number(tooth))) {
        int y = rootsUp ? neck - ToothDrawing.NECK : neck + ToothDrawing.NECK;
        page.open(
                "path",
                "d",
                ToothDrawing.outline(tooth),
                "class",
                "behind",
                "transform",
                "translate(" + (x(tooth) + 8) + " " + y + ")" + (rootsUp ? "" : " scale(1 -1)"))
            .close();
      }
    }
    for (int mm = 0; mm <= 12; mm += 2) {
      int y = neck + up * mm * MILLIMETRE;
      line(page, mm == 0 ? "grid zero" : "grid", LEFT, y, WIDTH - 6, y);
    }
    for (Tooth tooth : teeth(upper)) {
      gum(page, tooth, facial, neck, up);
    }
  }

  /** The margin, and how deep it is below. */
  private void gum(Page page, Tooth tooth, boolean facial, int neck, int up) {
    List<Site> sites = sites(tooth, facial);
    StringBuilder margin = new StringBuilder();
    StringBuilder bottom = new StringBuilder();
    StringBuilder back = new StringBuilder();
    for (int at = 0; at < sites.size(); at++) {
      Optional<Integer> depth = exam.value(number(tooth), Measure.DEPTH, sites.get(at));
      Optional<Integer> told = exam.value(number(tooth), Measure.MARGIN, sites.get(at));
      int edge = neck + up * told.orElse(0) * MILLIMETRE;
      if (depth.isPresent()) {
        int deep = edge + up * depth.get() * MILLIMETRE;
        bottom.append(x(tooth, at)).append(',').append(deep).append(' ');
        margin.append(x(tooth, at)).append(',').append(edge).append(' ');
        back.insert(0, x(tooth, at) + "," + deep + " ");
        page.open(
                "circle",
                "cx",
                "" + x(tooth, at),
                "cy",
                "" + deep,
                "r",
                depth.get() >= DEEP ? "3" : "1.6",
                "class",
                "pocket")
            .close();
      } else if (told.isPresent()) {
        margin.append(x(tooth, at)).append(',').append(edge).append(' ');
      }
      if (exam.flags(number(tooth), sites.get(at)).contains("B")) {
        page.open(
                "path",
                "class",
                "drop",
                "d",
                "M" + x(tooth, at) + " " + (edge - up * 10 - 4) + "q4 5 0 7q-4 -2 0 -7z")
            .close();
      }
    }
    if (!back.isEmpty()) {
      page.open("polygon", "points", (margin.toString() + back).strip(), "class", "depth").close();
    }
    page.open("polyline", "points", bottom.toString().strip(), "class", "bottom").close();
    page.open("polyline", "points", margin.toString().strip(), "class", "margin").close();
  }

  /** Every number, tooth by tooth. */
  void table(Page page) {
    page.open("table").open("thead").open("tr");
    for (String head :
        List.of(
            "Tooth",
            "Measure",
            "mesiofacial",
            "facial",
            "distofacial",
            "mesiolingual",
            "lingual",
            "distolingual")) {
      page.one("th", head, "scope", "col");
    }
    page.close().close().open("tbody");
    for (int tooth = 1; tooth <= 32; tooth++) {
      for (Measure measure : rows()) {
        line(page, tooth, measure);
      }
      flags(page, tooth);
      int its = tooth;
      exam.mobility(tooth)
          .ifPresent(
              value ->
                  page.open("tr")
                      .one("th", "" + its, "scope", "row")
                      .one("td", "Mobility")
                      .one("td", "" + value, "colspan", "6")
                      .close());
    }
    page.close().close();
  }

  private void line(Page page, int tooth, Measure measure) {
    if (Stream.of(Site.values()).anyMatch(site -> exam.value(tooth, measure, site).isPresent())) {
      page.open("tr").one("th", "" + tooth, "scope", "row").one("td", name(measure));
      for (Site site : Site.values()) {
        page.one("td", exam.value(tooth, measure, site).map(String::valueOf).orElse(""));
      }
      page.close();
    }
  }

  private void flags(Page page, int tooth) {
    if (Stream.of(Site.values()).anyMatch(site -> !exam.flags(tooth, site).isEmpty())) {
      page.open("tr").one("th", "" + tooth, "scope", "row").one("td", "Found");
      for (Site site : Site.values()) {
        page.one("td", String.join(" ", exam.flags(tooth, site).stream().sorted().toList()));
      }
      page.close();
    }
  }

  private static List<Tooth> teeth(boolean upper) {
    return IntStream.rangeClosed(1, 32)
        .mapToObj(Tooth::permanent)
        .filter(each -> each.isUpper() == upper)
        .toList();
  }

  private static int number(Tooth tooth) {
    return Integer.parseInt(tooth.number());
  }

  /** From left to right: mesial lies towards the midline. */
  private static List<Site> sites(Tooth tooth, boolean facial) {
    List<Site> fromMesial =
        facial ? List.of(Site.MF, Site.F, Site.DF) : List.of(Site.ML, Site.L, Site.DL);
    return tooth.isOnTheRight()
        ? List.of(fromMesial.get(2), fromMesial.get(1), fromMesial.get(0))
        : fromMesial;
  }

  private static int x(Tooth tooth) {
    return LEFT + tooth.column() * COLUMN + (tooth.isOnTheRight() ? 0 : MIDLINE);
  }

  private static int x(Tooth tooth, int site) {
    return x(tooth) + COLUMN / 2 + (site - 1) * SITE;
  }

  private static void name(Page page, int y, String words) {
    number(page, "rowname", 4, y, "start", words);
  }

  private static void number(Page page, String style, int x, int y, String words) {
    number(page, style, x, y, "middle", words);
  }

  private static void number(Page page, String style, int x, int y, String anchor, String words) {
    page.one("text", words, "x", "" + x, "y", "" + y, "text-anchor", anchor, "class", style);
  }

  private static void line(Page page, String style, int x1, int y1, int x2, int y2) {
    page.open("line", "x1", "" + x1, "y1", "" + y1, "x2", "" + x2, "y2", "" + y2, "class", style)
        .close();
  }
}
