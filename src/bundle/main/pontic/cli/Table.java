package pontic.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns of text, as wide as their widest cell; control characters of foreign texts become spaces.
 */
final class Table {

  private static final int WIDEST = 70;
  private static final String HEAD = "1";
  private static final String PLAIN = "";

  /**
   * A text with a colour.
   *
   * @param code of ANSI's SGR; "" = as the terminal has it
   */
  private record Cell(String text, String code) {}

  private final boolean colours;
  private final List<List<Cell>> rows = new ArrayList<>();

  Table(String... heads) {
    this(false, heads);
  }

  /**
   * @param colours whether it goes to a terminal that shows them
   */
  Table(boolean colours, String... heads) {
    this.colours = colours;
    rows.add(List.of(heads).stream().map(head -> new Cell(head, HEAD)).toList());
  }

  static Object good(String text) {
    return new Cell(text, "32");
  }

  static Object warns(String text) {
    return new Cell(text, "33");
  }

  static Object bad(String text) {
    return new Cell(text, "31");
  }

  static Object calm(String text) {
    return new Cell(text, "2");
  }

  void row(Object... cells) {
    List<Cell> row = new ArrayList<>();
    for (Object any : cells) {
      Cell cell = any instanceof Cell coloured ? coloured : new Cell(String.valueOf(any), PLAIN);
      String text = cell.text().replaceAll("\\p{Cntrl}", " ");
      row.add(
          new Cell(
              text.length() > WIDEST ? text.substring(0, WIDEST - 1) + "…" : text, cell.code()));
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<Cell> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).text().length());
      }
    }
    for (List<Cell> row : rows) {
      int last = columns - 1;
      while (last > 0 && row.get(last).text().isBlank()) {
        last--;
      }
      StringBuilder line = new StringBuilder();
      for (int i = 0; i <= last; i++) {
        Cell cell = row.get(i);
        boolean coloured = colours && !cell.code().isEmpty();
        line.append(coloured ? "\u001b[" + cell.code() + "m" : "")
            .append(cell.text())
            .append(coloured ? "\u001b[0m" : "")
            .append(i == last ? "" : " ".repeat(widths[i] - cell.text().length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
