package pontic.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A figure as text for people, and as Markdown at the same time. */
final class Table {
  private Table() {}

  static String of(Figure figure) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(figure.unit(), "median", "least .. most", "rounds", "pontic : this", "does"));
    for (Figure.Series series : figure.series()) {
      Spread spread = series.spread();
      rows.add(
          List.of(
              series.contender(),
              shown(spread.median()),
              shown(spread.least()) + " .. " + shown(spread.most()),
              Integer.toString(spread.values().size()),
              figure
                  .ratio(series)
                  .map(
                      ratio ->
                          "%s (%s .. %s)"
                              .formatted(
                                  shown(ratio.median()), shown(ratio.least()), shown(ratio.most())))
                  .orElse(""),
              series.does()));
    }
    StringBuilder text =
        new StringBuilder("\n### " + figure.name() + ": " + figure.what() + "\n\n");
    for (int i = 0; i < rows.size(); i++) {
      text.append(line(rows.get(i), rows));
      if (i == 0) {
        text.append(line(rows.get(0).stream().map(each -> "---").toList(), List.of()));
      }
    }
    figure.notes().forEach(note -> text.append("\n- ").append(note));
    return text.append(figure.notes().isEmpty() ? "" : "\n").toString();
  }

  private static String line(List<String> cells, List<List<String>> rows) {
    StringBuilder line = new StringBuilder("|");
    for (int i = 0; i < cells.size(); i++) {
      int column = i;
      int width = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(3);
      line.append(' ').append(cells.get(i)).append(" ".repeat(width - cells.get(i).length()));
      line.append(" |");
    }
    return line.append('\n').toString();
  }

  static String shown(Map<String, Double> values) {
    return values.entrySet().stream()
        .map(each -> each.getKey() + " " + shown(each.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** Three digits that count, without exponent. */
  static String shown(double value) {
    double size = Math.abs(value);
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%d", Math.round(value));
    }
    String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.4f";
    return String.format(Locale.ROOT, form, value);
  }
}
