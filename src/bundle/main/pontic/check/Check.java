package pontic.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import pontic.capture.OfficeTables;
import pontic.practice.Problem;
import pontic.practice.Settings;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;
import pontic.store.ScratchTables;

/**
 * Looks at routes, mappings, SQL and config together. Opens no port, store, queue or connection and
 * leaves no thread; may be asked from any thread, again and again.
 */
public final class Check {
  private static final String HOME = "pontic.home";

  private final Surroundings.Source source;
  private final SettingsLoader loader;
  private final SchemaRule schema = new SchemaRule();
  private final CatalogRule catalog;
  private final Addresses addresses;
  private final SqlRule sql = new SqlRule(ScratchTables.make(), OfficeTables.known());

  private Check(Surroundings.Source source, SettingsLoader loader) {
    this.source = source;
    this.loader = loader;
    CamelCatalog known = new DefaultCamelCatalog(true);
    this.catalog = new CatalogRule(known);
    this.addresses = new Addresses(known);
  }

  /**
   * Loads schema and catalogue, which takes a second or two.
   *
   * @param source what the house offers to routes
   * @param loader reads config/ with the environment and flags of the process that is to run
   */
  public static Check of(Surroundings.Source source, SettingsLoader loader) {
    return new Check(source, loader);
  }

  /**
   * @param home holds routes/, mappings/ and sql/
   * @param config the config folder, wherever it lies; named in findings by its own name
   * @return what is wrong, in order of file and line; empty if nothing is
   */
  public List<Finding> check(Path home, Path config) {
    return check(home, config, config);
  }

  /**
   * @param original what the config folder is a copy of: mounted secrets are found as from there
   */
  public synchronized List<Finding> check(Path home, Path config, Path original) {
    Path folder = home.toAbsolutePath().normalize();
    Path settings = config.toAbsolutePath().normalize();
    Set<Finding> findings = new LinkedHashSet<>();
    Optional<Settings> loaded = settings(settings, original, findings);
    Surroundings around = source.apply(loaded);
    List<RouteFile> routes = routes(folder, around, loaded, findings);
    findings.addAll(new MappingRule().check(folder, settings, loaded, around.mappings()));
    findings.addAll(sql.check(folder, routes, around.feedParameters()));
    return findings.stream()
        .sorted(
            Comparator.comparing(Finding::file)
                .thenComparing(Finding::line)
                .thenComparing(Finding::what))
        .toList();
  }

  private Optional<Settings> settings(Path config, Path original, Set<Finding> findings) {
    List<Finding> unread = new ArrayList<>();
    for (String name : files(config)) {
      String shown = config.getFileName() + "/" + name;
      if (name.endsWith(".properties")) {
        Document.text(config.resolve(name), shown, unread)
            .ifPresent(text -> findings.addAll(SecretRule.properties(shown, text)));
      } else if (name.endsWith(".yaml")) {
        Document.read(config.resolve(name), shown, unread)
            .ifPresent(document -> findings.addAll(SecretRule.yaml(document)));
      }
    }
    Set<String> told = unread.stream().map(Finding::file).collect(Collectors.toSet());
    findings.addAll(unread);
    try {
      Settings settings = loader.load(config, original);
      return unread.isEmpty() ? Optional.of(settings) : Optional.empty();
    } catch (SettingsException e) {
      for (Problem problem : e.problems()) {
        if (!told.contains(problem.file())) {
          findings.add(
              new Finding(problem.file(), problem.line(), problem.what(), problem.right()));
        }
      }
      return Optional.empty();
    }
  }

  private static List<String> files(Path config) {
    List<String> files = new ArrayList<>();
    files.add("application.properties");
    files.addAll(Folder.files(config, "practices"));
    files.addAll(Folder.files(config, "destinations"));
    return files.stream().filter(name -> config.resolve(name).toFile().isFile()).toList();
  }

  /**
   * @return the files that can be read as routes
   */
  private List<RouteFile> routes(
      Path home, Surroundings around, Optional<Settings> settings, Set<Finding> found) {
    List<Finding> findings = new ArrayList<>();
    List<RouteFile> files = new ArrayList<>();
    List<String> names = Folder.files(home, "routes");
    for (String name : names) {
      if (!name.endsWith(RouteFile.SUFFIX)) {
        findings.add(
            new Finding(
                name,
                0,
                "the file is not read",
                "name it <id>" + RouteFile.SUFFIX + ", or take it away"));
        continue;
      }
      Document.read(home.resolve(name), name, findings)
          .ifPresent(
              document -> {
                List<Finding> wrong = schema.check(document);
                findings.addAll(wrong);
                RouteFile.of(document, addresses, wrong.isEmpty() ? findings : new ArrayList<>())
                    .ifPresent(files::add);
              });
    }
    boolean all =
        names.stream().filter(name -> name.endsWith(RouteFile.SUFFIX)).count() == files.size();
    for (RouteFile file : files) {
      findings.addAll(catalog.check(file));
      findings.addAll(SecretRule.route(file, catalog));
    }
    findings.addAll(new HouseRules(around.seams()).check(files));
    if (all) {
      // A file that cannot be read is told once, not by every other that names it.
      findings.addAll(Links.partners(files, around.handOvers()));
      findings.addAll(templates(files, around.templates()));
    }
    try (Scratch scratch = Scratch.open(around, properties(home, settings))) {
      for (RouteFile file : files) {
        findings.addAll(
            new BeanRule(around, scratch.camel()).check(file, filled(file, around.templates())));
        findings.addAll(scratch.expressions(file));
        findings.addAll(scratch.components(file, catalog));
        if (settings.isPresent()) {
          findings.addAll(Links.places(file, properties(home, settings).keySet()));
        }
      }
      if (settings.isPresent() && all) {
        Set<String> told = findings.stream().map(Finding::file).collect(Collectors.toSet());
        boolean errors = told.stream().anyMatch(name -> name.startsWith("routes/errors/"));
        if (!errors) {
          findings.addAll(
              scratch.load(files.stream().filter(file -> !told.contains(file.name())).toList()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.addAll(findings);
    return files;
  }

  private static Map<String, String> properties(Path home, Optional<Settings> settings) {
    Map<String, String> properties =
        new HashMap<>(settings.map(Settings::properties).orElse(Map.of()));
    properties.put(HOME, home.toString());
    return properties;
  }

  private static List<Finding> templates(
      List<RouteFile> files, Map<String, Map<String, String>> templates) {
    List<Finding> findings = new ArrayList<>();
    for (Map.Entry<String, Map<String, String>> needed : templates.entrySet()) {
      Optional<RouteFile> file =
          files.stream()
              .filter(each -> each.kind() == RouteFile.Kind.TEMPLATE)
              .filter(each -> each.id().equals(needed.getKey()))
              .findFirst();
      if (file.isEmpty()) {
        findings.add(
            new Finding(
                "routes",
                0,
                "there is no route template " + needed.getKey(),
                "put it back; Pontic makes its routes of it"));
        continue;
      }
      Set<String> given = new TreeSet<>(needed.getValue().keySet());
      int position = 0;
      for (Map.Entry<String, Boolean> parameter : file.get().parameters().entrySet()) {
        if (!parameter.getValue() && !given.contains(parameter.getKey())) {
          findings.add(
              new Finding(
                  file.get().name(),
                  file.get()
                      .document()
                      .line(List.of("0", "routeTemplate", "parameters", "" + position, "name")),
                  "nobody gives the parameter " + parameter.getKey(),
                  "give it a defaultValue:, or take one of " + String.join(", ", given)));
        }
        position++;
      }
    }
    return findings;
  }

  private static UnaryOperator<String> filled(
      RouteFile file, Map<String, Map<String, String>> templates) {
    return text -> {
      String filled = text;
      for (Map.Entry<String, String> parameter :
          templates.getOrDefault(file.id(), Map.of()).entrySet()) {
        filled = filled.replace("{{" + parameter.getKey() + "}}", parameter.getValue());
      }
      return filled;
    };
  }
}
