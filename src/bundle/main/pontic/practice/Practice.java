package pontic.practice;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One Open Dental database with its customer key.
 *
 * @param zone the zone of the office's wall clock; every time in its database is local to it
 * @param writes what may be written, and where words go that the API has no field for
 * @param documents which files of its documents may leave, and where they lie
 * @param freshness how far reading may be behind, and how long a message may wait, before somebody
 *     is told
 * @param codes code table name → (code → the practice's own code); lies over mappings/codes
 */
public record Practice(
    String id,
    String name,
    ZoneId zone,
    Api api,
    Database database,
    Hl7 hl7,
    Facade facade,
    Hints hints,
    Writes writes,
    Documents documents,
    Duration freshness,
    Map<String, Map<String, String>> codes) {

  public Practice {
    codes = Map.copyOf(codes);
  }

  /**
   * FHIR ends ids at 64: the longest name of a kind (20), a key of 64 bits (19) and two hyphens
   * leave 23. HL7 v2.5.1 ends names of authorities at 20 (HD-1, EI-2).
   */
  public static final int LONGEST_ID = 20;

  /** Where the API answers from (open-dental-api.md 1); it decides period and page limits. */
  public enum Mode {
    REMOTE,
    SERVICE,
    LOCAL
  }

  /**
   * The office's REST API.
   *
   * @param url base with version, without a slash at its end: {@code http://127.0.0.1:30223/api/v1}
   * @param timeScale multiplies period, limit and margin; 1.0 except against the sandbox
   * @param requestLimit how long the API may work on one request before it answers 504
   * @param margin what is waited beyond the limit before silence counts as an answer
   * @param enabled false switches every request to this office off
   * @param folds false: each message is played by itself, also where a newer one waits already
   */
  public record Api(
      String url,
      Secret developerKey,
      Secret customerKey,
      Mode mode,
      double timeScale,
      Duration requestLimit,
      Duration margin,
      boolean enabled,
      boolean folds) {

    /** A time of the API, scaled; at least one millisecond unless it was zero. */
    public Duration scaled(Duration time) {
      if (time.isZero()) {
        return time;
      }
      return Duration.ofMillis(Math.max(1, Math.round(time.toMillis() * timeScale)));
    }

    public Duration scaledRequestLimit() {
      return scaled(requestLimit);
    }

    public Duration scaledMargin() {
      return scaled(margin);
    }

    /** Value of the {@code Authorization} header (open-dental-api.md 1). */
    public Secret authorization() {
      return new Secret("ODFHIR " + developerKey.value() + "/" + customerKey.value());
    }
  }

  /**
   * The office's MySQL or MariaDB, only ever read; {@code enabled} false = no connection is opened.
   *
   * @param allowWritingAccount read although the account may write; for test databases
   */
  public record Database(
      boolean enabled,
      String url,
      String user,
      Secret password,
      boolean allowWritingAccount,
      Budget budget) {}

  /**
   * What Pontic may take of the office's database.
   *
   * @param share of the time in which one query runs, above 0, at most 1
   * @param longestQuery after this a query is cancelled at the server; whole seconds
   * @param page most rows of one query
   * @param quiet hours of the office's wall clock in which nothing is asked; empty: none
   * @param feeds those that are read, by name; {@code all} stands for all that are not off by
   *     default
   */
  public record Budget(
      double share, Duration longestQuery, int page, Optional<Hours> quiet, List<String> feeds) {
    private static final String ALL = "all";

    public static final Budget USUAL =
        new Budget(0.01, Duration.ofSeconds(20), 1000, Optional.empty(), List.of(ALL));

    public Budget {
      feeds = List.copyOf(feeds);
    }

    /**
     * @param isOffByDefault as its file says
     */
    public boolean reads(String feed, boolean isOffByDefault) {
      return feeds.contains(feed) || (!isOffByDefault && feeds.contains(ALL));
    }

    public boolean isQuiet(LocalTime now) {
      return quiet.filter(hours -> hours.hold(now)).isPresent();
    }

    /**
     * When the hours in which nothing is asked will be over.
     *
     * @param zone of the office's wall clock
     * @return empty if this is none of them
     */
    public Optional<Instant> quietUntil(Instant now, ZoneId zone) {
      return quiet
          .filter(hours -> hours.hold(now.atZone(zone).toLocalTime()))
          .map(hours -> hours.end(now.atZone(zone)));
    }
  }

  /**
   * Hours of a day, over midnight too.
   *
   * @param from first minute
   * @param to first minute that is no longer of them
   */
  public record Hours(LocalTime from, LocalTime to) {
    private static final Pattern TEXT = Pattern.compile("([0-2]\\d:[0-5]\\d)-([0-2]\\d:[0-5]\\d)");

    /** As {@code 02:00-03:30}; empty if it is not. */
    static Optional<Hours> of(String text) {
      Matcher matcher = TEXT.matcher(text);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new Hours(LocalTime.parse(matcher.group(1)), LocalTime.parse(matcher.group(2))));
      } catch (DateTimeParseException e) {
        return Optional.empty();
      }
    }

    /** The next time that the clock shows it, the second time too of an hour that comes twice. */
    private Instant end(ZonedDateTime now) {
      return Stream.of(0, 1)
          .map(days -> now.toLocalDate().plusDays(days).atTime(to).atZone(now.getZone()))
          .flatMap(end -> Stream.of(end, end.withLaterOffsetAtOverlap()))
          .filter(end -> end.isAfter(now))
          .findFirst()
          .orElseThrow()
          .toInstant();
    }

    boolean hold(LocalTime now) {
      boolean isFrom = !now.isBefore(from);
      boolean isBefore = now.isBefore(to);
      return from.isBefore(to) ? isFrom && isBefore : isFrom || isBefore;
    }
  }

  /**
   * The MLLP listener.
   *
   * @param port 0 = any free one
   * @param allowedSenders {@code MSH-3|MSH-4} of those who may send; empty = any
   * @param processing what messages may be for (MSH-11, table 0103)
   * @param requests whether they may ask for appointments (SRM)
   * @param tls {@link Tls#NONE} for plain text
   */
  public record Hl7(
      int port, List<String> allowedSenders, List<String> processing, boolean requests, Tls tls) {
    public Hl7 {
      allowedSenders = List.copyOf(allowedSenders);
      processing = List.copyOf(processing);
    }

    /**
     * @param sender {@code MSH-3|MSH-4}
     */
    public boolean allows(String sender) {
      return allowedSenders.isEmpty() || allowedSenders.contains(sender);
    }
  }

  /**
   * What a listener shows and asks for; or what a connection outwards shows and trusts.
   *
   * @param keyStore file with its key and certificate; blank = a listener has no TLS, a connection
   *     shows nothing
   * @param trustStore file with whom it trusts; blank = a listener asks no client for a
   *     certificate, a connection trusts whom the JVM trusts
   * @param print of both files: a renewed certificate is another listener
   */
  public record Tls(
      String keyStore,
      Secret keyStorePassword,
      String trustStore,
      Secret trustStorePassword,
      String print) {
    public static final Tls NONE = new Tls("", Secret.NONE, "", Secret.NONE, "");

    public boolean on() {
      return !keyStore.isBlank();
    }

    public boolean asksForCertificate() {
      return !trustStore.isBlank();
    }
  }

  /**
   * Who may send to the FHIR façade of this practice; no clients = nobody.
   *
   * @param oauth whose tokens count too; empty = nobody's
   */
  public record Facade(List<Client> clients, Optional<Oauth> oauth) {
    public Facade {
      clients = List.copyOf(clients);
    }

    /** The client of a bearer token; looks at every client, whichever matches. */
    public Optional<Client> client(String token) {
      Optional<Client> found = Optional.empty();
      for (Client client : clients) {
        if (client.token().matches(token)) {
          found = Optional.of(client);
        }
      }
      return found;
    }
  }

  /**
   * A sender at the façade, known by any of three.
   *
   * @param token its bearer token; blank = none
   * @param subject what JWTs of {@link Oauth} call it (client_id, azp or sub); blank = none
   * @param certificate distinguished name of its certificate (RFC 2253); blank = none
   * @param scopes what it may do at most, as scopes of SMART backend services
   */
  public record Client(
      String id, Secret token, String subject, String certificate, String scopes) {}

  /**
   * An issuer of JWTs.
   *
   * @param issuer iss
   * @param audience what must be among aud
   * @param jwks address or file of its public keys
   * @param once each token is shown once (jti) and is good for five minutes at most
   */
  public record Oauth(String issuer, String audience, String jwks, boolean once) {}

  /**
   * What of the API's writes is wanted beside those that are on by themselves (decision 0260).
   *
   * @param rest where words of rows go
   * @param patientRest where words about a patient himself go
   * @param on off by default, and wanted here; names such as {@code payments.post}
   * @param off not wanted here
   * @param doubleBooking what becomes of a visit whose time another has
   * @param sameProvider whether a provider with another patient elsewhere counts too
   * @param closed what becomes of a visit at a time when nobody works in its operatory
   */
  public record Writes(
      Rest rest,
      Rest patientRest,
      Set<String> on,
      Set<String> off,
      DoubleBooking doubleBooking,
      boolean sameProvider,
      ClosedHours closed) {
    public static final Writes USUAL =
        new Writes(
            Rest.NOTE, Rest.LEAVE, Set.of(), Set.of(), DoubleBooking.PARK, false, ClosedHours.TELL);

    public Writes {
      on = Set.copyOf(on);
      off = Set.copyOf(off);
    }
  }

  /** What becomes of a visit whose time another has (decision 0347). */
  public enum DoubleBooking {
    /** It waits for a person. */
    PARK,
    /** It is refused, and its sender told so. */
    REFUSE,
    /** It is written, and its receipt says so. */
    TELL
  }

  /** What becomes of a visit at a time when nobody works in its operatory (decision 0397). */
  public enum ClosedHours {
    /** It is written if the API takes it, and its receipt says so. */
    TELL,
    /** It is refused, and its sender told so. */
    REFUSE
  }

  /**
   * The files behind the office's documents.
   *
   * @param folder what Open Dental calls the A to Z folder, as it is mounted here; empty = no file
   *     leaves
   * @param mostBytes of one file, and of all files in one request
   * @param categories the office's own names of those whose files may leave
   */
  public record Documents(Optional<Path> folder, int mostBytes, Set<String> categories) {
    /** Scans and pictures are smaller; volumes of a scanner are not. */
    public static final int USUAL_MOST = 10 * 1024 * 1024;

    public static final Documents NONE = new Documents(Optional.empty(), USUAL_MOST, Set.of());

    public Documents {
      categories = Set.copyOf(categories);
    }

    /**
     * @param category as the office calls it; blank if the document is in none
     */
    public boolean mayLeave(String category) {
      return categories.stream().anyMatch(each -> each.strip().equalsIgnoreCase(category.strip()));
    }
  }

  /** Where words go that the API has no field for; the receipt names their elements always. */
  public enum Rest {
    /** Into the row's own note; of what has none, into an entry of the communication log. */
    NOTE,
    /** Into a text file in the patient's images. */
    DOCUMENT,
    /** Nowhere. */
    LEAVE
  }

  /**
   * What the office's workstations tell of changes by themselves, so that polls come at once
   * (open-dental-api.md 1.11).
   *
   * @param url under which they reach Pontic, with a slash at its end; the table's name follows.
   *     Blank: not known
   * @param workstations whose programs look for changes; empty: all, and each tells
   * @param tables empty: each that something is read from here
   * @param every how often they look, and the least time between two polls of a table that hints
   *     bring; whole seconds
   */
  public record Hints(
      boolean enabled,
      String url,
      List<String> workstations,
      List<WatchTable> tables,
      Duration every) {
    public static final Hints NONE =
        new Hints(false, "", List.of(), List.of(), Duration.ofSeconds(5));

    public Hints {
      workstations = List.copyOf(workstations);
      tables = List.copyOf(tables);
    }

    public boolean wants(WatchTable table) {
      return enabled && (tables.isEmpty() || tables.contains(table));
    }
  }
}
