package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * By which facts a patient is the one that a message means, declared in {@code
 * matching/patient.yaml} (decision 0223), and whether a number that leads to one is believed
 * (decision 0403).
 *
 * @param rules in the order in which they are tried; only people of one birth date are compared
 * @param another by which somebody is another than the patient to whom his number leads
 * @param noNumbers what looks like a patient's number and may be a family's
 * @param nicknames groups of first names, as {@link #key} writes them
 * @param worthless phones, numbers, addresses that tell nobody apart, as {@link #key} writes them
 */
public record MatchRules(
    List<Rule> rules,
    List<Rule> another,
    NoNumbers noNumbers,
    List<Set<String>> nicknames,
    Set<String> worthless) {

  /** What can be said of two people. */
  public enum Fact {
    LAST_NAME,
    FIRST_NAME,
    LAST_NAME_ALIKE,
    FIRST_NAME_ALIKE,
    NAMES_SWAPPED,
    LAST_NAME_DIFFERS,
    FIRST_NAME_DIFFERS,
    BIRTH_DATE,
    BIRTH_DATE_ALIKE,
    BIRTH_DATE_DIFFERS,
    A_GENERATION_APART,
    NAMESAKE,
    PHONE,
    EMAIL,
    ADDRESS,
    SSN,
    MIDDLE_NAME_DIFFERS,
    SEX_DIFFERS,
    SSN_DIFFERS,
    ARCHIVED,
    DECEASED,
    DELETED;

    /** As the file writes it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** What a rule says of two people. */
  public enum Verdict {
    SAME,
    HELD,
    NOBODY
  }

  /**
   * @param any one of these, if it names any
   * @param besideSame whether it holds the message even where another patient is the same
   * @param why a sentence for the person who decides, without patient data
   */
  public record Rule(Verdict then, Set<Fact> all, Set<Fact> any, boolean besideSame, String why) {
    public Rule {
      all = Set.copyOf(all);
      any = Set.copyOf(any);
    }

    boolean fits(Set<Fact> facts) {
      return facts.containsAll(all) && (any.isEmpty() || any.stream().anyMatch(facts::contains));
    }
  }

  /**
   * Identifiers that lead to nobody by themselves (decision 0404).
   *
   * @param types of HL7 table 0203, in capitals
   * @param systems FHIR systems; what a message names as a bare namespace is {@code urn:id:…}
   */
  public record NoNumbers(Set<String> types, Set<String> systems) {
    public NoNumbers {
      types = Set.copyOf(types);
      systems = Set.copyOf(systems);
    }

    /**
     * @param type of an identifier, "" if it has none
     */
    public boolean has(String type, String system) {
      return types.contains(type.strip().toUpperCase(Locale.ROOT)) || systems.contains(system);
    }
  }

  private static final Set<Fact> ONE_MORE =
      EnumSet.of(Fact.PHONE, Fact.EMAIL, Fact.ADDRESS, Fact.SSN);
  private static final Set<Fact> NAMES = EnumSet.of(Fact.LAST_NAME, Fact.FIRST_NAME);
  private static final Set<String> KEYS =
      Set.of("description", "rules", "another", "leads-to-nobody", "nicknames", "tells-nothing");
  private static final Set<String> NONE_KEYS = Set.of("types", "systems");
  private static final Set<String> RULE_KEYS = Set.of("then", "all", "any", "beside-same", "why");
  private static final String FILE = "matching/patient.yaml";

  public MatchRules {
    rules = List.copyOf(rules);
    another = List.copyOf(another);
    nicknames = nicknames.stream().map(Set::copyOf).toList();
    worthless = Set.copyOf(worthless);
  }

  /**
   * @param mappings folder of the shipped file
   * @throws MappingsInvalid with every problem found
   */
  public static MatchRules shipped(Path mappings) {
    return read(mappings.resolve(FILE), FILE, Optional.empty());
  }

  /**
   * These rules for a practice: what its own file names takes their place.
   *
   * @param practice its folder, whose file need not exist
   * @throws MappingsInvalid with every problem found
   */
  public MatchRules with(Path practice) {
    Path own = practice.resolve(FILE);
    return Files.exists(own)
        ? read(own, "practices/" + practice.getFileName() + "/" + FILE, Optional.of(this))
        : this;
  }

  private static MatchRules read(Path file, String name, Optional<MatchRules> under) {
    List<Problem> problems = new ArrayList<>();
    Optional<JsonNode> node = new Yaml(problems).object(file, name, KEYS);
    List<Rule> rules = new ArrayList<>();
    List<Rule> another = new ArrayList<>();
    List<Set<String>> nicknames = new ArrayList<>();
    Set<String> worthless = new HashSet<>();
    node.ifPresent(
        said -> {
          Lines lines = Lines.of(file);
          for (int i = 0; i < said.path("rules").size(); i++) {
            rule(said.path("rules").get(i), name, lines.of("- then:", i), problems)
                .ifPresent(rules::add);
          }
          for (int i = 0; i < said.path("another").size(); i++) {
            JsonNode each = said.path("another").get(i);
            int line = lines.of("- then:", said.path("rules").size() + i);
            if (each.path("then").asText().equals("held")) {
              rule(each, name, line, problems).ifPresent(another::add);
            } else {
              problems.add(new Problem(name, line, "then: of another: must be held"));
            }
          }
          said.path("leads-to-nobody")
              .fieldNames()
              .forEachRemaining(
                  key -> {
                    if (!NONE_KEYS.contains(key)) {
                      problems.add(
                          new Problem(
                              name,
                              1,
                              "unknown key '"
                                  + key
                                  + "' of leads-to-nobody; known are "
                                  + sorted(NONE_KEYS)));
                    }
                  });
          said.path("nicknames")
              .forEach(
                  group -> {
                    Set<String> names = new HashSet<>();
                    group.forEach(each -> names.add(key(each.asText())));
                    nicknames.add(names);
                  });
          said.path("tells-nothing").forEach(each -> worthless.add(key(each.asText())));
          if (rules.isEmpty() && problems.isEmpty() && (under.isEmpty() || said.has("rules"))) {
            problems.add(new Problem(name, 1, "'rules' names no rule"));
          }
        });
    if (!problems.isEmpty()) {
      throw new MappingsInvalid(problems);
    }
    JsonNode said = node.orElseThrow();
    return new MatchRules(
        under.isPresent() && !said.has("rules") ? under.get().rules() : rules,
        under.isPresent() && !said.has("another") ? under.get().another() : another,
        under.isPresent() && !said.has("leads-to-nobody")
            ? under.get().noNumbers()
            : noNumbers(said.path("leads-to-nobody")),
        under.isPresent() && !said.has("nicknames") ? under.get().nicknames() : nicknames,
        under.isPresent() && !said.has("tells-nothing") ? under.get().worthless() : worthless);
  }

  private static Optional<Rule> rule(JsonNode said, String file, int line, List<Problem> problems) {
    int before = problems.size();
    said.fieldNames()
        .forEachRemaining(
            key -> {
              if (!RULE_KEYS.contains(key)) {
                problems.add(
                    new Problem(
                        file,
                        line,
                        "unknown key '" + key + "' of a rule; known are " + sorted(RULE_KEYS)));
              }
            });
    Set<Fact> all = facts(said.path("all"), file, line, problems);
    Set<Fact> any = facts(said.path("any"), file, line, problems);
    String then = said.path("then").asText();
    if (!Set.of("same", "held", "nobody").contains(then)) {
      problems.add(new Problem(file, line, "then: must be same, held or nobody"));
    } else if (said.path("why").asText().isBlank()) {
      problems.add(new Problem(file, line, "why: is missing; it is shown to who decides"));
    } else if (said.path("all").isEmpty() && said.path("any").isEmpty()) {
      problems.add(new Problem(file, line, "a rule names facts in all: or any:"));
    } else if (then.equals("same")
        && !(all.containsAll(NAMES)
            && (all.stream().anyMatch(ONE_MORE::contains)
                || !any.isEmpty() && ONE_MORE.containsAll(any)))) {
      problems.add(
          new Problem(
              file,
              line,
              "then: same needs last name and first name in all:, and one more of "
                  + ONE_MORE.stream().map(Fact::text).collect(Collectors.joining(", "))));
    }
    return problems.size() > before
        ? Optional.empty()
        : Optional.of(
            new Rule(
                Verdict.valueOf(then.toUpperCase(Locale.ROOT)),
                all,
                any,
                said.path("beside-same").asBoolean(),
                said.path("why").asText().strip()));
  }

  private static Set<Fact> facts(JsonNode said, String file, int line, List<Problem> problems) {
    Set<Fact> facts = EnumSet.noneOf(Fact.class);
    for (JsonNode each : said) {
      Optional<Fact> fact =
          Arrays.stream(Fact.values()).filter(f -> f.text().equals(each.asText())).findFirst();
      if (fact.isEmpty()) {
        problems.add(
            new Problem(
                file,
                line,
                "unknown fact '"
                    + each.asText()
                    + "'; known are "
                    + Arrays.stream(Fact.values())
                        .map(Fact::text)
                        .collect(Collectors.joining(", "))));
      }
      fact.ifPresent(facts::add);
    }
    return facts;
  }

  private static NoNumbers noNumbers(JsonNode said) {
    return new NoNumbers(
        texts(said.path("types")).stream()
            .map(type -> type.toUpperCase(Locale.ROOT))
            .collect(Collectors.toSet()),
        texts(said.path("systems")));
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new HashSet<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private static String sorted(Set<String> keys) {
    return String.join(", ", keys.stream().sorted().toList());
  }

  /** The rule that decides; empty if two people have nothing to do with each other. */
  public Optional<Rule> judge(Set<Fact> facts) {
    return rules.stream().filter(rule -> rule.fits(facts)).findFirst();
  }

  /**
   * Why they are two; empty if nothing speaks against a number that says that they are one.
   *
   * @param facts of whom a message names and the patient to whom its number leads
   */
  public Optional<String> areTwo(Set<Fact> facts) {
    return another.stream().filter(rule -> rule.fits(facts)).map(Rule::why).findFirst();
  }

  /**
   * Whether a phone, number or address tells people apart; {@code key} as {@link #key} writes it.
   */
  public boolean tells(String key) {
    return !key.isEmpty()
        && !worthless.contains(key)
        && !(key.chars().allMatch(Character::isDigit) && key.chars().distinct().count() == 1);
  }

  /** Whether two first names are those of one person, as {@link #key} writes them. */
  public boolean nickname(String a, String b) {
    return nicknames.stream().anyMatch(group -> group.contains(a) && group.contains(b));
  }

  /** A text as it is compared: without case, accents, punctuation and spaces. */
  public static String key(String text) {
    // By hand: this is done some thirty times for each row that is compared.
    String letters = Normalizer.normalize(text, Normalizer.Form.NFD);
    StringBuilder key = new StringBuilder(letters.length());
    letters
        .codePoints()
        .filter(each -> Character.isLetterOrDigit(each) || each == '@')
        .map(Character::toLowerCase)
        .forEach(key::appendCodePoint);
    return key.toString();
  }
}
