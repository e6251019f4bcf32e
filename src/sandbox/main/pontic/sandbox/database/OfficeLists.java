package pontic.sandbox.database;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lists that an office keeps besides its patients: definitions, codes, drugs, problems, payers,
 * colleagues outside. Numbers of D-codes are facts, their descriptors are licensed: they have no
 * words here. What the office made itself has its own words.
 */
final class OfficeLists {
  /** What {@code procedurecode.TreatArea} asks for; the ordinal is the stored number. */
  enum Area {
    NONE,
    SURFACE,
    TOOTH,
    MOUTH,
    QUADRANT,
    SEXTANT,
    ARCH,
    RANGE
  }

  /** A procedure code with its key; {@code text} is empty for D-codes. */
  record Code(long key, String code, String text, Area area, double fee) {}

  private record Made(String code, String text, Area area, int paint, double fee) {}

  private static final List<Made> CODES =
      List.of(
          new Made("D0120", "", Area.NONE, 0, 55),
          new Made("D0210", "", Area.NONE, 0, 140),
          new Made("D0220", "", Area.TOOTH, 0, 30),
          new Made("D1110", "", Area.MOUTH, 0, 105),
          new Made("D1351", "", Area.TOOTH, 13, 60),
          new Made("D2140", "", Area.SURFACE, 5, 170),
          new Made("D2391", "", Area.SURFACE, 6, 210),
          new Made("D2740", "", Area.TOOTH, 8, 1250),
          new Made("D3310", "", Area.TOOTH, 3, 820),
          new Made("D4341", "", Area.QUADRANT, 0, 260),
          new Made("D4910", "", Area.MOUTH, 0, 150),
          new Made("D5110", "", Area.ARCH, 12, 1800),
          new Made("D5213", "", Area.RANGE, 12, 1900),
          new Made("D6010", "", Area.TOOTH, 2, 2100),
          new Made("D6240", "", Area.TOOTH, 10, 1300),
          new Made("D7140", "", Area.TOOTH, 1, 190),
          new Made("SX100", "Sandbox sextant splint", Area.SEXTANT, 0, 310),
          new Made("SX200", "Sandbox tooth under watch", Area.TOOTH, 15, 0),
          new Made("SX300", "Sandbox fracture line", Area.TOOTH, 15, 0),
          new Made("SX400", "Sandbox guard over several teeth", Area.RANGE, 0, 400),
          new Made("SX500", "Sandbox check of a quadrant", Area.QUADRANT, 0, 0),
          new Made("SX600", "Sandbox talk", Area.NONE, 0, 0));

  private static final List<String[]> DEFINITIONS =
      List.of(
          new String[] {"10", "Check", "C"},
          new String[] {"10", "Cash", "S"},
          new String[] {"10", "Card", "K"},
          new String[] {"16", "Caries", "car"},
          new String[] {"16", "Fracture", "frac"},
          new String[] {"16", "Periodontal", "perio"},
          new String[] {"18", "Radiographs", "XT"},
          new String[] {"18", "Photos", "T"},
          new String[] {"18", "Letters", ""},
          new String[] {"20", "1", ""},
          new String[] {"20", "2", ""},
          new String[] {"20", "Later", ""},
          new String[] {"27", "Clinical", ""},
          new String[] {"29", "Prepayment", ""},
          new String[] {"30", "Good", ""},
          new String[] {"30", "Guarded", ""},
          new String[] {"30", "Poor", ""},
          new String[] {"32", "Electronic", "E"},
          new String[] {"35", "Oral surgeon", ""},
          new String[] {"35", "Endodontist", ""},
          new String[] {"39", "Valley", ""},
          new String[] {"55", "Surgery room", ""});

  /** Name, RxNorm number (0: none), key offset of the generic within this list. */
  private static final List<String[]> DRUGS =
      List.of(
          new String[] {"Amoxicillin", "723", "0"},
          new String[] {"Ibuprofen", "5640", "1"},
          new String[] {"Lisinopril", "29046", "2"},
          new String[] {"Metformin", "6809", "3"},
          new String[] {"Acetaminophen", "161", "4"},
          new String[] {"Atorvastatin", "83367", "5"},
          new String[] {"Warfarin", "11289", "6"},
          new String[] {"Chlorhexidine", "2358", "7"},
          new String[] {"Sandboxil (brand of ibuprofen)", "0", "1"},
          new String[] {"Herbal tea of the house", "0", "9"});

  /** Text, SnomedType, position of the drug in DRUGS + 1 (0: none), UNII. */
  private static final List<String[]> ALLERGIES =
      List.of(
          new String[] {"Penicillin", "2", "1", ""},
          new String[] {"Ibuprofen", "3", "2", ""},
          new String[] {"Latex", "1", "0", "2LQ0UUW8IN"},
          new String[] {"Shellfish", "4", "0", ""},
          new String[] {"Local anaesthetic of the sandbox", "0", "0", ""},
          new String[] {"No known allergies", "0", "0", ""});

  /** Text, ICD-9, SNOMED CT, ICD-10. */
  private static final List<String[]> PROBLEMS =
      List.of(
          new String[] {"High blood pressure", "401.9", "38341003", "I10"},
          new String[] {"Diabetes type 2", "250.00", "44054006", "E11.9"},
          new String[] {"Asthma", "", "195967001", "J45.909"},
          new String[] {"Smokes", "", "", ""},
          new String[] {"Grinds at night", "", "", ""},
          new String[] {"Pregnant", "", "77386006", "Z33.1"});

  private final SeedRows rows;
  private final LocalDateTime now;
  private final long clinic;
  private final Map<String, List<Long>> definitions = new LinkedHashMap<>();
  private final List<Code> codes = new ArrayList<>();

  OfficeLists(SeedRows rows, LocalDateTime now, long clinic) {
    this.rows = rows;
    this.now = now;
    this.clinic = clinic;
  }

  /** Adds the rows of all lists. */
  void add() {
    definitions();
    addCodes();
    clinicalLists();
    colleagues();
    payers();
    rooms();
    rows.add("userod").with("UserName", "desk");
    rows.add("userod").with("UserName", "doctor").with("ProvNum", 1);
    rows.add("pharmacy")
        .with("StoreName", "Sandbox pharmacy")
        .with("Phone", "2015550140")
        .with("Address", "3 Placeholder Ave");
    rows.add("appointmenttype")
        .with("AppointmentTypeName", "Long visit")
        .with("Pattern", "//XXXXXXXX//")
        .with("CodeStr", "S0100");
    for (String name : List.of("Prophy", "Perio", "Bitewings")) {
      rows.add("recalltype")
          .with("Description", name)
          .with("DefaultInterval", name.equals("Perio") ? interval(0, 4) : interval(0, 6))
          .with("TimePattern", "/X/");
    }
  }

  /** An interval as recall and recalltype pack it: years, months, weeks and days, a byte each. */
  static int interval(int years, int months) {
    return years << 24 | months << 16 | 1;
  }

  /** The key of the n-th definition of a category that this class added. */
  long definition(int category, int position) {
    List<Long> keys = definitions.get(String.valueOf(category));
    return keys.get(position % keys.size());
  }

  List<Code> codes() {
    return Collections.unmodifiableList(codes);
  }

  Code code(String code) {
    return codes.stream().filter(c -> c.code().equals(code)).findFirst().orElseThrow();
  }

  static int drugs() {
    return DRUGS.size();
  }

  static String drug(long key) {
    return DRUGS.get((int) key - 1)[0];
  }

  /** 0 for none. */
  static long rxCui(long key) {
    return Long.parseLong(DRUGS.get((int) key - 1)[1]);
  }

  static int allergies() {
    return ALLERGIES.size();
  }

  /** The key of the definition that says "none", the last one. */
  static long noAllergies() {
    return ALLERGIES.size();
  }

  static int problems() {
    return PROBLEMS.size();
  }

  private void definitions() {
    int order = 100;
    for (String[] definition : DEFINITIONS) {
      long key =
          rows.add("definition")
              .with("Category", Integer.parseInt(definition[0]))
              .with("ItemOrder", order++)
              .with("ItemName", definition[1])
              .with("ItemValue", definition[2])
              .with("ItemColor", -16_744_448)
              .key();
      definitions.computeIfAbsent(definition[0], c -> new ArrayList<>()).add(key);
    }
    rows.add("definition")
        .with("Category", 16)
        .with("ItemOrder", order)
        .with("ItemName", "No longer used")
        .with("IsHidden", 1);
  }

  private void addCodes() {
    for (Made made : CODES) {
      long key =
          rows.add("procedurecode")
              .with("ProcCode", made.code())
              .with("Descript", made.text())
              .with("AbbrDesc", made.text().isEmpty() ? "" : made.code())
              .with("ProcTime", "/XX/")
              .with("ProcCat", 18)
              .with("TreatArea", made.area().ordinal())
              .with("AreaAlsoToothRange", made.code().equals("SX500") ? 1 : 0)
              .with("PaintType", made.paint())
              .with("PaintText", made.paint() == 15 ? "W" : "")
              .with(
                  "IsHygiene", made.code().startsWith("D1") || made.code().startsWith("D4") ? 1 : 0)
              .with("IsProsth", made.paint() >= 9 && made.paint() <= 12 ? 1 : 0)
              .with("IsRadiology", made.code().startsWith("D02") ? 1 : 0)
              .with("DiagnosticCodes", made.code().equals("D2140") ? "K02.9" : "")
              .key();
      codes.add(new Code(key, made.code(), made.text(), made.area(), made.fee()));
    }
  }

  private void clinicalLists() {
    for (String[] drug : DRUGS) {
      rows.add("medication")
          .with("MedName", drug[0])
          .with("RxCui", Long.parseLong(drug[1]))
          .with("GenericNum", 1L + Long.parseLong(drug[2]))
          .with("Notes", "");
    }
    for (String[] allergy : ALLERGIES) {
      rows.add("allergydef")
          .with("Description", allergy[0])
          .with("SnomedType", Integer.parseInt(allergy[1]))
          .with("MedicationNum", Long.parseLong(allergy[2]))
          .with("UniiCode", allergy[3]);
    }
    int order = 0;
    for (String[] problem : PROBLEMS) {
      rows.add("diseasedef")
          .with("DiseaseName", problem[0])
          .with("ItemOrder", order++)
          .with("ICD9Code", problem[1])
          .with("SnomedCode", problem[2])
          .with("Icd10Code", problem[3]);
    }
  }

  /** Three doctors, a business, a patient who sent another one, and a hidden doctor. */
  private void colleagues() {
    for (int i = 0; i < 3; i++) {
      rows.add("referral")
          .with("LName", List.of("Scalpel", "Canal", "Brace").get(i))
          .with("FName", List.of("Sam", "Rita", "Orla").get(i))
          .with("Title", "DDS")
          .with("IsDoctor", 1)
          .with("Specialty", definition(35, i))
          .with("NationalProvID", Names.npi(500 + i))
          .with("Telephone", "201555013" + i)
          .with("Address", (10 + i) + " Specimen Blvd")
          .with("City", "Sampleton")
          .with("ST", "NY")
          .with("Zip", "10001")
          .with("IsPreferred", i == 0 ? 1 : 0)
          .with("BusinessName", i == 0 ? "Scalpel Surgery" : "")
          .with("Note", i == 1 ? "Prefers letters.\r\nNo calls on Fridays." : "");
    }
    rows.add("referral").with("LName", "Sampleton Gazette").with("NotPerson", 1);
    rows.add("referral").with("LName", "Testwood").with("FName", "Ada").with("PatNum", 1);
    rows.add("referral")
        .with("LName", "Gone")
        .with("FName", "Gil")
        .with("IsDoctor", 1)
        .with("IsHidden", 1);
  }

  private void payers() {
    for (int i = 0; i < 4; i++) {
      rows.add("carrier")
          .with("CarrierName", List.of("Plaster Mutual", "Wax Health", "Fable Life", "Old").get(i))
          .with("Address", (50 + i) + " Fixture Rd")
          .with("City", "Sampleton")
          .with("State", "NY")
          .with("Zip", "10002")
          .with("Phone", "201-555-015" + i)
          .with("ElectID", i == 3 ? "" : "9000" + i)
          .with("NoSendElect", i == 3 ? 1 : 0)
          .with("IsHidden", i == 3 ? 1 : 0)
          .with("SecDateEntry", now.toLocalDate());
    }
    for (int i = 0; i < 6; i++) {
      rows.add("insplan")
          .with("CarrierNum", 1 + i % 4)
          .with("GroupName", "Group " + (char) ('A' + i))
          .with("GroupNum", "G-10" + i)
          .with("PlanType", List.of("", "p", "p", "f", "c", "").get(i))
          .with("PlanNote", i == 2 ? "Ask twice.\r\nThen ask again." : "")
          .with("IsMedical", i == 5 ? 1 : 0)
          .with("CobRule", i % 3)
          .with("IsBlueBookEnabled", 1)
          .with("SecDateEntry", now.toLocalDate());
    }
  }

  /** Blockouts with and without rooms, a holiday, an employee's hours; a second clinic if any. */
  private void rooms() {
    LocalDate day = now.toLocalDate();
    for (int i = 0; i < 10; i++) {
      long key =
          rows.add("schedule")
              .with("SchedDate", day.plusDays(i))
              .with("StartTime", LocalTime.of(12, 0))
              .with("StopTime", LocalTime.of(13, 0))
              .with("SchedType", 2)
              .with("BlockoutType", 11 + i % 2)
              .with("Note", i == 1 ? "Staff meeting\r\nBring cake" : "")
              .with("ClinicNum", clinic)
              .key();
      for (int op = 1; op <= i % 3; op++) {
        rows.add("scheduleop").with("ScheduleNum", key).with("OperatoryNum", op);
      }
    }
    rows.add("schedule")
        .with("SchedDate", day.plusDays(60))
        .with("SchedType", 0)
        .with("Status", 2)
        .with("Note", "Day of the sandbox");
    rows.add("schedule")
        .with("SchedDate", day)
        .with("StartTime", LocalTime.of(8, 0))
        .with("StopTime", LocalTime.of(16, 30))
        .with("SchedType", 3)
        .with("EmployeeNum", 1)
        .with("ClinicNum", clinic);
    if (clinic > 0) {
      rows.add("clinic", clinic + 1)
          .with("Description", "Hill clinic")
          .with("Abbr", "Hill")
          .with("Address", "9 Placeholder Ave")
          .with("City", "Sampleton Hill")
          .with("State", "CA")
          .with("Zip", "90001")
          .with("Phone", "2015550102")
          .with("DefaultProv", 2)
          .with("ItemOrder", 1)
          .with("Region", definition(39, 0))
          .with("TimeZone", "America/Denver");
    }
  }
}
