package pontic.opendental;

import java.time.LocalDate;
import java.time.Period;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import pontic.mapping.MatchRules.Fact;

/** How alike two birth dates are. */
final class BirthDates {
  private static final int LENGTH = 10;

  /** Between a parent and a child who bears the parent's name. */
  private static final int GENERATION = 15;

  private BirthDates() {}

  /**
   * @param one as yyyy-mm-dd, perhaps with a time; what is none says nothing
   */
  static Set<Fact> compare(String one, String other) {
    Optional<LocalDate> a = date(one);
    Optional<LocalDate> b = date(other);
    if (a.isEmpty() || b.isEmpty()) {
      return Set.of();
    }
    if (a.get().equals(b.get())) {
      return Set.of(Fact.BIRTH_DATE);
    }
    if (isSlip(a.get(), b.get())) {
      return Set.of(Fact.BIRTH_DATE_ALIKE);
    }
    Set<Fact> facts = EnumSet.of(Fact.BIRTH_DATE_DIFFERS);
    if (Math.abs(Period.between(a.get(), b.get()).getYears()) >= GENERATION) {
      facts.add(Fact.A_GENERATION_APART);
    }
    return facts;
  }

  /** One of year, month and day is another, or month and day are exchanged. */
  private static boolean isSlip(LocalDate a, LocalDate b) {
    boolean year = a.getYear() == b.getYear();
    boolean month = a.getMonthValue() == b.getMonthValue();
    boolean day = a.getDayOfMonth() == b.getDayOfMonth();
    boolean exchanged =
        a.getMonthValue() == b.getDayOfMonth() && a.getDayOfMonth() == b.getMonthValue();
    return year && (month || day || exchanged) || month && day;
  }

  private static Optional<LocalDate> date(String text) {
    try {
      return text.length() < LENGTH
          ? Optional.empty()
          : Optional.of(LocalDate.parse(text.substring(0, LENGTH)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
