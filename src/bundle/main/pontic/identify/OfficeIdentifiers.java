package pontic.identify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Numbers of others that an office itself keeps for its patients. They are asked where the
 * crosswalk knows none of a message's numbers; one that several patients bear leads to nobody.
 */
public final class OfficeIdentifiers {
  /** Kind of identifier; its target is a PatNum, or "" if there are several. */
  static final String KIND = "office-patient";

  static final String SEVERAL = "";

  /** To compare looks at each row of a table that may be long, so it is done each so many times. */
  private static final int COMPARED_EVERY = 30;

  private static final Pattern OID = Pattern.compile("[0-2](\\.(0|[1-9][0-9]*))+");
  private static final String URN = "urn:oid:";
  private static final Set<String> SSN =
      Set.of("urn:oid:2.16.840.1.113883.4.1", "http://hl7.org/fhir/sid/us-ssn");

  private final Store store;
  private final Persons persons;
  private final MergedPatients merged;
  private final Map<String, Learned> learned = new ConcurrentHashMap<>();
  private final Map<String, Integer> times = new ConcurrentHashMap<>();

  /**
   * @param merged whom each merge of an office left
   */
  public OfficeIdentifiers(Store store, Persons persons, MergedPatients merged) {
    this.store = store;
    this.persons = persons;
    this.merged = merged;
  }

  /**
   * How far this process has read a practice's table.
   *
   * @param after key of the last row
   * @param rows how many they were
   * @param sum over them, by which an edited row is noticed
   * @param whole whether the end was reached once: what stands in the store is the table's then
   * @param seen until then: target of each number, by its keyed hash
   */
  private record Learned(long after, long rows, long sum, boolean whole, Map<String, String> seen) {
    static Learned nothing() {
      return new Learned(0, 0, 0, false, Map.of());
    }
  }

  /** Up to which row this process has learned a practice's; 0 after a start. */
  public long after(String practice) {
    return learned(practice).after();
  }

  /** Up to which row it is to be compared with what was learned this time; 0 for not at all. */
  public long compared(String practice) {
    boolean now = times.merge(practice, 1, Integer::sum) % COMPARED_EVERY == 0;
    return now && learned(practice).whole() ? after(practice) : 0;
  }

  /**
   * Learning again changes nothing. If rows that were learned are others now, all are learned anew
   * from the next time on; what the table no longer holds leads to nobody once its end is reached.
   *
   * @param rows the first says of those up to its {@code place}, as {@link #compared} gave it, how
   *     {@code known} they are and their {@code total}; of each behind it, in the order of {@code
   *     place}: {@code root}, {@code number}, {@code patient} and {@code total}
   */
  public void learn(String practice, List<Map<String, Object>> rows) {
    Learned before = learned(practice);
    boolean changed =
        number(rows.get(0).get("place")) != 0
            && (number(rows.get(0).get("known")) != before.rows()
                || number(rows.get(0).get("total")) != before.sum());
    if (changed) {
      learned.remove(practice);
      return;
    }
    List<Map<String, Object>> page = rows.subList(1, rows.size());
    if (page.isEmpty() && before.whole()) {
      return;
    }
    Map<String, String> seen = new HashMap<>(before.seen());
    store.write(
        tx -> {
          tx.serialise(practice);
          page.forEach(row -> learn(tx, practice, row, before.whole(), seen));
          if (page.isEmpty()) {
            forgetAllBut(tx, practice, seen.keySet());
          }
          return true;
        });
    learned.put(
        practice,
        page.isEmpty()
            ? new Learned(before.after(), before.rows(), before.sum(), true, Map.of())
            : new Learned(
                number(page.get(page.size() - 1).get("place")),
                before.rows() + page.size(),
                before.sum() + page.stream().mapToLong(row -> number(row.get("total"))).sum(),
                before.whole(),
                seen));
  }

  private void learn(
      Transaction tx,
      String practice,
      Map<String, Object> row,
      boolean whole,
      Map<String, String> seen) {
    Optional<Identifier> identifier =
        identifier(String.valueOf(row.get("root")), String.valueOf(row.get("number")));
    if (identifier.isEmpty()) {
      return;
    }
    List<Identifier> one = List.of(identifier.get());
    String target =
        merged
            .survivor(practice, number(row.get("patient")))
            .map(survivor -> Long.toString(survivor))
            .orElse(SEVERAL);
    String key = key(identifier.get().system(), persons.index(identifier.get()));
    Optional<String> other =
        whole
            ? persons.targets(tx, practice, KIND, one).stream().findFirst()
            : Optional.ofNullable(seen.get(key));
    String now = other.filter(standing -> !standing.equals(target)).isPresent() ? SEVERAL : target;
    persons.lead(tx, practice, KIND, one, now);
    if (!whole) {
      seen.put(key, now);
    }
  }

  private static void forgetAllBut(Transaction tx, String practice, Set<String> seen) {
    record Standing(String system, String index) {}
    List<Standing> standing =
        tx.sql(
                "select system, value_index from identifier where practice = :practice and kind = :kind")
            .param("practice", practice)
            .param("kind", KIND)
            .query((row, n) -> new Standing(row.getString("system"), row.getString("value_index")))
            .list();
    for (Standing each : standing) {
      if (!seen.contains(key(each.system(), each.index()))) {
        tx.sql(
                """
                delete from identifier
                where practice = :practice and kind = :kind and system = :system and value_index = :index
                """)
            .param("practice", practice)
            .param("kind", KIND)
            .param("system", each.system())
            .param("index", each.index())
            .update();
      }
    }
  }

  private static String key(String system, String index) {
    return system + "|" + index;
  }

  private Learned learned(String practice) {
    return learned.getOrDefault(practice, Learned.nothing());
  }

  /** Whether the office keeps one of these numbers, whomever it means by it. */
  static boolean keepsOne(
      Transaction tx, Persons persons, String practice, List<Identifier> identifiers) {
    return !persons.targets(tx, practice, KIND, identifiers).isEmpty();
  }

  /** Whom these numbers mean at the office. */
  static List<Person> patients(
      Transaction tx, Persons persons, String practice, List<Identifier> identifiers) {
    List<Person> found = new ArrayList<>();
    for (String target : persons.targets(tx, practice, KIND, identifiers)) {
      if (!target.equals(SEVERAL)) {
        long patNum = Long.parseLong(target);
        found.add(
            persons
                .byPatNum(tx, practice, patNum)
                .orElseGet(
                    () ->
                        persons.create(
                            tx, practice, "known", patNum, "", List.of(), "", List.of())));
      }
    }
    return found;
  }

  /**
   * As messages name it, so that spellings of one number are one; a root that is neither an OID nor
   * a URI means nothing elsewhere.
   */
  private static Optional<Identifier> identifier(String root, String number) {
    String stripped = root.strip();
    String bare =
        stripped.regionMatches(true, 0, URN, 0, URN.length())
            ? stripped.substring(URN.length()).strip()
            : stripped;
    String system = OID.matcher(bare).matches() ? URN + bare : stripped;
    boolean meansSomething = system.contains(":") && !SSN.contains(system);
    return meansSomething && !number.isBlank()
        ? Optional.of(new Identifier(system, number.strip()))
        : Optional.empty();
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }
}
