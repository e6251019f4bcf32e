package pontic.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Figures of one bench as a file for machines. */
final class Report {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Report() {}

  /**
   * @param options by name, as they were
   * @param loads before and after
   * @return the file
   */
  static Path write(
      Path folder,
      String bench,
      Map<String, Object> options,
      List<Double> loads,
      List<Figure> figures)
      throws IOException {
    ObjectNode report = JSON.createObjectNode();
    report.put("bench", bench);
    report.set("machine", JSON.valueToTree(Machine.facts()));
    report.set("loadBeforeAndAfter", JSON.valueToTree(loads));
    report.set("options", JSON.valueToTree(options));
    for (Figure figure : figures) {
      ObjectNode one = report.withArray("figures").addObject();
      one.put("name", figure.name()).put("what", figure.what()).put("unit", figure.unit());
      for (Figure.Series series : figure.series()) {
        ObjectNode row = one.withArray("series").addObject();
        row.put("contender", series.contender()).put("does", series.does());
        put(row, series.spread());
        row.set("values", JSON.valueToTree(series.spread().values()));
        figure.ratio(series).ifPresent(ratio -> put(row.putObject("ponticToThis"), ratio));
      }
      one.set("notes", JSON.valueToTree(figure.notes()));
    }
    Files.createDirectories(folder);
    return Files.write(folder.resolve(bench + ".json"), JSON.writeValueAsBytes(report));
  }

  private static void put(ObjectNode node, Spread spread) {
    node.put("median", spread.median())
        .put("least", spread.least())
        .put("quarter", spread.quantile(0.25))
        .put("threeQuarters", spread.quantile(0.75))
        .put("most", spread.most());
  }
}
