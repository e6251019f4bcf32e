package pontic.sandbox.database;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Fills each patient's chart: procedures, plans, findings, lists. A patient's chart is a function
 * of seed, key and day alone, so more patients leave the charts of the others as they were.
 */
final class ChartSeed {
  private static final int ARCHIVED = 3;
  private static final int ADULT_FROM = 14;

  private static final List<String> POSTERIOR = List.of("O", "MO", "DO", "MOD", "B", "BL");
  private static final List<String> ANTERIOR = List.of("MI", "DI", "F", "L", "V", "MIDFL");
  private static final List<String> QUADRANTS = List.of("UR", "UL", "LL", "LR");
  private static final List<String> RANGES =
      List.of("2,3,4", "18,19,20,21", "7,8,9,10,11", "A,B,C");
  private static final List<String> RACES = List.of("2106-3", "2054-5", "2028-9", "1002-5");
  private static final List<Integer> RACE_NUMBERS = List.of(9, 1, 3, 2);

  /** A patient as the chart needs to know him. */
  record Person(
      long key, long guarantor, int status, LocalDate birth, boolean female, long dentist) {

    static Person of(Map<String, Object> row) {
      return new Person(
          ((Number) row.get("PatNum")).longValue(),
          ((Number) row.get("Guarantor")).longValue(),
          ((Number) row.get("PatStatus")).intValue(),
          (LocalDate) row.get("Birthdate"),
          row.get("Gender").equals(1),
          ((Number) row.get("PriProv")).longValue());
    }
  }

  /** A procedure that was charted, for what refers to it. */
  record Charted(long key, int status, LocalDate day, OfficeLists.Code code, String tooth) {}

  private final SeedRows rows;
  private final OfficeLists lists;
  private final LocalDateTime now;
  private final long seed;
  private final long clinic;

  ChartSeed(SeedRows rows, OfficeLists lists, LocalDateTime now, long seed, long clinic) {
    this.rows = rows;
    this.lists = lists;
    this.now = now;
    this.seed = seed;
    this.clinic = clinic;
  }

  /**
   * Adds the chart of one patient; a merged one has none, everything went to the kept one.
   *
   * @return the procedures
   */
  List<Charted> add(Person person) {
    if (person.status() == ARCHIVED) {
      return List.of();
    }
    Random random = new Random(seed * 1_000_003 + person.key());
    Set<Integer> missing = missing(person, random);
    List<Charted> procedures = procedures(person, random, missing);
    plans(person, random, procedures);
    if (adult(person) && random.nextInt(100) < 40) {
      perio(person, random, missing, now.toLocalDate().minusDays(20));
      if (random.nextInt(3) == 0) {
        perio(person, random, missing, now.toLocalDate().minusDays(400));
      }
    }
    clinicalLists(person, random);
    races(person, random);
    referred(person, random, procedures);
    documents(person, random);
    recalls(person, random);
    return procedures;
  }

  private boolean adult(Person person) {
    return person.birth().isBefore(now.toLocalDate().minusYears(ADULT_FROM));
  }

  private Set<Integer> missing(Person person, Random random) {
    Set<Integer> missing = new HashSet<>();
    if (!adult(person)) {
      for (String tooth : List.of("A", "J", "K")) {
        if (random.nextInt(3) == 0) {
          initial(person, tooth, 2);
        }
      }
      if (random.nextInt(4) == 0) {
        initial(person, "E", 0);
      }
      return missing;
    }
    for (int tooth : new int[] {1, 16, 17, 32}) {
      if (random.nextInt(3) > 0) {
        missing.add(tooth);
      }
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      missing.add(1 + random.nextInt(32));
    }
    missing.stream().sorted().forEach(tooth -> initial(person, String.valueOf(tooth), 0));
    if (random.nextInt(15) == 0) {
      initial(person, "8", 6).with("Movement", -12.5f);
    }
    return missing;
  }

  private SeedRows.Line initial(Person person, String tooth, int type) {
    return rows.add("toothinitial")
        .with("PatNum", person.key())
        .with("ToothNum", tooth)
        .with("InitialType", type)
        .with("DrawingSegment", "")
        .with("SecDateTEntry", now.minusDays(30));
  }

  private List<Charted> procedures(Person person, Random random, Set<Integer> missing) {
    List<Charted> done = new ArrayList<>();
    int count = 3 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      OfficeLists.Code code = lists.codes().get(random.nextInt(lists.codes().size()));
      int status = status(random);
      if (code.code().equals("SX300")) {
        status = 7;
      }
      String tooth = tooth(person, random, missing);
      LocalDate day =
          status == 1 || status == 8
              ? now.toLocalDate().minusDays(random.nextInt(60))
              : now.toLocalDate().minusDays(20L + random.nextInt(900));
      done.add(procedure(person, random, code, status, tooth, day));
    }
    return done;
  }

  /** Half are done, a quarter planned, the rest of every other kind. */
  private static int status(Random random) {
    int one = random.nextInt(20);
    return one < 10 ? 2 : one < 14 ? 1 : List.of(3, 4, 5, 6, 7, 8).get(one - 14);
  }

  private String tooth(Person person, Random random, Set<Integer> missing) {
    if (!adult(person) && random.nextInt(4) > 0) {
      return String.valueOf((char) ('A' + random.nextInt(20)));
    }
    if (random.nextInt(80) == 0) {
      return adult(person) ? String.valueOf(51 + random.nextInt(32)) : "AS";
    }
    int tooth = 1 + random.nextInt(32);
    while (missing.contains(tooth)) {
      tooth = tooth % 32 + 1;
    }
    return String.valueOf(tooth);
  }

  private Charted procedure(
      Person person,
      Random random,
      OfficeLists.Code code,
      int status,
      String tooth,
      LocalDate day) {
    boolean complete = status == 2;
    LocalDate none = LocalDate.of(1, 1, 1);
    SeedRows.Line row =
        rows.add("procedurelog")
            .with("PatNum", person.key())
            .with("ProcDate", day)
            .with("DateTP", day.minusDays(complete ? 14 : 0))
            .with("DateEntryC", complete ? day : none)
            .with("DateComplete", complete ? day : none)
            .with("ProcFee", code.fee())
            .with("ProcStatus", status)
            .with("ProvNum", code.code().startsWith("D1") ? 3 : person.dentist())
            .with("ClinicNum", clinic > 0 && person.key() % 7 == 0 ? 2 : clinic)
            .with("CodeNum", code.key())
            .with("UnitQty", 1)
            .with("SecUserNumEntry", 1)
            .with("SecDateEntry", day)
            .with("IcdVersion", 10);
    String charted = "";
    switch (code.area()) {
      case SURFACE -> {
        charted = tooth;
        row.with("ToothNum", tooth).with("Surf", surfaces(random, tooth));
        row.with("Dx", lists.definition(16, 0)).with("DiagnosticCode", "K02.9");
      }
      case TOOTH -> {
        charted = tooth;
        row.with("ToothNum", tooth);
      }
      case QUADRANT -> {
        row.with("Surf", QUADRANTS.get(random.nextInt(4)));
        if (code.code().equals("SX500")) {
          row.with("ToothRange", "2,3,5");
        }
      }
      case SEXTANT -> row.with("Surf", String.valueOf(1 + random.nextInt(6)));
      case ARCH -> row.with("Surf", random.nextBoolean() ? "U" : "L").with("Prosthesis", "I");
      case RANGE -> row.with("ToothRange", RANGES.get(random.nextInt(RANGES.size())));
      default -> row.with("Surf", "");
    }
    if (status == 1) {
      row.with("Priority", lists.definition(20, random.nextInt(3)))
          .with("Prognosis", lists.definition(30, random.nextInt(3)));
    }
    if (complete || status == 7) {
      note(person, row.key(), day, "Done as planned.\r\nPatient felt fine.");
      if (random.nextInt(5) == 0) {
        note(
            person,
            row.key(),
            day.plusDays(1),
            "Done as planned.\r\nPatient felt fine.\r\nCalled.");
      }
    }
    return new Charted(row.key(), status, day, code, charted);
  }

  private static String surfaces(Random random, String tooth) {
    boolean primary = Character.isLetter(tooth.charAt(0));
    int number = primary ? tooth.charAt(0) - 'A' + 1 : Integer.parseInt(tooth);
    boolean anterior =
        primary
            ? number >= 3 && number <= 8 || number >= 13 && number <= 18
            : number >= 6 && number <= 11 || number >= 22 && number <= 27;
    List<String> choice = anterior ? ANTERIOR : POSTERIOR;
    return choice.get(random.nextInt(choice.size()));
  }

  private void note(Person person, long procedure, LocalDate day, String text) {
    rows.add("procnote")
        .with("PatNum", person.key())
        .with("ProcNum", procedure)
        .with("EntryDateTime", day.atTime(15, 30))
        .with("UserNum", 2)
        .with("Note", text)
        .with("Signature", "");
  }

  /** An active plan over what is planned, an inactive one, and for some a saved, signed copy. */
  private void plans(Person person, Random random, List<Charted> procedures) {
    List<Charted> planned = procedures.stream().filter(p -> p.status() == 1).toList();
    List<Charted> later = procedures.stream().filter(p -> p.status() == 8).toList();
    if (!planned.isEmpty()) {
      long plan = plan(person, 1, "Active Treatment Plan", "");
      planned.forEach(p -> attach(plan, p, lists.definition(20, 0)));
    }
    if (!later.isEmpty()) {
      long plan = plan(person, 2, "If money allows", "Second choice.\r\nAsk in spring.");
      later.forEach(p -> attach(plan, p, 0));
    }
    if (!planned.isEmpty() && random.nextInt(4) == 0) {
      SeedRows.Line saved =
          planLine(person, 0, "Plan of last month", "")
              .with("DateTP", now.toLocalDate().minusDays(30))
              .with("SignatureText", "Signed in the sandbox")
              .with("Signature", "sandbox")
              .with("DateTSigned", now.minusDays(30));
      int order = 0;
      for (Charted p : planned) {
        rows.add("proctp")
            .with("TreatPlanNum", saved.key())
            .with("PatNum", person.key())
            .with("ProcNumOrig", p.key())
            .with("ItemOrder", order++)
            .with("Priority", lists.definition(20, 1))
            .with("ToothNumTP", p.tooth())
            .with("ProcCode", p.code().code())
            .with("Descript", p.code().text())
            .with("FeeAmt", p.code().fee())
            .with("PatAmt", p.code().fee())
            .with("ProvNum", person.dentist())
            .with("DateTP", now.toLocalDate().minusDays(30))
            .with("ClinicNum", clinic)
            .with("SecDateEntry", now.toLocalDate().minusDays(30));
      }
    }
  }

  private long plan(Person person, int status, String heading, String note) {
    return planLine(person, status, heading, note).key();
  }

  private SeedRows.Line planLine(Person person, int status, String heading, String note) {
    return rows.add("treatplan")
        .with("PatNum", person.key())
        .with("Heading", heading)
        .with("Note", note)
        .with("TPStatus", status)
        .with("UserNumPresenter", 2)
        .with("SecUserNumEntry", 1)
        .with("SecDateEntry", now.toLocalDate().minusDays(30));
  }

  private void attach(long plan, Charted procedure, long priority) {
    rows.add("treatplanattach")
        .with("TreatPlanNum", plan)
        .with("ProcNum", procedure.key())
        .with("Priority", priority);
  }

  private void perio(Person person, Random random, Set<Integer> missing, LocalDate day) {
    long exam =
        rows.add("perioexam")
            .with("PatNum", person.key())
            .with("ExamDate", day)
            .with("ProvNum", 3)
            .with("DateTMeasureEdit", day.atTime(10, 20))
            .with("Note", random.nextInt(4) == 0 ? "Bleeds easily." : "")
            .key();
    for (int tooth = 1; tooth <= 32; tooth++) {
      if (missing.contains(tooth)) {
        measure(exam, 5, tooth, 1, new int[] {-1, -1, -1, -1, -1, -1}, day);
        continue;
      }
      int[] depths = new int[6];
      for (int i = 0; i < 6; i++) {
        depths[i] = random.nextInt(12) == 0 ? 4 + random.nextInt(5) : 1 + random.nextInt(3);
      }
      measure(exam, 4, tooth, -1, depths, day);
      if (random.nextInt(3) == 0) {
        // Bit sets: 1 bleeding, 2 suppuration, 4 plaque, 8 calculus.
        int[] flags = new int[6];
        for (int i = 0; i < 6; i++) {
          flags[i] = random.nextInt(2) == 0 ? 0 : 1 + random.nextInt(15);
        }
        measure(exam, 6, tooth, -1, flags, day);
      }
      if (random.nextInt(6) == 0) {
        // 101 to 119: the gum stands above the line, 100 minus the value in millimetres.
        measure(exam, 2, tooth, -1, new int[] {1, 2, 1, 101, 103, -1}, day);
      }
      if (random.nextInt(14) == 0) {
        measure(exam, 0, tooth, 1 + random.nextInt(3), new int[] {-1, -1, -1, -1, -1, -1}, day);
      }
      if (random.nextInt(20) == 0 && tooth % 16 < 4) {
        measure(exam, 1, tooth, -1, new int[] {-1, 2, -1, -1, 1, -1}, day);
      }
    }
  }

  private void measure(long exam, int type, int tooth, int value, int[] sites, LocalDate day) {
    rows.add("periomeasure")
        .with("PerioExamNum", exam)
        .with("SequenceType", type)
        .with("IntTooth", tooth)
        .with("ToothValue", value)
        .with("MBvalue", sites[0])
        .with("Bvalue", sites[1])
        .with("DBvalue", sites[2])
        .with("MLvalue", sites[3])
        .with("Lvalue", sites[4])
        .with("DLvalue", sites[5])
        .with("SecDateTEntry", day.atTime(10, 20));
  }

  private void clinicalLists(Person person, Random random) {
    LocalDate day = now.toLocalDate();
    for (int i = random.nextInt(3); i > 0; i--) {
      boolean dated = random.nextInt(3) == 0;
      rows.add("allergy")
          .with("PatNum", person.key())
          .with("AllergyDefNum", 1 + random.nextInt(OfficeLists.allergies()))
          .with("Reaction", random.nextBoolean() ? "Hives" : "")
          .with("SnomedReaction", random.nextInt(3) == 0 ? "247472004" : "")
          .with("StatusIsActive", random.nextInt(8) == 0 ? 0 : 1)
          .with("DateAdverseReaction", dated ? day.minusYears(4) : LocalDate.of(1, 1, 1));
    }
    long problem = 0;
    for (int i = random.nextInt(3); i > 0; i--) {
      int status = random.nextInt(6) == 0 ? 1 + random.nextInt(2) : 0;
      problem =
          rows.add("disease")
              .with("PatNum", person.key())
              .with("DiseaseDefNum", 1 + random.nextInt(OfficeLists.problems()))
              .with("ProbStatus", status)
              .with("PatNote", random.nextInt(4) == 0 ? "Told by the patient.\r\nSee letter." : "")
              .with("DateStart", random.nextBoolean() ? day.minusYears(6) : LocalDate.of(1, 1, 1))
              .with("DateStop", status == 1 ? day.minusYears(1) : LocalDate.of(1, 1, 1))
              .key();
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      drug(person, random, day);
    }
    if (random.nextInt(4) == 0) {
      long drug = 1 + random.nextInt(2);
      rows.add("rxpat")
          .with("PatNum", person.key())
          .with("RxDate", day.minusDays(random.nextInt(300)))
          .with("Drug", OfficeLists.drug(drug) + " 500 mg")
          .with("Sig", "1 tab every 8 hours")
          .with("Disp", "21")
          .with("Refills", "0")
          .with("ProvNum", person.dentist())
          .with("PharmacyNum", 1)
          .with("RxCui", OfficeLists.rxCui(drug))
          .with("SendStatus", random.nextInt(7))
          .with("DaysOfSupply", 7.0)
          .with("PatientInstruction", "With food")
          .with("ClinicNum", clinic)
          .with("UserNum", 2);
    }
    if (adult(person) && random.nextBoolean()) {
      for (int i = 1 + random.nextInt(2); i > 0; i--) {
        rows.add("vitalsign")
            .with("PatNum", person.key())
            .with("Height", 58f + random.nextInt(20))
            .with("Weight", 110.5f + random.nextInt(120))
            .with("BpSystolic", 105 + random.nextInt(50))
            .with("BpDiastolic", 62 + random.nextInt(30))
            .with("Pulse", random.nextInt(3) == 0 ? 0 : 55 + random.nextInt(40))
            .with("PregDiseaseNum", person.key() % 3 == 0 ? problem : 0)
            .with("DateTaken", day.minusDays(100L * i));
      }
    } else if (!adult(person)) {
      rows.add("vitalsign")
          .with("PatNum", person.key())
          .with("Height", 45f)
          .with("Weight", 44.5f)
          .with("BMIPercentile", 40 + person.key() % 50)
          .with("DateTaken", day.minusDays(60));
    }
  }

  /**
   * A drug of the list, or one that came over the wire: text and number, no MedicationNum. Open
   * Dental fills in the patient's own dentist; only some were entered as his order.
   */
  private void drug(Person person, Random random, LocalDate day) {
    long drug = 1 + random.nextInt(OfficeLists.drugs());
    boolean wired = random.nextInt(6) == 0;
    boolean ended = random.nextInt(4) == 0;
    rows.add("medicationpat")
        .with("PatNum", person.key())
        .with("MedicationNum", wired ? 0 : drug)
        .with("MedDescript", wired ? OfficeLists.drug(drug) + " 20 mg tab" : "")
        .with("RxCui", OfficeLists.rxCui(drug))
        .with("ErxGuid", wired ? "sandbox-" + person.key() + "-" + drug : "")
        .with("PatNote", random.nextBoolean() ? "1 a day" : "")
        .with("DateStart", random.nextBoolean() ? day.minusDays(400) : LocalDate.of(1, 1, 1))
        .with("DateStop", ended ? day.minusDays(40) : LocalDate.of(1, 1, 1))
        .with("ProvNum", person.dentist())
        .with("IsCpoe", !wired && drug < 3 ? 1 : 0);
  }

  private void races(Person person, Random random) {
    if (random.nextInt(10) < 2) {
      return;
    }
    int count = random.nextInt(8) == 0 ? 2 : 1;
    int first = random.nextInt(RACES.size());
    for (int i = 0; i < count; i++) {
      int race = (first + i) % RACES.size();
      race(person.key(), RACE_NUMBERS.get(race), RACES.get(race));
    }
    switch (random.nextInt(4)) {
      case 0 -> race(person.key(), 6, "2135-2");
      case 1 -> race(person.key(), 11, "ASKU-ETHNICITY");
      default -> race(person.key(), 10, "2186-5");
    }
  }

  private void race(long patient, int number, String code) {
    rows.add("patientrace").with("PatNum", patient).with("Race", number).with("CdcrecCode", code);
  }

  private void referred(Person person, Random random, List<Charted> procedures) {
    if (random.nextInt(3) == 0) {
      rows.add("refattach")
          .with("PatNum", person.key())
          .with("ReferralNum", 1 + random.nextInt(5))
          .with("RefType", 1)
          .with("RefDate", now.toLocalDate().minusDays(700));
    }
    procedures.stream()
        .filter(p -> p.status() == 5)
        .forEach(
            p ->
                rows.add("refattach")
                    .with("PatNum", person.key())
                    .with("ReferralNum", 1 + random.nextInt(3))
                    .with("RefType", 0)
                    .with("ItemOrder", 1)
                    .with("RefDate", p.day())
                    .with("RefToStatus", random.nextInt(6))
                    .with("ProcNum", p.key())
                    .with("ProvNum", person.dentist())
                    .with("IsTransitionOfCare", 1)
                    .with("Note", "Please see.\r\nThank you."));
  }

  private void documents(Person person, Random random) {
    for (int i = random.nextInt(3); i > 0; i--) {
      int type = List.of(1, 2, 0).get(i % 3);
      String name = "sandbox" + person.key() + "-" + i + (type == 0 ? ".txt" : ".png");
      rows.add("document")
          .with("PatNum", person.key())
          .with("Description", type == 1 ? "Bitewing" : type == 2 ? "Smile" : "Letter")
          .with("DateCreated", now.minusDays(15L * i))
          .with("DocCategory", lists.definition(18, type == 1 ? 0 : type == 2 ? 1 : 2))
          .with("FileName", name)
          .with("ImgType", type)
          .with("ToothNumbers", type == 1 ? "2,3,4,14" : "")
          .with("ProvNum", person.dentist())
          .with("UserNum", 1);
    }
  }

  private void recalls(Person person, Random random) {
    LocalDate day = now.toLocalDate();
    int kinds = 1 + random.nextInt(3);
    for (int type = 1; type <= kinds; type++) {
      LocalDate previous = day.minusDays(30L + random.nextInt(400));
      LocalDate due = previous.plusMonths(6).plusDays(1);
      rows.add("recall")
          .with("PatNum", person.key())
          .with("RecallTypeNum", type)
          .with("DatePrevious", previous)
          .with("DateDueCalc", due)
          .with("DateDue", due)
          .with("RecallInterval", OfficeLists.interval(0, 6))
          .with("RecallStatus", random.nextInt(5) == 0 ? 9 : 0)
          .with("IsDisabled", random.nextInt(12) == 0 ? 1 : 0)
          .with("Priority", random.nextInt(20) == 0 ? 1 : 0)
          .with("Note", random.nextInt(8) == 0 ? "Mornings only" : "");
    }
  }
}
