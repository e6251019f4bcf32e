package pontic.sandbox.database;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Coverage of families, claims for what was done, estimates for what is planned, payments. */
final class MoneySeed {
  private static final List<String> CLAIM_STATES = List.of("R", "S", "R", "U", "W", "R", "H");

  private final SeedRows rows;
  private final OfficeLists lists;
  private final LocalDateTime now;
  private final long seed;
  private final long clinic;

  MoneySeed(SeedRows rows, OfficeLists lists, LocalDateTime now, long seed, long clinic) {
    this.rows = rows;
    this.lists = lists;
    this.now = now;
    this.seed = seed;
    this.clinic = clinic;
  }

  /**
   * Adds what the families owe and are owed.
   *
   * @param charts each patient with the procedures of the chart
   */
  void add(Map<ChartSeed.Person, List<ChartSeed.Charted>> charts) {
    Map<Long, List<ChartSeed.Person>> families =
        charts.keySet().stream()
            .collect(
                Collectors.groupingBy(
                    ChartSeed.Person::guarantor, TreeMap::new, Collectors.toList()));
    families.forEach(
        (guarantor, members) -> {
          Random random = new Random(seed * 7_000_003 + guarantor);
          if (random.nextInt(10) < 7) {
            covered(guarantor, members, charts, random);
          }
          if (random.nextInt(10) < 4) {
            paid(guarantor, members, charts, random);
          }
        });
  }

  private void covered(
      long guarantor,
      List<ChartSeed.Person> members,
      Map<ChartSeed.Person, List<ChartSeed.Charted>> charts,
      Random random) {
    long plan = 1 + random.nextInt(6);
    long first = subscription(guarantor, plan);
    boolean two = random.nextInt(8) == 0;
    long second = two ? subscription(guarantor, 1 + plan % 6) : 0;
    for (ChartSeed.Person member : members) {
      int relationship = member.key() == guarantor ? 0 : member.key() == guarantor + 1 ? 1 : 2;
      coverage(member.key(), first, 1, relationship);
      if (two) {
        coverage(member.key(), second, 2, relationship);
      }
      List<ChartSeed.Charted> procedures = charts.get(member);
      List<ChartSeed.Charted> done = procedures.stream().filter(p -> p.status() == 2).toList();
      if (!done.isEmpty()) {
        claim(member, plan, first, relationship, done.subList(0, Math.min(3, done.size())), random);
      }
      procedures.stream()
          .filter(p -> p.status() == 1)
          .forEach(
              p ->
                  claimproc(member, p, plan, first, 6)
                      .with("InsEstTotal", p.code().fee() / 2)
                      .with("BaseEst", p.code().fee() / 2)
                      .with("Percentage", 50));
    }
  }

  private long subscription(long subscriber, long plan) {
    return rows.add("inssub")
        .with("PlanNum", plan)
        .with("Subscriber", subscriber)
        .with("DateEffective", now.toLocalDate().minusYears(2).withDayOfYear(1))
        .with("SubscriberID", "SB" + (100_000 + subscriber))
        .with("ReleaseInfo", 1)
        .with("AssignBen", 1)
        .with("SecDateEntry", now.toLocalDate())
        .key();
  }

  private void coverage(long patient, long subscription, int ordinal, int relationship) {
    rows.add("patplan")
        .with("PatNum", patient)
        .with("InsSubNum", subscription)
        .with("Ordinal", ordinal)
        .with("Relationship", relationship)
        .with("PatID", relationship == 2 ? "D" + patient : "")
        .with("SecDateTEntry", now.minusDays(90));
  }

  private void claim(
      ChartSeed.Person person,
      long plan,
      long subscription,
      int relationship,
      List<ChartSeed.Charted> done,
      Random random) {
    String state = CLAIM_STATES.get(random.nextInt(CLAIM_STATES.size()));
    boolean received = state.equals("R");
    boolean sent = received || state.equals("S");
    LocalDate day = done.get(0).day();
    LocalDate none = LocalDate.of(1, 1, 1);
    double fee = done.stream().mapToDouble(p -> p.code().fee()).sum();
    long claim =
        rows.add("claim")
            .with("PatNum", person.key())
            .with("DateService", day)
            .with("DateSent", sent ? day.plusDays(1) : none)
            .with("DateSentOrig", sent ? day.plusDays(1) : none)
            .with("ClaimStatus", state)
            .with("DateReceived", received ? day.plusDays(12) : none)
            .with("PlanNum", plan)
            .with("InsSubNum", subscription)
            .with("ClaimType", "P")
            .with("PatRelat", relationship)
            .with("ProvTreat", person.dentist())
            .with("ProvBill", 1)
            .with("ClaimFee", fee)
            .with("InsPayEst", fee / 2)
            .with("InsPayAmt", received ? fee / 2 : 0.0)
            .with("IsProsthesis", "N")
            .with("ClaimNote", random.nextInt(6) == 0 ? "See notes." : "")
            .with("ClaimIdentifier", person.key() + "/" + day)
            .with("ClinicNum", clinic)
            .with("SecUserNumEntry", 1)
            .with("SecDateEntry", day)
            .key();
    long check =
        received
            ? rows.add("claimpayment")
                .with("CheckDate", day.plusDays(12))
                .with("CheckAmt", fee / 2)
                .with("CheckNum", "C" + claim)
                .with("CarrierName", "Plaster Mutual")
                .with("PayType", lists.definition(32, 0))
                .with("ClinicNum", clinic)
                .with("SecDateEntry", day.plusDays(12))
                .key()
            : 0;
    int line = 1;
    for (ChartSeed.Charted p : done) {
      claimproc(person, p, plan, subscription, received ? 1 : 0)
          .with("ClaimNum", claim)
          .with("ClaimPaymentNum", check)
          .with("FeeBilled", p.code().fee())
          .with("InsPayEst", p.code().fee() / 2)
          .with("InsPayAmt", received ? p.code().fee() / 2 : 0.0)
          .with("CodeSent", p.code().code())
          .with("DateCP", received ? day.plusDays(12) : day)
          .with("LineNumber", line++)
          .with("Remarks", received ? "" : "Waiting");
    }
  }

  private SeedRows.Line claimproc(
      ChartSeed.Person person, ChartSeed.Charted p, long plan, long subscription, int status) {
    return rows.add("claimproc")
        .with("ProcNum", p.key())
        .with("PatNum", person.key())
        .with("ProvNum", person.dentist())
        .with("Status", status)
        .with("PlanNum", plan)
        .with("InsSubNum", subscription)
        .with("ProcDate", p.day())
        .with("DateEntry", p.day())
        .with("AllowedOverride", -1.0)
        .with("DedEstOverride", -1.0)
        .with("InsEstTotalOverride", -1.0)
        .with("WriteOffEstOverride", -1.0)
        .with("PaidOtherInsOverride", -1.0)
        .with("ClinicNum", clinic)
        .with("SecDateEntry", p.day());
  }

  /** One payment of the guarantor, split over what the family had done; the rest is prepaid. */
  private void paid(
      long guarantor,
      List<ChartSeed.Person> members,
      Map<ChartSeed.Person, List<ChartSeed.Charted>> charts,
      Random random) {
    LocalDate day = now.toLocalDate().minusDays(random.nextInt(90));
    SeedRows.Line payment =
        rows.add("payment")
            .with("PayType", lists.definition(10, random.nextInt(3)))
            .with("PayDate", day)
            .with("DateEntry", day)
            .with("CheckNum", random.nextBoolean() ? "10" + guarantor : "")
            .with("PayNote", random.nextInt(5) == 0 ? "Paid at the desk.\r\nThanked." : "")
            .with("PatNum", guarantor)
            .with("ClinicNum", clinic)
            .with("SecUserNumEntry", 1);
    double total = 0;
    int splits = 0;
    for (ChartSeed.Person member : members) {
      for (ChartSeed.Charted p : charts.get(member)) {
        if (p.status() == 2 && splits < 3) {
          split(payment.key(), member.key(), day, p.code().fee() / 2)
              .with("ProcNum", p.key())
              .with("ProcDate", p.day())
              .with("ProvNum", member.dentist());
          total += p.code().fee() / 2;
          splits++;
        }
      }
    }
    if (random.nextInt(4) == 0 || splits == 0) {
      split(payment.key(), guarantor, day, 50).with("UnearnedType", lists.definition(29, 0));
      total += 50;
      splits++;
    }
    payment.with("PayAmt", total).with("IsSplit", splits > 1 ? 1 : 0);
  }

  private SeedRows.Line split(long payment, long patient, LocalDate day, double amount) {
    return rows.add("paysplit")
        .with("PayNum", payment)
        .with("PatNum", patient)
        .with("SplitAmt", amount)
        .with("DatePay", day)
        .with("DateEntry", day)
        .with("ClinicNum", clinic)
        .with("SecUserNumEntry", 1);
  }
}
