package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import com.schibsted.spt.data.jslt.ResourceResolver;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder of mappings, read and checked as a whole: {@code **}{@code /*.jslt} with a {@code
 * .shape.yaml} beside each, shared definitions in {@code lib/}, code tables in {@code codes/}.
 * Immutable; a changed folder is loaded anew.
 */
public final class Mappings {
  private static final String SUFFIX = ".jslt";

  /**
   * Source name of the one-line program that compiles a library by itself; JSLT refuses an import
   * of its own name.
   */
  private static final String CHECK = "check ";

  private record Compiled(
      String file,
      Expression expression,
      Set<String> fields,
      Set<String> reads,
      Set<String> needs) {}

  private final Map<String, CodeTable> tables;
  private final Map<String, Compiled> compiled;
  private final UnderWay underWay;

  private Mappings(
      Map<String, CodeTable> tables, Map<String, Compiled> compiled, UnderWay underWay) {
    this.tables = Map.copyOf(tables);
    this.compiled = Map.copyOf(compiled);
    this.underWay = underWay;
  }

  /**
   * @throws MappingsInvalid with every problem found
   */
  public static Mappings load(Path folder) {
    List<Problem> problems = new ArrayList<>();
    Map<String, CodeTable> tables =
        new CodeTables(problems).read(folder.resolve("codes"), "codes", Map.of());
    return new Loading(folder, tables, problems).load();
  }

  /**
   * The same mappings with a practice's code tables laid over the shipped ones, code by code.
   *
   * @param codes folder of the practice's tables; if it does not exist nothing is overridden
   * @throws MappingsInvalid with every problem found
   */
  public Mappings withCodes(Path codes) {
    if (!Files.isDirectory(codes)) {
      return this;
    }
    List<Problem> problems = new ArrayList<>();
    CodeTables reader = new CodeTables(problems);
    String prefix =
        Optional.ofNullable(codes.getParent()).map(p -> p.getFileName() + "/").orElse("")
            + codes.getFileName();
    Map<String, CodeTable> merged =
        reader.override(tables, reader.read(codes, prefix, tables), prefix);
    return with(merged, problems);
  }

  /**
   * The same mappings with the codes that a practice's own file names laid over the shipped tables.
   *
   * @param codes by table, code to value
   * @param file where they stand, for the problems
   * @throws MappingsInvalid if a table does not exist
   */
  public Mappings withCodes(Map<String, Map<String, String>> codes, String file) {
    if (codes.isEmpty()) {
      return this;
    }
    List<Problem> problems = new ArrayList<>();
    Map<String, CodeTable> merged = new TreeMap<>(tables);
    codes.forEach(
        (name, values) -> {
          CodeTable table = tables.get(name);
          if (table == null) {
            problems.add(
                new Problem(file, 0, "there is no code table '" + name + "' to lay codes over"));
          } else {
            values.forEach(
                (code, value) -> {
                  if (table.codings() && !CodeTable.isCoding(value)) {
                    problems.add(new Problem(file, 0, CodeTable.noCoding(code)));
                  }
                });
            if (problems.isEmpty()) {
              merged.put(name, table.with(values));
            }
          }
        });
    return with(merged, problems);
  }

  /**
   * Compiled once for whatever practices say: which tables there are does not change, and what they
   * hold is looked up while a mapping is carried out.
   */
  private Mappings with(Map<String, CodeTable> merged, List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new MappingsInvalid(problems.stream().distinct().toList());
    }
    return new Mappings(merged, compiled, underWay);
  }

  /**
   * @param name path below the folder without suffix: {@code hl7v2/adt}
   * @throws IllegalArgumentException if there is none of that name
   */
  public Mapper mapper(String name) {
    Compiled mapping = find(name);
    return new Mapper() {
      @Override
      public JsonNode map(JsonNode input, Map<String, JsonNode> variables) {
        return seen(mapping, input, variables).result();
      }

      @Override
      public Mapped mapped(JsonNode input, Map<String, JsonNode> variables) {
        UnderWay.Seen<JsonNode> seen = seen(mapping, input, variables);
        return new Mapped(seen.result(), seen.missed());
      }
    };
  }

  private UnderWay.Seen<JsonNode> seen(
      Compiled mapping, JsonNode input, Map<String, JsonNode> variables) {
    return underWay.with(tables, () -> carriedOut(mapping, input, variables));
  }

  private JsonNode carriedOut(Compiled mapping, JsonNode input, Map<String, JsonNode> variables) {
    for (String needed : mapping.needs()) {
      if (!variables.containsKey(needed)) {
        throw new IllegalArgumentException(
            "Mapping " + mapping.file() + " needs the variable $" + needed);
      }
    }
    try {
      return mapping.expression().apply(variables, input);
    } catch (JsltException e) {
      // JSLT's own text may quote the value at which it failed.
      throw new MappingException(
          "Mapping " + place(mapping, e) + " cannot be carried out with this input");
    } catch (CodeRefused e) {
      throw e;
    } catch (MappingException e) {
      throw new MappingException(
          "Mapping "
              + mapping.file()
              + ": "
              + e.getMessage()
              + Places.holding(underWay.unreadable(), input).text());
    }
  }

  /** False while the table lists this code as missed. */
  public boolean knows(String table, String code) {
    return !tables.containsKey(table) || !tables.get(table).lists(code);
  }

  /** Names of the input's top level that the mapping reads, sorted. */
  public Set<String> reads(String name) {
    return find(name).reads();
  }

  /** Names of the input's top level that the mapping's shape says it may be given. */
  public Set<String> fields(String name) {
    return find(name).fields();
  }

  /** Variables that the mapping uses and that a caller has to give, sorted. */
  public Set<String> needs(String name) {
    return find(name).needs();
  }

  public Set<String> names() {
    return compiled.keySet();
  }

  private Compiled find(String name) {
    Compiled mapping = compiled.get(name);
    if (mapping == null) {
      throw new IllegalArgumentException("There is no mapping " + name);
    }
    return mapping;
  }

  private static String place(Compiled mapping, JsltException e) {
    return e.getSource() == null ? mapping.file() : e.getSource() + ":" + e.getLine();
  }

  private static final class Loading {
    private final Path folder;
    private final Map<String, CodeTable> tables;
    private final List<Problem> problems;
    private final Map<String, Compiled> compiled = new TreeMap<>();
    private final UnderWay underWay = new UnderWay();
    private final MappingFunctions functions = new MappingFunctions(underWay);

    Loading(Path folder, Map<String, CodeTable> tables, List<Problem> problems) {
      this.folder = folder.toAbsolutePath().normalize();
      this.tables = tables;
      this.problems = problems;
    }

    Mappings load() {
      for (String file : files()) {
        if (file.startsWith("lib/")) {
          compile(file, CHECK + file, "import \"" + file + "\" as checked null");
        } else {
          mapping(file);
        }
      }
      if (!problems.isEmpty()) {
        throw new MappingsInvalid(problems.stream().distinct().toList());
      }
      return new Mappings(tables, compiled, underWay);
    }

    private List<String> files() {
      try (Stream<Path> all = Files.walk(folder)) {
        return all.filter(f -> f.toString().endsWith(SUFFIX))
            .map(
                f ->
                    folder.relativize(f.toAbsolutePath().normalize()).toString().replace('\\', '/'))
            .sorted()
            .toList();
      } catch (IOException e) {
        problems.add(new Problem(folder.getFileName().toString(), 0, "the folder cannot be read"));
        return List.of();
      }
    }

    private void mapping(String file) {
      Optional<Expression> expression = source(file).flatMap(text -> compile(file, file, text));
      Optional<Shape> shape = shape(file);
      if (expression.isPresent() && shape.isPresent()) {
        MappingAnalyser analysis = MappingAnalyser.of(expression.get());
        check(file, analysis, shape.get());
        String name = file.substring(0, file.length() - SUFFIX.length());
        compiled.put(
            name,
            new Compiled(
                file, expression.get(), shape.get().fields(), analysis.reads(), analysis.needs()));
      }
    }

    private Optional<Expression> compile(String file, String source, String text) {
      try {
        return Optional.of(
            new Parser(new StringReader(text))
                .withSource(source)
                .withFunctions(functions.all())
                .withResourceResolver(resolver(file))
                .compile());
      } catch (JsltException e) {
        problems.add(problem(file, e));
        return Optional.empty();
      }
    }

    private Problem problem(String file, JsltException e) {
      String what = e.getMessageWithoutLocation().lines().findFirst().orElse("cannot be compiled");
      boolean placed = e.getSource() != null && !e.getSource().startsWith(CHECK) && e.getLine() > 0;
      return new Problem(placed ? e.getSource() : file, placed ? e.getLine() : 0, what);
    }

    /**
     * Imports name a file below the mappings folder, wherever they stand; no link leads out of it.
     */
    private ResourceResolver resolver(String importer) {
      return name -> reader(importer, name);
    }

    private Reader reader(String importer, String name) {
      Path file = folder.resolve(name).normalize();
      try {
        if (!file.startsWith(folder)
            || !Files.isRegularFile(file)
            || !file.toRealPath().startsWith(folder.toRealPath())) {
          throw new JsltException(
              "import \"" + name + "\": there is no such file in the mappings folder");
        }
        return new StringReader(Files.readString(file));
      } catch (IOException e) {
        throw new JsltException("import \"" + name + "\" in " + importer + ": cannot be read");
      }
    }

    private Optional<String> source(String file) {
      try {
        return Optional.of(Files.readString(folder.resolve(file)));
      } catch (IOException e) {
        problems.add(new Problem(file, 0, "cannot be read as UTF-8"));
        return Optional.empty();
      }
    }

    private Optional<Shape> shape(String file) {
      String name = file.substring(0, file.length() - SUFFIX.length()) + ".shape.yaml";
      if (!Files.exists(folder.resolve(name))) {
        problems.add(new Problem(file, 0, "there is no " + name + " that says what it may read"));
        return Optional.empty();
      }
      return new Yaml(problems).object(folder.resolve(name), name, Shape.KEYS).map(Shape::of);
    }

    private void check(String file, MappingAnalyser analysis, Shape shape) {
      for (MappingAnalyser.Use use : analysis.fields()) {
        if (!shape.fields().contains(use.name())
            && (use.topLevel() || !shape.nested().contains(use.name()))) {
          problems.add(
              at(file, use, "field '" + use.name() + "' is not declared in the shape of " + file));
        }
      }
      for (MappingAnalyser.Use use : analysis.freeVariables()) {
        if (!shape.variables().contains(use.name())) {
          problems.add(at(file, use, "unknown variable '$" + use.name() + "'"));
        }
      }
      for (MappingAnalyser.Use use : analysis.codeTables()) {
        if (!tables.containsKey(use.name())) {
          problems.add(at(file, use, "unknown code table '" + use.name() + "'"));
        }
      }
    }

    private Problem at(String file, MappingAnalyser.Use use, String what) {
      return new Problem(use.file().isEmpty() ? file : use.file(), use.line(), what);
    }
  }
}
