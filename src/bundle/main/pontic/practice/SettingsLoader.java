package pontic.practice;

import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads config/ as a whole: application.properties, practices/*.yaml, destinations/*.yaml. A value
 * may hold {@code {{env:NAME}}}, {@code {{env:NAME:default}}} or {@code {{file:path}}}; an
 * environment variable that is set but blank counts as not set. Files are looked up below {@code
 * PONTIC_SECRETS_DIR}, else {@code CREDENTIALS_DIRECTORY} (systemd), else config/ itself.
 */
public final class SettingsLoader {

  private static final Duration FRESHNESS = Duration.ofMinutes(15);

  /** HL7 table 0103. */
  private static final Set<String> PROCESSING = Set.of("P", "T", "D", "N", "V");

  private static final String ID = "[a-z][a-z0-9-]{0,31}";

  static final String RIGHT_ID = "small letters, digits and hyphens, at most 32, a letter first";

  /** Open Dental keeps 255 characters, the table's name among them (open-dental-schema.csv). */
  private static final int LONGEST_HINT_URL = 230;

  /** Room for a scanned document inside a message. */
  private static final int LARGEST_FRAME = 16 * 1024 * 1024;

  private static final int LARGEST_BATCH = 5000;

  /** An eighth of the memory of the shipped service. */
  private static final int ROOM = 128 * 1024 * 1024;

  private static final int LARGEST_ROOM = 900 * 1024 * 1024;

  /** As much as Open Dental's API takes of one document, open-dental-api.md 2.28. */
  private static final int LARGEST_BODY = 16 * 1024 * 1024;

  /** A request takes about five times that of memory. */
  private static final int LARGEST_DOCUMENT = 64 * 1024 * 1024;

  /** More than hospitals open, fewer than there are file descriptors. */
  private static final int CONNECTIONS = 500;

  /** In seconds: a client on a bad line sends its request's lines in less. */
  private static final int HEADER = 20;

  /** In seconds: the largest frame on a line of one megabit a second takes 134. */
  private static final int FRAME = 180;

  /** Longer than most messages need to land, shorter than clients wait. */
  private static final int FACADE_WAIT = 5;

  private final Map<String, String> environment;
  private final Map<String, String> flags;

  /**
   * @param environment usually {@link System#getenv()}
   * @param flags what the command line says, before any file: a key of application.properties
   *     ({@code pontic.facade.port}), or {@code practices.<id>.<key>} and {@code
   *     destinations.<id>.<key>} ({@code practices.elm.hl7.port})
   */
  public SettingsLoader(Map<String, String> environment, Map<String, String> flags) {
    this.environment = Map.copyOf(environment);
    this.flags = Map.copyOf(flags);
  }

  /**
   * @throws SettingsException with everything that is wrong, if anything is
   */
  public Settings load(Path config) throws SettingsException {
    return load(config, config);
  }

  /**
   * Out of a copy of the config folder.
   *
   * @param from the copy, which is read
   * @param original the folder that it is a copy of: data folder and mounted files are found as
   *     from there
   * @throws SettingsException with everything that is wrong, if anything is
   */
  public Settings load(Path from, Path original) throws SettingsException {
    Path folder = from.toAbsolutePath().normalize();
    Path place = original.toAbsolutePath().normalize();
    List<Problem> problems = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      throw new SettingsException(
          List.of(
              new Problem(
                  folder.toString(),
                  0,
                  "there is no such folder",
                  "name the config folder with --config")));
    }
    Section.Context context =
        new Section.Context(
            new Values(environment, secrets(place)), flags, new HashSet<>(), problems);
    Settings settings = settings(folder, place, context);
    Set<String> unused = new TreeSet<>(flags.keySet());
    unused.removeAll(context.usedFlags());
    for (String flag : unused) {
      problems.add(
          new Problem(
              "command line",
              0,
              "unknown key " + Section.shown(flag),
              "see docs/configuration.md"));
    }
    clashes(settings, problems);
    answeredTwice(settings, problems);
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return settings;
  }

  /** The data folder as far as it is known without the files, if these cannot be read. */
  public Path data(Path config) {
    String set = environment.getOrDefault("PONTIC_DATA", "");
    String data = flags.getOrDefault("pontic.data", set.isBlank() ? "data" : set);
    return config.toAbsolutePath().normalize().resolveSibling(data).normalize();
  }

  private Path secrets(Path folder) {
    return Stream.of("PONTIC_SECRETS_DIR", "CREDENTIALS_DIRECTORY")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(path -> !path.isBlank())
        .findFirst()
        .map(path -> Path.of(path).toAbsolutePath().normalize())
        .orElse(folder);
  }

  private Settings settings(Path folder, Path place, Section.Context context) {
    String file = name(folder, folder.resolve("application.properties"));
    Map<String, Section.Written> written =
        properties(folder.resolve("application.properties"), file, context);
    Map<String, Section.Written> own = new HashMap<>();
    Map<String, String> resolved = new TreeMap<>();
    Section all = Section.ofProperties(file, written, context);
    for (Map.Entry<String, Section.Written> entry : written.entrySet()) {
      String key = entry.getKey();
      if (key.startsWith("pontic.")) {
        own.put(key, entry.getValue());
      } else if (key.startsWith("camel.") || key.startsWith("routes.")) {
        resolved.put(key, all.text(key, ""));
      } else {
        all.problem(key, "unknown key " + key, "keys begin with pontic., routes. or camel.");
      }
    }
    for (String flag : flags.keySet()) {
      if (flag.startsWith("camel.") || flag.startsWith("routes.")) {
        resolved.put(flag, all.text(flag, ""));
      }
    }
    Section section = Section.ofProperties(file, own, context);
    Settings.Ports ports =
        new Settings.Ports(
            section.port("pontic.facade.port", Optional.of(8080)),
            section.port("pontic.management.port", Optional.of(8081)),
            section.port("pontic.hawtio.port", Optional.of(8181)));
    Settings.Access store = access(section, "pontic.store", "jdbc:postgresql:");
    Settings.Access broker = access(section, "pontic.broker", "");
    int call = section.number("pontic.call.consumers", Optional.of(8), 1, 1000);
    int understand = section.number("pontic.understand.consumers", Optional.of(2), 1, 1000);
    Duration wake = section.time("pontic.wake.period", Duration.ofMillis(50));
    Duration merge = section.time("pontic.merge.period", Duration.ofSeconds(10));
    Duration poll = section.time("pontic.capture.period", Duration.ofSeconds(1));
    Duration sweep = section.time("pontic.capture.sweep-period", Duration.ofMinutes(5));
    String reconcile =
        section.parsed(
            "pontic.reconcile.at",
            Optional.of("02:30"),
            text -> Optional.of(text).filter(at -> at.matches("off|([01]\\d|2[0-3]):[0-5]\\d")),
            "02:30",
            "write a time of the office's clock such as 02:30, or off");
    int contents = section.number("pontic.retention.contents-days", Optional.of(90), 0, 36_500);
    int receipts = section.number("pontic.retention.receipts-days", Optional.of(730), 0, 36_500);
    Duration connect = section.time("pontic.api.connect-timeout", Duration.ofSeconds(5));
    Duration pause = section.time("pontic.api.longest-pause", Duration.ofHours(1));
    int largest =
        section.number(
            "pontic.hl7.largest-frame", Optional.of(LARGEST_FRAME), 1024, 256 * 1024 * 1024);
    int batch = section.number("pontic.hl7.largest-batch", Optional.of(LARGEST_BATCH), 1, 100_000);
    int connections =
        section.number("pontic.hl7.connections", Optional.of(CONNECTIONS), 1, 100_000);
    int room = room(section, largest);
    int frame = section.number("pontic.hl7.frame-seconds", Optional.of(FRAME), 1, 3600);
    String instance =
        section.parsed(
            "pontic.instance",
            Optional.of("pontic"),
            text ->
                Optional.of(text).filter(name -> name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")),
            "pontic",
            "letters, digits, dot, hyphen and underscore, at most 64");
    String bind =
        section.parsed(
            "pontic.bind",
            Optional.of("127.0.0.1"),
            SettingsLoader::address,
            "127.0.0.1",
            "write an address of this machine, or 0.0.0.0 for all");
    Settings.FacadeTerms terms =
        new Settings.FacadeTerms(
            TlsFiles.read(section, "pontic.facade.", place),
            Duration.ofSeconds(
                section.number("pontic.facade.wait-seconds", Optional.of(FACADE_WAIT), 0, 25)),
            section.number("pontic.facade.connections", Optional.of(CONNECTIONS), 1, 100_000),
            Duration.ofSeconds(
                section.number("pontic.facade.header-seconds", Optional.of(HEADER), 1, 600)),
            section.number(
                "pontic.facade.largest-body",
                Optional.of(LARGEST_BODY),
                64 * 1024,
                64 * 1024 * 1024));
    Path data =
        place.resolveSibling(section.text("pontic.data", "data")).toAbsolutePath().normalize();
    section.end();

    resolved.put("pontic.instance", instance);
    resolved.put("pontic.bind", bind);
    resolved.put("pontic.facade.wait-seconds", "" + terms.patience().toSeconds());
    resolved.put("pontic.facade.connections", "" + terms.connections());
    resolved.put("pontic.facade.header-seconds", "" + terms.header().toSeconds());
    resolved.put("pontic.facade.largest-body", "" + terms.largest());
    resolved.put("pontic.hl7.connections", "" + connections);
    resolved.put("pontic.hl7.room", "" + room);
    resolved.put("pontic.hl7.frame-seconds", "" + frame);
    resolved.put("pontic.data", data.toString());
    resolved.put("pontic.facade.port", "" + ports.facade());
    resolved.put("pontic.management.port", "" + ports.management());
    resolved.put("pontic.hawtio.port", "" + ports.hawtio());
    resolved.put("pontic.call.consumers", "" + call);
    resolved.put("pontic.understand.consumers", "" + understand);
    resolved.put("pontic.wake.period", "" + wake.toMillis());
    resolved.put("pontic.merge.period", "" + merge.toMillis());
    resolved.put("pontic.capture.period", "" + poll.toMillis());
    resolved.put("pontic.capture.sweep-period", "" + sweep.toMillis());
    resolved.put("pontic.reconcile.at", reconcile);
    resolved.put("pontic.retention.contents-days", "" + contents);
    resolved.put("pontic.retention.receipts-days", "" + receipts);
    resolved.put("pontic.api.connect-timeout", "" + connect.toMillis());
    resolved.put("pontic.hl7.largest-frame", "" + largest);
    resolved.put("pontic.hl7.largest-batch", "" + batch);
    resolved.put("pontic.api.longest-pause", "" + pause.toMillis());

    List<Practice> practices = new ArrayList<>();
    for (Section practice : yaml(folder, "practices", context)) {
      practices.add(practice(practice, place));
    }
    List<Destination> destinations = new ArrayList<>();
    for (Section destination : yaml(folder, "destinations", context)) {
      destinations.add(destination(destination, practices, place));
    }
    if (practices.isEmpty()) {
      context
          .problems()
          .add(
              new Problem(
                  name(folder, folder.resolve("practices")),
                  0,
                  "no practice is described",
                  "add practices/<id>.yaml"));
    }
    return new Settings(
        instance,
        bind,
        ports,
        terms,
        data,
        folder,
        store,
        broker,
        call,
        pause,
        practices,
        destinations,
        resolved);
  }

  /** One sender has half of it, and the longest frame has to fit in there. */
  private static int room(Section section, int largest) {
    int enough = Math.max(ROOM, 2 * largest);
    int room = section.number("pontic.hl7.room", Optional.of(enough), 64 * 1024, LARGEST_ROOM);
    if (room / 2 < largest) {
      section.problem(
          "pontic.hl7.room",
          "pontic.hl7.room is "
              + room
              + ", and half of it, which one sender may have, is less than the longest frame",
          "give it twice pontic.hl7.largest-frame at least, " + 2L * largest);
    }
    return room;
  }

  private static Settings.Access access(Section section, String prefix, String begin) {
    String url = section.text(prefix + ".url", "");
    if (!url.isEmpty() && !url.startsWith(begin)) {
      section.problem(
          prefix + ".url",
          prefix + ".url is of an unknown kind",
          "begin with " + begin + ", or leave it blank for the embedded one");
    }
    holdsNoSecret(section, prefix + ".url", url);
    return new Settings.Access(
        url, section.text(prefix + ".user", ""), section.optionalSecret(prefix + ".password"));
  }

  private static void holdsNoSecret(Section section, String key, String url) {
    String small = url.toLowerCase(Locale.ROOT);
    if (small.contains("password=") || small.matches("[a-z0-9+.:-]*//[^/@]*@.*")) {
      section.problem(key, key + " holds a user or password", "give them by keys of their own");
    }
  }

  private static Optional<String> address(String text) {
    try {
      return Optional.of(InetAddress.getByName(text).getHostAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private Practice practice(Section file, Path place) {
    String id =
        file.parsed(
            "id",
            Optional.empty(),
            text -> id(text).filter(right -> right.length() <= Practice.LONGEST_ID),
            "missing",
            "small letters, digits and hyphens, at most "
                + Practice.LONGEST_ID
                + ", a letter first");
    String name = file.text("name", id);
    ZoneId zone =
        file.parsed(
            "zone",
            Optional.empty(),
            SettingsLoader::zone,
            ZoneId.of("UTC"),
            "write a region such as America/New_York");
    Section api = file.section("api");
    Practice.Api reach =
        new Practice.Api(
            url(api, "url", Set.of("http", "https")).replaceFirst("/+$", ""),
            api.secret("developerKey"),
            api.secret("customerKey"),
            api.parsed(
                "mode",
                Optional.empty(),
                text ->
                    Stream.of(Practice.Mode.values())
                        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
                        .findFirst(),
                Practice.Mode.REMOTE,
                "write remote, service or local"),
            api.factor("timeScale", 1.0),
            api.time("requestLimit", Duration.ofSeconds(60)),
            api.time("margin", Duration.ofSeconds(5)),
            api.flag("enabled", true),
            api.flag("folds", true));
    api.end();
    Section database = file.section("database");
    boolean read = database.flag("enabled", true);
    Practice.Budget budget = budget(database);
    Practice.Database base =
        read
            ? new Practice.Database(
                true,
                jdbc(database),
                database.text("user"),
                database.secret("password"),
                database.flag("allowWritingAccount", false),
                budget)
            : new Practice.Database(
                false,
                database.text("url", ""),
                database.text("user", ""),
                database.optionalSecret("password"),
                database.flag("allowWritingAccount", false),
                budget);
    database.end();
    Section hl7 = file.section("hl7");
    Practice.Hl7 listener =
        new Practice.Hl7(
            hl7.port("port", Optional.empty()),
            hl7.texts("allowedSenders"),
            processing(hl7),
            hl7.flag("requests", false),
            TlsFiles.read(hl7, "hl7.", place));
    hl7.end();
    Practice.Facade facade = FacadeClients.read(file.section("facade"), place);
    Practice.Hints hints = hints(file.optionalSection("hints"));
    Practice.Writes writes = writes(file.optionalSection("writes"));
    Practice.Documents documents = documents(file.optionalSection("documents"), place);
    Duration freshness = file.time("freshness", FRESHNESS);
    Map<String, Map<String, String>> codes = file.tables("codes");
    file.end();
    return new Practice(
        id, name, zone, reach, base, listener, facade, hints, writes, documents, freshness, codes);
  }

  private static List<String> processing(Section hl7) {
    List<String> written = hl7.texts("processing").stream().distinct().toList();
    if (!PROCESSING.containsAll(written)) {
      hl7.problem(
          "processing",
          "hl7.processing is \"" + Section.shown(String.join(", ", written)) + "\"",
          "write P, T, D, N or V, or several of them with commas (HL7 table 0103)");
    }
    return written.isEmpty() ? List.of("P") : written;
  }

  private static Practice.Writes writes(Section section) {
    Practice.Rest rest = rest(section, "rest", Practice.Rest.NOTE);
    Practice.Rest patientRest = rest(section, "patientRest", Practice.Rest.LEAVE);
    Practice.DoubleBooking doubleBooking =
        section.parsed(
            "doubleBooking",
            Optional.of(Practice.DoubleBooking.PARK),
            text ->
                Stream.of(Practice.DoubleBooking.values())
                    .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst(),
            Practice.DoubleBooking.PARK,
            "write park, refuse or tell");
    Practice.ClosedHours closed =
        section.parsed(
            "closed",
            Optional.of(Practice.ClosedHours.TELL),
            text ->
                Stream.of(Practice.ClosedHours.values())
                    .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst(),
            Practice.ClosedHours.TELL,
            "write tell or refuse");
    Practice.Writes writes =
        new Practice.Writes(
            rest,
            patientRest,
            Set.copyOf(section.texts("on")),
            Set.copyOf(section.texts("off")),
            doubleBooking,
            section.flag("sameProvider", false),
            closed);
    section.end();
    return writes;
  }

  private static Practice.Rest rest(Section section, String key, Practice.Rest usual) {
    return section.parsed(
        key,
        Optional.of(usual),
        text ->
            Stream.of(Practice.Rest.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst(),
        usual,
        "write note, document or leave");
  }

  /** A folder that is away is no mistake of the file: it may be mounted later. */
  private static Practice.Documents documents(Section section, Path place) {
    Optional<Path> folder =
        section.parsed(
            "folder",
            Optional.of(Optional.empty()),
            text -> folder(text, place),
            Optional.empty(),
            "write the folder as it is mounted here, and not / nor a file");
    Set<String> categories = new TreeSet<>(section.texts("categories"));
    if (folder.isPresent() && categories.isEmpty()) {
      section.problem(
          "folder",
          "documents.folder is given, but no category whose files may leave",
          "write documents.categories: and the office's own names of them");
    }
    if (folder.isEmpty() && !categories.isEmpty()) {
      section.problem(
          "categories",
          "documents.categories may leave, but no folder is given where their files lie",
          "write documents.folder: too, or neither");
    }
    Practice.Documents documents =
        new Practice.Documents(
            folder,
            section.number(
                "mostBytes", Optional.of(Practice.Documents.USUAL_MOST), 1024, LARGEST_DOCUMENT),
            categories);
    section.end();
    return documents;
  }

  private static Optional<Optional<Path>> folder(String text, Path place) {
    if (text.isBlank()) {
      return Optional.of(Optional.empty());
    }
    try {
      Path folder = place.resolve(text).normalize();
      boolean isWrong = folder.getNameCount() == 0 || Files.isRegularFile(folder);
      return isWrong ? Optional.empty() : Optional.of(Optional.of(folder));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Practice.Hints hints(Section section) {
    boolean enabled = section.flag("enabled", false);
    String given = section.text("url", "");
    String url = enabled || !given.isEmpty() ? url(section, "url", Set.of("http", "https")) : given;
    if (url.length() > LONGEST_HINT_URL || url.contains("?") || url.contains("#")) {
      section.problem(
          "url",
          "hints.url is too long or has a query",
          "at most " + LONGEST_HINT_URL + " characters, a path at its end");
    }
    List<WatchTable> tables = new ArrayList<>();
    for (String name : section.texts("tables")) {
      Optional<WatchTable> table = WatchTable.of(name);
      table.ifPresent(tables::add);
      if (table.isEmpty() && !name.equals("all")) {
        section.problem(
            "tables",
            "Open Dental tells nothing of " + Section.shown(name),
            "known: all, "
                + Stream.of(WatchTable.values())
                    .map(WatchTable::text)
                    .collect(Collectors.joining(", ")));
      }
    }
    Practice.Hints hints =
        new Practice.Hints(
            enabled,
            url.isEmpty() || url.endsWith("/") ? url : url + "/",
            section.texts("workstations"),
            section.texts("tables").contains("all") ? List.of() : tables,
            Duration.ofSeconds(
                section.number(
                    "every", Optional.of((int) Practice.Hints.NONE.every().toSeconds()), 1, 3600)));
    section.end();
    return hints;
  }

  private static List<String> feeds(Section database) {
    List<String> named = database.texts("feeds");
    return named.isEmpty() ? Practice.Budget.USUAL.feeds() : named;
  }

  private static Practice.Budget budget(Section database) {
    Practice.Budget usual = Practice.Budget.USUAL;
    return new Practice.Budget(
        database.parsed(
            "share",
            Optional.of(usual.share()),
            text ->
                text.matches("\\d{1,3}(\\.\\d{1,3})?")
                    ? Optional.of(Double.parseDouble(text) / 100).filter(n -> n > 0 && n <= 1)
                    : Optional.empty(),
            usual.share(),
            "write per cent of time, above 0 and at most 100, such as 1"),
        Duration.ofSeconds(
            database.number(
                "longestQuery", Optional.of((int) usual.longestQuery().toSeconds()), 1, 3600)),
        database.number("page", Optional.of(usual.page()), 10, 10_000),
        database.parsed(
            "quietHours",
            Optional.of(usual.quiet()),
            text -> Practice.Hours.of(text).map(Optional::of),
            usual.quiet(),
            "write hours of the office's clock such as 02:00-03:30"),
        feeds(database));
  }

  private static String jdbc(Section database) {
    String url = database.text("url");
    if (!url.startsWith("jdbc:mariadb://")
        && !url.startsWith("jdbc:mysql://")
        && !url.equals("missing")
        && !url.equals("unresolved")) {
      database.problem(
          "url",
          "database.url is no MariaDB or MySQL address",
          "write jdbc:mariadb://host:port/database");
    }
    holdsNoSecret(database, "url", url);
    return url;
  }

  private Destination destination(Section file, List<Practice> practices, Path place) {
    String id = id(file);
    Destination.Kind kind =
        file.parsed(
            "kind",
            Optional.empty(),
            text ->
                Stream.of(Destination.Kind.values())
                    .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst(),
            Destination.Kind.FHIR,
            "write fhir or hl7v2");
    String url =
        url(
                file,
                "url",
                kind == Destination.Kind.FHIR ? Set.of("http", "https") : Set.of("mllp", "mllps"))
            .replaceFirst("/+$", "");
    Set<String> served = new TreeSet<>(file.texts("practices"));
    Set<String> known =
        practices.stream().map(Practice::id).collect(Collectors.toCollection(TreeSet::new));
    for (String practice : served) {
      if (!known.contains(practice)) {
        file.problem(
            "practices",
            "there is no practice " + Section.shown(practice),
            "known: " + String.join(", ", known));
      }
    }
    List<String> types = file.texts("types");
    Set<String> senders = new TreeSet<>(file.texts("senders"));
    Optional<LocalDate> since =
        file.parsed(
            "since",
            Optional.of(Optional.empty()),
            SettingsLoader::day,
            Optional.empty(),
            "write a day such as 2026-11-22");
    if (kind == Destination.Kind.HL7V2) {
      messages(file, types, since);
      if (types.stream().anyMatch(type -> type.startsWith("ACK")) && senders.isEmpty()) {
        file.problem(
            "types",
            "ACK answers the destination's senders, and it has none",
            "write senders: and MSH-3|MSH-4 of their messages");
      }
    }
    Destination destination =
        new Destination(
            id,
            kind,
            url,
            served,
            file.optionalSecret("token"),
            file.flag("enabled", true),
            file.number("bundleSize", Optional.of(50), 1, 500),
            file.number("connections", Optional.of(2), 1, 16),
            senders,
            file.time("requestLimit", Duration.ofSeconds(30)),
            file.text("application", ""),
            file.text("facility", ""),
            Set.copyOf(types),
            since,
            Optional.of(file.text("mapping", "")).filter(name -> !name.isBlank()),
            file.flag("versioned", true),
            quiet(kind, file.time("quiet", Duration.ofSeconds(2))),
            file.time("freshness", FRESHNESS),
            FhirPackages.read(file.optionalSection("validate"), kind, place),
            TlsFiles.outward(file.optionalSection("tls"), url.startsWith("mllps:"), place));
    file.end();
    return destination;
  }

  private static Optional<Optional<LocalDate>> day(String text) {
    try {
      return Optional.of(text.isBlank() ? Optional.empty() : Optional.of(LocalDate.parse(text)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static void messages(Section file, List<String> types, Optional<LocalDate> since) {
    for (String type : types) {
      if (!Destination.MESSAGES.contains(type)) {
        file.problem(
            "types",
            "there is no message type " + Section.shown(type) + " to be told",
            "known: " + String.join(", ", new TreeSet<>(Destination.MESSAGES)));
      }
    }
    if (since.isEmpty() && (types.contains("DFT") || types.contains("MDM"))) {
      file.problem(
          "types",
          "DFT and MDM need the day from which on they tell what was done",
          "write since: and a day such as 2026-11-22");
    }
  }

  /** FHIR is corrected by the next PUT; an event that was told is not taken back. */
  private static Duration quiet(Destination.Kind kind, Duration asked) {
    return kind == Destination.Kind.HL7V2 ? asked : Duration.ZERO;
  }

  private static String id(Section file) {
    return file.parsed("id", Optional.empty(), SettingsLoader::id, "missing", RIGHT_ID);
  }

  static Optional<String> id(String text) {
    return Optional.of(text).filter(id -> id.matches(ID));
  }

  private static Optional<ZoneId> zone(String text) {
    try {
      return Optional.of(ZoneId.of(text))
          .filter(zone -> ZoneId.getAvailableZoneIds().contains(zone.getId()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String url(Section section, String key, Set<String> schemes) {
    String text = section.text(key);
    if (text.equals("missing") || text.equals("unresolved")) {
      return text;
    }
    String right =
        "write "
            + schemes.stream()
                .sorted()
                .map(s -> s + "://host…")
                .collect(Collectors.joining(" or "));
    try {
      URI uri = new URI(text);
      if (uri.getScheme() == null || !schemes.contains(uri.getScheme()) || uri.getHost() == null) {
        section.problem(key, key + " is \"" + Section.shown(text) + "\"", right);
      }
      holdsNoSecret(section, key, text);
    } catch (URISyntaxException e) {
      section.problem(key, key + " is no URL", right);
    }
    return text;
  }

  private static void clashes(Settings settings, List<Problem> problems) {
    Map<Integer, String> taken = new HashMap<>();
    taken.put(settings.ports().facade(), "the facade");
    Map<String, Integer> listeners = new TreeMap<>();
    listeners.put("the management endpoint", settings.ports().management());
    listeners.put("Hawtio", settings.ports().hawtio());
    for (Practice practice : settings.practices()) {
      listeners.put("the HL7 listener of " + practice.id(), practice.hl7().port());
    }
    for (Map.Entry<String, Integer> listener : listeners.entrySet()) {
      String other = taken.getOrDefault(listener.getValue(), "");
      if (listener.getValue() != 0 && !other.isEmpty()) {
        problems.add(
            new Problem(
                "config",
                0,
                "port "
                    + listener.getValue()
                    + " is given to "
                    + other
                    + " and to "
                    + listener.getKey(),
                "give each listener its own"));
      }
      taken.putIfAbsent(listener.getValue(), listener.getKey());
    }
  }

  /** A message has one answer, so one destination takes it. */
  private static void answeredTwice(Settings settings, List<Problem> problems) {
    for (Practice practice : settings.practices()) {
      Map<String, String> taken = new TreeMap<>();
      for (Destination each : settings.destinations()) {
        if (each.answers() && each.serves(practice.id())) {
          for (String sender : each.senders()) {
            Optional.ofNullable(taken.put(sender, each.id()))
                .ifPresent(
                    other ->
                        problems.add(
                            new Problem(
                                "config/destinations/" + each.id() + ".yaml",
                                0,
                                "types: ACK for "
                                    + Section.shown(sender)
                                    + " is what "
                                    + other
                                    + " gets already",
                                "leave it to one of them")));
          }
        }
      }
    }
  }

  /** Path as the person knows it: from the folder above config/. */
  private static String name(Path folder, Path file) {
    Path above = folder.getParent();
    return (above == null ? file : above.relativize(file)).toString().replace('\\', '/');
  }

  private static Map<String, Section.Written> properties(
      Path path, String file, Section.Context context) {
    Map<String, Section.Written> found = new TreeMap<>();
    int number = 0;
    for (String line : lines(path, file, context)) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      int equals = text.indexOf('=');
      if (equals < 1 || text.endsWith("\\")) {
        context
            .problems()
            .add(
                new Problem(
                    file,
                    number,
                    "this line is no key=value",
                    "one key=value a line, # before a remark"));
        continue;
      }
      String key = text.substring(0, equals).strip();
      if (found.put(key, new Section.Written(text.substring(equals + 1).strip(), number)) != null) {
        context
            .problems()
            .add(new Problem(file, number, "key " + key + " is there twice", "keep one"));
      }
    }
    return found;
  }

  private static List<String> lines(Path path, String file, Section.Context context) {
    try {
      return Files.readAllLines(path, StandardCharsets.UTF_8);
    } catch (IOException e) {
      context
          .problems()
          .add(
              new Problem(
                  file,
                  0,
                  "the file is missing or cannot be read as UTF-8",
                  "put it there, readable for Pontic's user"));
      return List.of();
    }
  }

  private List<Section> yaml(Path folder, String area, Section.Context context) {
    Path place = folder.resolve(area);
    List<Path> files;
    try (Stream<Path> found = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
      files =
          found.filter(path -> !path.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      context
          .problems()
          .add(
              new Problem(
                  name(folder, place),
                  0,
                  "the folder cannot be read",
                  "let Pontic's user read it"));
      return List.of();
    }
    List<Section> sections = new ArrayList<>();
    for (Path path : files) {
      String file = name(folder, path);
      String fileName = path.getFileName().toString();
      if (Files.isDirectory(path) && Files.isRegularFile(place.resolve(fileName + ".yaml"))) {
        // practices/<id>/codes lies beside <id>.yaml; the mappings read it (decision 0032).
        continue;
      }
      if (!fileName.endsWith(".yaml")) {
        context
            .problems()
            .add(
                new Problem(file, 0, "the file is not read", "name it <id>.yaml, or take it away"));
        continue;
      }
      String stem = fileName.substring(0, fileName.length() - ".yaml".length());
      Optional<Section> section = yamlFile(path, file, area + "." + stem + ".", context);
      section.ifPresent(
          found -> {
            String id = found.text("id", stem);
            if (!id.equals(stem)) {
              found.problem(
                  "id",
                  "id " + Section.shown(id) + " is not the file's name",
                  "name the file " + Section.shown(id) + ".yaml; so no id is there twice");
            }
            sections.add(found);
          });
    }
    return sections;
  }

  private static Optional<Section> yamlFile(
      Path path, String file, String prefix, Section.Context context) {
    String text = String.join("\n", lines(path, file, context));
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(1024 * 1024);
    options.setMaxAliasesForCollections(10);
    try {
      Node node = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
      if (node instanceof MappingNode mapping) {
        return Optional.of(Section.ofYaml(file, prefix, mapping, context));
      }
      context
          .problems()
          .add(new Problem(file, 0, "the file holds no keys", "see docs/configuration.md"));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      context
          .problems()
          .add(
              new Problem(
                  file,
                  line,
                  "this is no YAML: " + e.getProblem(),
                  "correct the line; indent with spaces"));
    } catch (YAMLException e) {
      context
          .problems()
          .add(
              new Problem(
                  file, 0, "this is no YAML that is taken here", "at most 1 MiB, few aliases"));
    }
    return Optional.empty();
  }
}
