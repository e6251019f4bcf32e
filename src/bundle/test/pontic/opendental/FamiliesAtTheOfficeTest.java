package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.opendental.Families.Family;
import pontic.opendental.Families.Human;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.MllpSender;

/**
 * Families as real messages, until they stand in the office's own database: no row of a human being
 * has what was said of another ({@link FamiliesTest} asks the same of the rules alone, for many
 * more). Each human lives in a town of his own, which tells nobody apart for the rules and is
 * written whoever stands in the row, and the database notes every change of it. {@code
 * -Dpontic.families=N} plays so many, {@code -Dpontic.families.seed=N} others.
 */
final class FamiliesAtTheOfficeTest {
  private static final long SEED = Long.getLong("pontic.families.seed", 20261122L);
  private static final int FAMILIES = Integer.getInteger("pontic.families", 60);
  private static final List<String> HOSPITALS = List.of("NORTH", "SOUTH");

  /** So many wait for the lane at once, so that some find rows and some what still waits. */
  private static final int TOGETHER = 3;

  private static final String TOWN = "Town ";
  private static final String IN_THE_ROW_OF = " is written to the row of ";
  private static final Human NOBODY = new Human(0, "", "", "", "", "", "", "", "", "", "");

  @TempDir static Path folder;
  private static House house;

  /**
   * @param said of a human being, by column
   * @param desk whom the desk wrote down in a row, and how
   */
  private record Truth(Map<Integer, Map<String, Set<String>>> said, Map<Long, Human> desk) {
    static Truth nothing() {
      return new Truth(new HashMap<>(), new HashMap<>());
    }

    void add(Human human) {
      columns(human)
          .forEach(
              (column, value) ->
                  said.computeIfAbsent(human.id(), id -> new HashMap<>())
                      .computeIfAbsent(column, name -> new HashSet<>())
                      .add(value));
    }
  }

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            // What is told elsewhere of these offices is others' tests.
            .with("practices.elm.database.enabled", "false")
            .with("practices.oak.database.enabled", "false")
            .withConfig(townsAreWritten());
    for (String practice : List.of("elm", "oak")) {
      noteTowns(practice);
    }
    house.startBundle();
    house.untilConnected();
  }

  /** Beside it oak takes for one person who is called alike, which the shipped rules never do. */
  private static Path townsAreWritten() throws IOException {
    Path config = folder.resolve("config-of-families");
    FileSystemUtils.copyRecursively(House.home().resolve("config"), config);
    for (String practice : List.of("elm", "oak")) {
      Path own = config.resolve("practices").resolve(practice);
      Files.writeString(
          Files.createDirectories(own.resolve("ownership")).resolve("patient.yaml"),
          "fields: {City: {owner: sender, reason: Whoever stands in the row}}\n");
    }
    Files.writeString(
        Files.createDirectories(config.resolve("practices/oak/matching")).resolve("patient.yaml"),
        """
        rules:
          - then: same
            all: [last name, first name]
            any: [phone, email, address, ssn]
            why: one called alike
        """);
    return config;
  }

  private static void noteTowns(String practice) {
    JdbcClient office = office(practice);
    office
        .sql(
            "create table townnote (PatNum bigint not null, Former varchar(100) not null, Town varchar(100) not null)")
        .update();
    office
        .sql(
            "create trigger townchanged after update on patient for each row insert into townnote select new.PatNum, old.City, new.City from dual where old.City <> new.City")
        .update();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void noRowOfTheOfficeHasWhatWasSaidOfAnother() throws Exception {
    Families families = new Families(SEED);
    List<Family> all = Stream.iterate(0, i -> i + 1).limit(FAMILIES).map(families::next).toList();
    Truth truth = play("elm", all);
    List<String> wrong = wrong("elm", truth);
    Map<String, Long> ends = ends("elm");
    long messages = ends.values().stream().mapToLong(Long::longValue).sum();
    long written = written("elm", truth);
    System.out.printf(
        "families %d at the office, seed %d, messages %d: %s, rows made or changed %d, held %.1f %%, wrong-patient writes %d%n",
        FAMILIES,
        SEED,
        messages,
        ends,
        written,
        100.0 * ends.getOrDefault("parked", 0L) / messages,
        wrong.size());
    assertEquals(List.of(), wrong, "seed " + SEED);
    // Holding everybody would be right as well, and of no use.
    assertTrue(ends.get("landed") + ends.getOrDefault("no change", 0L) > messages / 2, "" + ends);
    assertTrue(written > FAMILIES, "rows " + written);
  }

  /** What is looked at would tell: twins whom their parents call alike are one row at oak. */
  @Test
  void anOfficeWhoseRulesTakeOneTwinForTheOtherIsFoundOut() throws Exception {
    Families families = new Families(SEED);
    List<Family> alike =
        Stream.iterate(0, i -> i + 1)
            .map(families::next)
            .filter(FamiliesAtTheOfficeTest::hasTwinsCalledAlike)
            .limit(TOGETHER)
            .toList();
    Truth truth = play("oak", alike);
    assertTrue(
        wrong("oak", truth).stream().anyMatch(what -> what.contains(IN_THE_ROW_OF)),
        "seed " + SEED);
  }

  private static boolean hasTwinsCalledAlike(Family family) {
    return family.messages().stream()
        .anyMatch(
            one ->
                family.messages().stream()
                        .anyMatch(
                            other ->
                                one.id() != other.id()
                                    && isCalledAlike(one, other)
                                    && one.last().equals(other.last())
                                    && !one.phone().isEmpty()
                                    && one.phone().equals(other.phone()))
                    // Where both are at the desk, even these rules hold them.
                    && family.desk().stream().filter(row -> isCalledAlike(one, row)).count() < 2);
  }

  private static boolean isCalledAlike(Human one, Human other) {
    return one.first().equals(other.first()) && one.birth().equals(other.birth());
  }

  /** Desks and hospitals write them down; all have their ends then. */
  private static Truth play(String practice, List<Family> families) throws Exception {
    Truth truth = Truth.nothing();
    int number = 0;
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort(practice), 600_000)) {
      for (int i = 0; i < families.size(); i++) {
        for (Human human : families.get(i).desk()) {
          truth.add(human);
          truth.desk().put(house.sandbox().frontDesk(practice).addPatient(row(human)), human);
        }
        for (boolean isAgain : List.of(false, true)) {
          List<Human> messages = families.get(i).messages();
          for (int m = 0; m < messages.size(); m++) {
            Human first = messages.get(m);
            // The same hospital says the same number again, and the name as it pleases.
            Human said = isAgain ? first.named("Changed", first.first(), first.middle()) : first;
            truth.add(said);
            number++;
            byte[] message =
                adt(
                    isAgain ? "A31" : "A28",
                    practice + "-" + number,
                    said,
                    HOSPITALS.get(m % HOSPITALS.size()));
            assertEquals("AA", House.acknowledgement(sender.ask(message)));
          }
        }
        if (i % TOGETHER == TOGETHER - 1) {
          house.untilAllEnded();
        }
      }
    }
    house.untilAllEnded();
    return truth;
  }

  /** What of the office's rows is of somebody else; without names, since they are many. */
  private static List<String> wrong(String practice, Truth truth) {
    List<String> wrong = new ArrayList<>();
    for (Map<String, Object> note :
        office(practice).sql("select * from townnote order by PatNum").query().listOfRows()) {
      wrong.add(note.get("Town") + IN_THE_ROW_OF + note.get("Former"));
    }
    for (Map<String, Object> row : rows(practice)) {
      int human = Integer.parseInt(row.get("City").toString().substring(TOWN.length()));
      Optional<Human> first = atDesk(truth, row);
      if (first.isPresent() && first.get().id() != human) {
        wrong.add("the row of " + first.get().id() + " is " + human + "'s now");
      }
      Map<String, Set<String>> said = truth.said().getOrDefault(human, Map.of());
      stands(row)
          .forEach(
              (column, value) -> {
                if (!value.isEmpty() && !said.getOrDefault(column, Set.of()).contains(value)) {
                  wrong.add(column + " of " + human + " was never said of this human");
                }
              });
    }
    return wrong;
  }

  /** How many rows the API made, or changed of those that the desk had made. */
  private static long written(String practice, Truth truth) {
    return rows(practice).stream()
        .filter(
            row -> atDesk(truth, row).filter(desk -> columns(desk).equals(stands(row))).isEmpty())
        .count();
  }

  private static Optional<Human> atDesk(Truth truth, Map<String, Object> row) {
    return Optional.ofNullable(truth.desk().get(((Number) row.get("PatNum")).longValue()));
  }

  private static List<Map<String, Object>> rows(String practice) {
    return house
        .office(practice)
        .rows("select * from patient where City like ? order by PatNum", TOWN + "%");
  }

  private static Map<String, Long> ends(String practice) {
    Map<String, Long> ends = new TreeMap<>();
    house
        .ledger()
        .texts("select receipt_end from message where practice = ?", practice)
        .forEach(end -> ends.merge(end, 1L, Long::sum));
    return ends;
  }

  private static JdbcClient office(String practice) {
    return JdbcClient.create(house.sandbox().practice(practice).dataSource());
  }

  /** As columns have it that one may compare; empty texts are not known. */
  private static Map<String, String> columns(Human human) {
    return Map.of(
        "LName", human.last(),
        "FName", human.first(),
        "MiddleI", human.middle(),
        "Birthdate", human.birth(),
        "HmPhone", human.phone(),
        "Email", human.email(),
        "Address", human.street(),
        "SSN", human.ssn());
  }

  private static Map<String, String> stands(Map<String, Object> row) {
    Map<String, String> stands = new HashMap<>();
    for (String column : columns(NOBODY).keySet()) {
      String value = String.valueOf(row.get(column));
      stands.put(column, column.equals("HmPhone") ? value.replaceAll("\\D", "") : value);
    }
    return stands;
  }

  private static Map<String, String> row(Human human) {
    Map<String, String> row = new HashMap<>(columns(human));
    row.put("Zip", human.zip());
    row.put("City", TOWN + human.id());
    row.put("Gender", human.sex().equals("Male") ? "0" : "1");
    return row;
  }

  private static byte[] adt(String trigger, String controlId, Human human, String hospital) {
    String[] pid = new String[20];
    Arrays.fill(pid, "");
    pid[0] = "PID";
    pid[1] = "1";
    pid[3] =
        "%1$s%2$d^^^%1$s^MR~A%3$d^^^%1$s^AN~M%3$d^^^PAYER^MB"
            .formatted(hospital, human.bears(), human.family());
    pid[5] = human.last() + "^" + human.first() + "^" + human.middle();
    pid[7] = human.birth().replace("-", "");
    pid[8] = human.sex().substring(0, 1);
    pid[11] = human.street() + "^^" + TOWN + human.id() + "^^" + human.zip();
    pid[13] =
        Stream.of(telephone(human), email(human))
            .filter(one -> !one.isEmpty())
            .reduce((a, b) -> a + "~" + b)
            .orElse("");
    pid[19] = human.ssn();
    return new String(
            Hospital.message(
                "ADT^" + trigger,
                controlId,
                "EVN|" + trigger + "|20261101120000",
                String.join("|", pid),
                "PV1|1|N"),
            StandardCharsets.UTF_8)
        .replace("|ADTLAKE|LAKESIDE|", "|EHR|" + hospital + "|")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String telephone(Human human) {
    return human.phone().isEmpty() ? "" : human.phone() + "^PRN^PH";
  }

  private static String email(Human human) {
    return human.email().isEmpty() ? "" : "^NET^Internet^" + human.email();
  }
}
