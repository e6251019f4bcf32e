package pontic.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** From the last write of an edit until the checked generation runs in place of the other. */
final class Edits {
  private static final int PRACTICES = 2;

  private final Setting setting;

  Edits(Setting setting) {
    this.setting = setting;
  }

  /** What somebody writes to a file; each time something else. */
  private record Edit(String name, String file, UnaryOperator<String> by) {}

  List<Figure> measure() throws Exception {
    List<Edit> edits =
        List.of(
            new Edit(
                "mapping",
                "mappings/outbound/patient.jslt",
                text -> text + "// " + System.nanoTime() + "\n"),
            new Edit(
                "route",
                "routes/inbound/call.camel.yaml",
                text ->
                    text.replaceFirst(
                        "(?m)^( *description: .*?)( \\d+)?$", "$1 " + System.nanoTime())),
            new Edit(
                "sql", "sql/capture/patient.sql", text -> text + "-- " + System.nanoTime() + "\n"));
    List<Figure> figures = new ArrayList<>();
    try (Sink sink = Sink.start();
        Office office = Office.open(setting, "edit-office", PRACTICES, false)) {
      Path home = installed();
      try (Product product =
          Product.checked(
              home,
              setting.folder("edit-pontic"),
              office,
              "patient, appointment",
              Optional.of(sink.url()))) {
        for (Edit edit : edits) {
          figures.addAll(figures(product, home, edit));
        }
      }
    }
    return figures;
  }

  private List<Figure> figures(Product product, Path home, Edit edit) throws Exception {
    Map<String, List<Figure.Series>> series =
        setting
            .contest()
            .play(
                List.of(
                    new Contest.Contender(
                        "pontic",
                        "waits until the files are quiet, copies, checks all of them, makes every route, swaps",
                        () -> live(product, home.resolve(edit.file()), edit.by()))));
    return List.of(
        new Figure(
            "live-edit-" + edit.name(),
            "from the write of " + edit.file() + " until the new generation runs",
            "ms",
            series.get("ms"),
            List.of(PRACTICES + " practices, one destination, the shipped files")),
        new Figure(
            "live-edit-" + edit.name() + "-processor",
            "what the process used of the processors meanwhile",
            "ms",
            series.get("processor ms"),
            List.of()));
  }

  private static Map<String, Double> live(Product product, Path file, UnaryOperator<String> by)
      throws IOException {
    String before = product.generation().id();
    double used = used();
    Files.writeString(file, by.apply(Files.readString(file)));
    long began = System.nanoTime();
    Product.until(
        "another generation runs",
        () -> {
          product
              .generation()
              .refused()
              .ifPresent(
                  refused -> {
                    throw new IllegalStateException("refused: " + refused.problems());
                  });
          return !product.generation().id().equals(before);
        });
    Map<String, Double> told = new LinkedHashMap<>();
    told.put("ms", (System.nanoTime() - began) / 1e6);
    told.put("processor ms", used() - used);
    Product.until("nothing drains", () -> product.generation().draining().isEmpty());
    return told;
  }

  /** Milliseconds of processor time of this process. */
  private static double used() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1e6
        : 0;
  }

  /** A copy of the installation, to be edited. */
  private Path installed() throws IOException {
    Path home = setting.folder("edit-home");
    for (String area : List.of("routes", "mappings", "sql", "config")) {
      Path from = setting.home().resolve(area);
      try (Stream<Path> all = Files.walk(from)) {
        for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
          Path copy = home.resolve(area).resolve(from.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return home;
  }
}
