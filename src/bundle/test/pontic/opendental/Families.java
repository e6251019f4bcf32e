package pontic.opendental;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Families of a town, as the desk and two hospitals write them down; all from one seed. */
final class Families {
  private static final List<String> LAST =
      List.of(
          "Smith",
          "Johnson",
          "Garcia",
          "Lopez",
          "Miller",
          "Nguyen",
          "Ash",
          "Birch",
          "Elm",
          "Peterson",
          "O'Brien",
          "McDonald",
          "Müller",
          "Larsen",
          "Kowalski",
          "Rossi",
          "Silva",
          "Cohen",
          "Singh",
          "Kim",
          "Chavez",
          "Hughes",
          "Fischer",
          "Weber",
          "Moreau",
          "Ivanov",
          "Haddad",
          "Okafor",
          "Tanaka",
          "Quill");
  private static final List<String> FIRST =
      List.of(
          "Robert",
          "William",
          "James",
          "John",
          "Michael",
          "Mary",
          "Margaret",
          "Elizabeth",
          "Katherine",
          "Maria",
          "Nora",
          "Nell",
          "Otto",
          "Hayden",
          "Jayden",
          "Mia",
          "Mila",
          "Ana",
          "Luis",
          "Jean",
          "Sara",
          "Sarah",
          "Zoë",
          "Ivan",
          "Ruth",
          "Karl",
          "Lena",
          "Lina",
          "Omar",
          "Priya",
          "Chen",
          "Ewa",
          "Finn",
          "Gita");
  private static final List<List<String>> CALLED =
      List.of(
          List.of("Robert", "Bob"),
          List.of("William", "Bill"),
          List.of("James", "Jim"),
          List.of("Margaret", "Peggy"),
          List.of("Elizabeth", "Beth"),
          List.of("Katherine", "Kate"));
  private static final List<String> MIDDLE =
      List.of("", "", "A", "E", "Elena", "Isabel", "J", "Lee");

  /** Between two of one name of whom one is the other's parent. */
  private static final int GENERATION = 16;

  private final Random random;

  /** Apart, so that who errs in numbers draws no other families. */
  private final Random numbers;

  private final List<Human> earlier = new ArrayList<>();

  Families(long seed) {
    this.random = new Random(seed);
    this.numbers = new Random(~seed);
  }

  /**
   * One human being; empty texts are not known.
   *
   * @param bears whose number it bears in a message: its own, or that of another, which was
   *     mistyped, given anew, or is a child's under the mother's
   */
  record Human(
      int id,
      String last,
      String first,
      String middle,
      String birth,
      String sex,
      String phone,
      String email,
      String street,
      String zip,
      String ssn,
      int bears) {
    /** Under its own number. */
    Human(
        int id,
        String last,
        String first,
        String middle,
        String birth,
        String sex,
        String phone,
        String email,
        String street,
        String zip,
        String ssn) {
      this(id, last, first, middle, birth, sex, phone, email, street, zip, ssn, id);
    }

    /** Somebody of this last name, of whom there is nothing remarkable. */
    static Human nora(int id, String last) {
      return new Human(
          id,
          last,
          "Nora",
          "",
          "1984-06-15",
          "Female",
          "503555010" + id,
          "",
          id + " Larch Street",
          "97301",
          "");
    }

    Human bearing(int number) {
      return new Human(id, last, first, middle, birth, sex, phone, email, street, zip, ssn, number);
    }

    /** What all of a family have on their bills and cards. */
    int family() {
      return id / 10;
    }

    Human named(String otherLast, String otherFirst, String otherMiddle) {
      return new Human(
          id,
          otherLast,
          otherFirst,
          otherMiddle,
          birth,
          sex,
          phone,
          email,
          street,
          zip,
          ssn,
          bears);
    }

    Human born(String other) {
      return new Human(id, last, first, middle, other, sex, phone, email, street, zip, ssn, bears);
    }

    Human reached(String otherPhone, String otherEmail, String otherStreet, String otherSsn) {
      return new Human(
          id,
          last,
          first,
          middle,
          birth,
          sex,
          otherPhone,
          otherEmail,
          otherStreet,
          zip,
          otherSsn,
          bears);
    }
  }

  /**
   * @param desk rows that the office has before any message
   * @param messages as hospitals write them
   */
  record Family(List<Human> desk, List<Human> messages) {}

  /**
   * @param number of the family; ids of its people follow from it
   */
  Family next(int number) {
    String last = pick(LAST);
    String phone = phone();
    String street = (1 + random.nextInt(900)) + " Larch Street";
    String zip = "97" + (300 + random.nextInt(40));
    String email = chance(40) ? "family" + number + "@example.org" : "";
    List<Human> people = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      boolean grown = i < 2;
      String birth = birth(grown ? 1940 : 1990, grown ? 50 : 34);
      people.add(
          new Human(
              number * 10 + i,
              last,
              pick(FIRST),
              pick(MIDDLE),
              birth,
              random.nextBoolean() ? "Male" : "Female",
              chance(80) ? phone : phone(),
              email,
              street,
              zip,
              chance(30) ? "" + (100_000_000 + random.nextInt(799_999_999)) : ""));
    }
    if (chance(25)) {
      Human one = people.get(0);
      Human twin = twin(one, number);
      if (twin.first().equals(one.first())) {
        // Parents who give twins one first name tell them apart by a second; nobody else could.
        one = one.middle().isEmpty() ? one.named(one.last(), one.first(), "Lee") : one;
        people.set(0, one);
        twin =
            twin.named(
                twin.last(), twin.first(), one.middle().startsWith("I") ? "Elena" : "Isabel");
      }
      people.add(twin);
    }
    Human eldest = people.get(0);
    if (chance(20)) {
      // The junior: his father's name at his father's phone.
      people.add(
          new Human(
              number * 10 + 8,
              eldest.last(),
              eldest.first(),
              eldest.middle(),
              birth(1995, 25),
              eldest.sex(),
              eldest.phone(),
              eldest.email(),
              street,
              zip,
              ""));
    }
    List<Human> desk = new ArrayList<>();
    List<Human> messages = new ArrayList<>();
    for (Human human : people) {
      if (chance(60)) {
        desk.add(written(human, people));
      }
      IntStream.range(0, 1 + random.nextInt(2))
          .forEach(i -> messages.add(numbered(written(human, people), human, people)));
    }
    earlier.addAll(people);
    return new Family(desk, messages);
  }

  /** Now and then under the number of another, of the family or of the town. */
  private Human numbered(Human written, Human human, List<Human> family) {
    int kind = numbers.nextInt(100);
    List<Human> others = kind < 8 ? family : kind < 12 ? earlier : List.of();
    if (others.isEmpty()) {
      return written;
    }
    Human other = others.get(numbers.nextInt(others.size()));
    return other.id() != human.id() && isTold(human, other) ? written.bearing(other.id()) : written;
  }

  /**
   * Whether name and birth date tell two apart however they are written; of who is called alike and
   * born alike nobody could say that the number is wrong.
   */
  private static boolean isTold(Human one, Human other) {
    boolean generation =
        Math.abs(year(one) - year(other)) >= GENERATION
            && !monthAndDay(one).equals(monthAndDay(other));
    return generation || unlike(one.first(), other.first());
  }

  private static int year(Human human) {
    return Integer.parseInt(human.birth().substring(0, 4));
  }

  /** In whatever order. */
  private static Set<String> monthAndDay(Human human) {
    return Set.copyOf(List.of(human.birth().substring(5, 7), human.birth().substring(8)));
  }

  private static boolean unlike(String one, String other) {
    return Stream.of(one, called(one))
        .allMatch(a -> Stream.of(other, called(other)).allMatch(b -> shareFewLetters(a, b)));
  }

  /** At most a third of the shorter one's, in their order. */
  private static boolean shareFewLetters(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[][] common = new int[a.length() + 1][b.length() + 1];
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        common[i][j] =
            a.charAt(i - 1) == b.charAt(j - 1)
                ? common[i - 1][j - 1] + 1
                : Math.max(common[i - 1][j], common[i][j - 1]);
      }
    }
    return 3 * common[a.length()][b.length()] <= Math.min(a.length(), b.length());
  }

  private Human twin(Human of, int number) {
    int kind = random.nextInt(4);
    Human twin =
        new Human(
            number * 10 + 7,
            of.last(),
            pick(FIRST),
            pick(MIDDLE),
            of.birth(),
            random.nextBoolean() ? "Male" : "Female",
            of.phone(),
            of.email(),
            of.street(),
            of.zip(),
            "");
    if (kind == 0) {
      twin = twin.named(of.last(), of.first(), twin.middle());
    } else if (kind == 1) {
      twin =
          twin.named(
              of.last(), of.first().substring(0, 1) + "x" + of.first().substring(1), twin.middle());
    }
    return twin;
  }

  /** As a clerk writes somebody down: whole, or with one or two of what goes wrong. */
  private Human written(Human human, List<Human> family) {
    Human written = human;
    boolean told = family.stream().filter(one -> namesake(one, human)).count() > 1;
    for (int slips = chance(55) ? 0 : 1 + random.nextInt(2); slips > 0; slips--) {
      Human now = written;
      written =
          switch (random.nextInt(10)) {
            case 0 -> now.named(slip(now.last()), now.first(), now.middle());
            case 1 -> now.named(now.last(), slip(now.first()), now.middle());
            case 2 -> now.named(now.last(), called(now.first()), now.middle());
            case 3 -> now.named(pick(LAST), now.first(), now.middle());
            case 4 -> now.named(now.last() + "-" + pick(LAST), now.first(), now.middle());
            case 5 -> told ? now : now.named(now.last(), now.first(), "");
            case 6 -> now.born(swapped(now.birth()));
            case 7 -> now.reached(phone(), "", now.street(), now.ssn());
            case 8 -> now.reached("", now.email(), "7 New Road", "");
            default -> now.reached("0000000000", "none@none.com", "unknown", "999999999");
          };
    }
    Human result = written;
    // A slip that makes somebody else of the family of him is no slip that anybody could see.
    return family.stream().anyMatch(one -> one.id() != human.id() && taken(one, result))
        ? human
        : result;
  }

  private static boolean namesake(Human one, Human other) {
    return one.first().equals(other.first()) && one.birth().equals(other.birth());
  }

  private static boolean taken(Human one, Human written) {
    return namesake(one, written)
        && (one.middle().isEmpty()
            || written.middle().isEmpty()
            || one.middle().charAt(0) == written.middle().charAt(0));
  }

  private String slip(String name) {
    int at = 1 + random.nextInt(Math.max(1, name.length() - 1));
    return name.length() < 3
        ? name
        : switch (random.nextInt(3)) {
          case 0 -> name.substring(0, at) + name.substring(Math.min(name.length(), at + 1));
          case 1 -> name.substring(0, at) + (char) ('a' + random.nextInt(26)) + name.substring(at);
          default -> name.toUpperCase(Locale.ROOT);
        };
  }

  private static String called(String first) {
    return CALLED.stream()
        .filter(pair -> pair.get(0).equals(first))
        .map(pair -> pair.get(1))
        .findFirst()
        .orElse(first);
  }

  private static String swapped(String birth) {
    String month = birth.substring(5, 7);
    String day = birth.substring(8);
    return Integer.parseInt(day) > 12 ? birth : birth.substring(0, 5) + day + "-" + month;
  }

  private String birth(int from, int years) {
    return "%d-%02d-%02d"
        .formatted(from + random.nextInt(years), 1 + random.nextInt(12), 1 + random.nextInt(28));
  }

  private String phone() {
    return "503" + (2_000_000 + random.nextInt(7_999_999));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
