package pontic.chart;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What happened when: as lanes by kind, and the same as a table by year. */
final class Timeline {
  private static final int LEFT = 124;
  private static final int WIDTH = 1000;
  private static final int LANE = 24;
  private static final int TOP = 26;
  private static final int YEARS = 6;

  private final List<Event> events;
  private final LocalDate today;

  /**
   * @param today by the office's calendar
   */
  Timeline(List<Event> events, LocalDate today) {
    this.events = events;
    this.today = today;
  }

  void draw(Page page) {
    List<LocalDate> days =
        events.stream()
            .flatMap(each -> each.told().day().stream())
            .filter(
                each -> each.isAfter(today.minusYears(YEARS)) && each.isBefore(today.plusYears(3)))
            .toList();
    LocalDate from = days.stream().min(Comparator.naturalOrder()).orElse(today).minusDays(20);
    LocalDate until =
        Stream.concat(days.stream(), Stream.of(today))
            .max(Comparator.naturalOrder())
            .orElse(today)
            .plusDays(20);
    List<Event.Lane> lanes = events.stream().map(Event::lane).distinct().sorted().toList();
    int height = TOP + lanes.size() * LANE + 6;
    page.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + height,
        "class",
        "timeline",
        "role",
        "img",
        "aria-label",
        "Timeline by kind. The table below says the same in words.");
    for (LocalDate tick = from.withDayOfMonth(1).plusMonths(1);
        tick.isBefore(until);
        tick = tick.plusMonths(1)) {
      boolean year = tick.getMonthValue() == 1;
      boolean quarter =
          tick.getMonthValue() % 3 == 1 && ChronoUnit.DAYS.between(from, until) < 1500;
      if (year || quarter) {
        int x = x(tick, from, until);
        line(page, year ? "year" : "grid", x, TOP - 6, x, height - 4);
        label(
            page,
            x,
            TOP - 10,
            "middle",
            year ? "" + tick.getYear() : tick.toString().substring(0, 7),
            year ? "number" : "iso");
      }
    }
    int now = x(today, from, until);
    line(page, "today", now, TOP - 6, now, height - 4);
    for (int at = 0; at < lanes.size(); at++) {
      int y = TOP + at * LANE;
      label(page, 4, y + 16, "start", lanes.get(at).text(), "rowname");
      line(page, "grid", LEFT - 8, y + LANE, WIDTH - 4, y + LANE);
      Event.Lane lane = lanes.get(at);
      events.stream()
          .filter(each -> each.lane() == lane)
          .forEach(each -> mark(page, each, from, until, y + 12));
    }
    page.close();
  }

  private static void mark(Page page, Event event, LocalDate from, LocalDate until, int y) {
    if (event.told().day().isEmpty()) {
      return;
    }
    LocalDate day = event.told().day().get();
    String words = event.told().when() + " " + event.words() + ", " + event.status();
    if (day.isBefore(from) || day.isAfter(until)) {
      // Far away: at the edge, pointing there.
      int x = day.isBefore(from) ? LEFT : WIDTH - 8;
      int to = day.isBefore(from) ? -7 : 7;
      page.open(
          "path",
          "d",
          "M" + x + " " + (y - 5) + "l" + to + " 5l" + -to + " 5z",
          "class",
          "event far");
    } else if (event.told().isWithdrawn()) {
      int x = x(day, from, until);
      page.open(
          "path", "d", "M" + (x - 4) + " " + (y - 4) + "l8 8m0 -8l-8 8", "class", "event gone");
    } else {
      page.open(
          "circle",
          "cx",
          "" + x(day, from, until),
          "cy",
          "" + y,
          "r",
          "5",
          "class",
          event.open() ? "event open" : "event");
    }
    page.one("title", words).close();
  }

  private static int x(LocalDate day, LocalDate from, LocalDate until) {
    long all = Math.max(1, ChronoUnit.DAYS.between(from, until));
    return LEFT + (int) (ChronoUnit.DAYS.between(from, day) * (WIDTH - LEFT - 20) / all);
  }

  void legend(Page page) {
    page.one(
        "p",
        "Filled: done, held, in force. Hollow: planned, booked, cancelled, over. Cross: withdrawn. A triangle at the edge: more than "
            + YEARS
            + " years ago. The dashed line is the day this page was made.",
        "class",
        "note");
  }

  void table(Page page) {
    Map<Integer, List<Event>> years = new TreeMap<>(Comparator.reverseOrder());
    events.stream()
        .sorted(Comparator.comparing((Event each) -> each.told().when()).reversed())
        .forEach(
            each ->
                years
                    .computeIfAbsent(
                        each.told().day().map(LocalDate::getYear).orElse(0),
                        key -> new ArrayList<>())
                    .add(each));
    for (Map.Entry<Integer, List<Event>> year : years.entrySet()) {
      boolean lately = year.getKey() >= today.getYear() - 1;
      page.open("details", lately ? new String[] {"open", ""} : new String[0]);
      page.one(
          "summary",
          (year.getKey() == 0 ? "Without a day" : "" + year.getKey())
              + " ("
              + year.getValue().size()
              + ")");
      page.open("table").open("thead").open("tr");
      for (String head : List.of("When", "Kind", "What", "Status", "Resource")) {
        page.one("th", head, "scope", "col");
      }
      page.close().close().open("tbody");
      year.getValue().forEach(each -> line(page, each));
      page.close().close().close();
    }
  }

  private static void line(Page page, Event event) {
    page.open("tr", "class", event.told().isWithdrawn() ? "withdrawn" : "");
    page.one("td", event.told().when(), "class", "when").one("td", event.lane().text());
    page.open("td").one("bdi", event.words()).close().one("td", event.status());
    page.open("td").one("a", event.told().reference(), "href", "#" + event.told().anchor());
    page.close().close();
  }

  private static void line(Page page, String style, int x1, int y1, int x2, int y2) {
    page.open("line", "x1", "" + x1, "y1", "" + y1, "x2", "" + x2, "y2", "" + y2, "class", style)
        .close();
  }

  private static void label(Page page, int x, int y, String anchor, String words, String style) {
    page.one("text", words, "x", "" + x, "y", "" + y, "text-anchor", anchor, "class", style);
  }
}
