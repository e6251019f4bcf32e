package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pontic.mapping.MatchRules;
import pontic.mapping.MatchRules.Fact;
import pontic.mapping.MatchRules.Rule;

/**
 * Which patient of Open Dental a message means: finds the facts, which the practice's rules judge.
 * A doubt is never decided here.
 */
final class Likeness {
  private static final int WHOLE_PHONE = 7;
  private static final int SSN_DIGITS = 9;

  /** Shorter parts of names ("de", "van", initials) say nothing by themselves. */
  private static final int PART = 3;

  private static final Map<String, Fact> STATUS =
      Map.of("Archived", Fact.ARCHIVED, "Deceased", Fact.DECEASED, "Deleted", Fact.DELETED);

  private Likeness() {}

  /** What a comparison found. */
  sealed interface Result {
    record Same(long patNum) implements Result {}

    record Doubtful(String reason, List<Long> candidates) implements Result {}

    record Nobody() implements Result {}
  }

  /**
   * @param wanted API fields of the message, with LName, FName and Birthdate
   * @param born rows of all patients of that birth date
   * @param ruledOut PatNums that a person has said not to be this patient
   */
  static Result find(MatchRules rules, JsonNode wanted, List<JsonNode> born, Set<Long> ruledOut) {
    List<Long> same = new ArrayList<>();
    List<Long> held = new ArrayList<>();
    String why = "";
    boolean beside = false;
    for (JsonNode row : born) {
      long patNum = row.path("PatNum").asLong();
      Optional<Rule> rule =
          ruledOut.contains(patNum) ? Optional.empty() : rules.judge(facts(rules, wanted, row));
      switch (rule.map(Rule::then).orElse(MatchRules.Verdict.NOBODY)) {
        case SAME -> same.add(patNum);
        case HELD -> {
          held.add(patNum);
          // The strongest reason is told: that of the earliest rule.
          why = earlier(rules, why, rule.get().why());
          beside |= rule.get().besideSame();
        }
        case NOBODY -> {}
      }
    }
    if (same.size() == 1 && !beside) {
      return new Result.Same(same.get(0));
    }
    if (!same.isEmpty()) {
      List<Long> all = new ArrayList<>(same);
      all.addAll(held);
      return new Result.Doubtful("several patients of Open Dental fit", all);
    }
    return held.isEmpty() ? new Result.Nobody() : new Result.Doubtful(why, held);
  }

  /**
   * Why whom a message names is another than the patient to whom its number leads; empty if nothing
   * says so. What one of the two does not say is no difference.
   *
   * @param wanted API fields of the message
   * @param current those of the row, or what was said of him before
   */
  static Optional<String> another(MatchRules rules, JsonNode wanted, JsonNode current) {
    return rules.areTwo(beside(rules, wanted, current));
  }

  /**
   * As {@link #another}, were there a patient of that birth date who is called just as the message
   * says; empty if that would not matter.
   */
  static Optional<String> anotherIfNamesake(MatchRules rules, JsonNode wanted, JsonNode current) {
    Set<Fact> facts = beside(rules, wanted, current);
    // Who is called so himself is no other for a namesake: the office has him twice.
    add(facts, Fact.NAMESAKE, !facts.contains(Fact.FIRST_NAME));
    return rules.areTwo(facts);
  }

  /** Whether somebody of that birth date is called just as the message says. */
  static boolean isNamesake(MatchRules rules, JsonNode wanted, JsonNode row) {
    Set<Fact> facts = facts(rules, wanted, row);
    return facts.contains(Fact.FIRST_NAME)
        && (facts.contains(Fact.LAST_NAME) || facts.contains(Fact.LAST_NAME_ALIKE));
  }

  private static Set<Fact> beside(MatchRules rules, JsonNode wanted, JsonNode current) {
    Set<Fact> facts = facts(rules, wanted, current);
    boolean swapped = facts.contains(Fact.NAMES_SWAPPED);
    boolean otherLast =
        bothSay(wanted, current, "LName")
            && !facts.contains(Fact.LAST_NAME)
            && !facts.contains(Fact.LAST_NAME_ALIKE);
    boolean otherFirst =
        bothSay(wanted, current, "FName")
            && !facts.contains(Fact.FIRST_NAME)
            && !facts.contains(Fact.FIRST_NAME_ALIKE)
            && !isShortFor(wanted, current)
            && !isShortFor(current, wanted);
    add(facts, Fact.LAST_NAME_DIFFERS, otherLast && !swapped);
    add(facts, Fact.FIRST_NAME_DIFFERS, otherFirst && !swapped);
    BirthDates.compare(born(rules, wanted), born(rules, current)).forEach(facts::add);
    return facts;
  }

  /** Whether the first name of one is the initials, the beginning or a part of the other's. */
  private static boolean isShortFor(JsonNode one, JsonNode other) {
    String brief = key(one.path("FName").asText());
    List<String> names = List.of(words(other.path("FName").asText()).split(" "));
    String initials =
        Stream.concat(names.stream(), Stream.of(key(other.path("MiddleI").asText())))
            .filter(name -> !name.isEmpty())
            .map(name -> name.substring(0, 1))
            .collect(Collectors.joining());
    return brief.length() < PART
        && !brief.isEmpty()
        && (String.join("", names).startsWith(brief)
            || names.contains(brief)
            || initials.equals(brief));
  }

  private static boolean bothSay(JsonNode wanted, JsonNode current, String field) {
    return !key(wanted.path(field).asText()).isEmpty()
        && !key(current.path(field).asText()).isEmpty();
  }

  private static String born(MatchRules rules, JsonNode fields) {
    String date = fields.path("Birthdate").asText();
    return FieldMerge.empty(date) || !rules.tells(key(date)) ? "" : date;
  }

  private static String earlier(MatchRules rules, String a, String b) {
    return rules.rules().stream()
        .map(Rule::why)
        .filter(why -> why.equals(a) || why.equals(b))
        .findFirst()
        .orElse(b);
  }

  /** What can be said of a message and a row. */
  static Set<Fact> facts(MatchRules rules, JsonNode wanted, JsonNode row) {
    Set<Fact> facts = EnumSet.noneOf(Fact.class);
    Optional.ofNullable(STATUS.get(row.path("PatStatus").asText())).ifPresent(facts::add);
    add(facts, Fact.LAST_NAME, equal(wanted, row, "LName"));
    add(facts, Fact.FIRST_NAME, equal(wanted, row, "FName"));
    String last = wanted.path("LName").asText();
    String first = wanted.path("FName").asText();
    add(facts, Fact.LAST_NAME_ALIKE, alike(last, row.path("LName").asText()));
    add(facts, Fact.FIRST_NAME_ALIKE, called(rules, wanted, row) || called(rules, row, wanted));
    add(
        facts,
        Fact.NAMES_SWAPPED,
        key(last).equals(key(row.path("FName").asText()))
            && key(first).equals(key(row.path("LName").asText())));
    Set<String> phones = phones(rules, row);
    add(facts, Fact.PHONE, phones(rules, wanted).stream().anyMatch(phones::contains));
    add(facts, Fact.EMAIL, equal(wanted, row, "Email") && tells(rules, wanted, "Email"));
    add(
        facts,
        Fact.ADDRESS,
        equal(wanted, row, "Zip")
            && tells(rules, wanted, "Address")
            && words(wanted.path("Address").asText()).equals(words(row.path("Address").asText())));
    String ssn = ssn(rules, wanted);
    String other = ssn(rules, row);
    boolean bothSsn = !ssn.isEmpty() && !other.isEmpty();
    add(facts, Fact.SSN, bothSsn && ssn.equals(other));
    add(facts, Fact.SSN_DIFFERS, bothSsn && !ssn.equals(other));
    add(
        facts,
        Fact.SEX_DIFFERS,
        Set.of("Male Female", "Female Male")
            .contains(wanted.path("Gender").asText() + " " + row.path("Gender").asText()));
    add(
        facts,
        Fact.MIDDLE_NAME_DIFFERS,
        otherMiddle(key(wanted.path("MiddleI").asText()), key(row.path("MiddleI").asText())));
    return facts;
  }

  private static void add(Set<Fact> facts, Fact fact, boolean isSo) {
    if (isSo) {
      facts.add(fact);
    }
  }

  /** Whether one may be called what the other is, by whatever of its names. */
  private static boolean called(MatchRules rules, JsonNode one, JsonNode other) {
    String first = one.path("FName").asText();
    String key = key(first);
    String middle = key(other.path("MiddleI").asText());
    return alike(first, other.path("FName").asText())
        || rules.nickname(key, key(other.path("FName").asText()))
        || !key.isEmpty() && key.equals(key(other.path("Preferred").asText()))
        || middle.length() >= PART && key.equals(middle);
  }

  /** A slip of the pen, a beginning, or a part of a double name; not if they are equal. */
  private static boolean alike(String a, String b) {
    String one = key(a);
    String other = key(b);
    int shorter = Math.min(one.length(), other.length());
    if (one.equals(other) || shorter < PART) {
      return false;
    }
    return one.startsWith(other)
        || other.startsWith(one)
        || Math.abs(one.length() - other.length()) <= 1 && slips(one, other) == 1
        || !Collections.disjoint(parts(a), parts(b));
  }

  private static Set<String> parts(String name) {
    Set<String> parts = new HashSet<>();
    for (String part : words(name).split(" ")) {
      if (part.length() >= PART) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** Letters that were left out, added, taken for another or exchanged with their neighbour. */
  private static int slips(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + other, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }

  /** Initials count as much as they say. */
  private static boolean otherMiddle(String a, String b) {
    return !a.isEmpty() && !b.isEmpty() && !a.startsWith(b) && !b.startsWith(a);
  }

  static boolean equal(JsonNode a, JsonNode b, String field) {
    String left = key(a.path(field).asText());
    return !left.isEmpty() && left.equals(key(b.path(field).asText()));
  }

  private static boolean tells(MatchRules rules, JsonNode fields, String field) {
    return rules.tells(key(fields.path(field).asText()));
  }

  private static String ssn(MatchRules rules, JsonNode fields) {
    String digits = digits(fields.path("SSN").asText());
    return digits.length() == SSN_DIGITS && rules.tells(digits) ? digits : "";
  }

  private static Set<String> phones(MatchRules rules, JsonNode fields) {
    Set<String> phones = new HashSet<>();
    for (String field : List.of("HmPhone", "WkPhone", "WirelessPhone")) {
      String digits = digits(fields.path(field).asText());
      if (digits.length() >= WHOLE_PHONE && rules.tells(digits)) {
        phones.add(digits.length() > 10 ? digits.substring(digits.length() - 10) : digits);
      }
    }
    return phones;
  }

  static String digits(String text) {
    StringBuilder digits = new StringBuilder();
    text.chars()
        .filter(each -> each >= '0' && each <= '9')
        .forEach(each -> digits.append((char) each));
    return digits.toString();
  }

  private static String key(String text) {
    return MatchRules.key(text);
  }

  /** Without case, accents and punctuation; numbers and words stay apart. */
  private static String words(String text) {
    return String.join(
            " ", Arrays.stream(text.split("[^\\p{L}\\p{M}\\p{N}]+")).map(MatchRules::key).toList())
        .strip();
  }
}
