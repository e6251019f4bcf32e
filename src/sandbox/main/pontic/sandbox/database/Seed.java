package pontic.sandbox.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Fills a new practice with synthetic people, four weeks of appointments on either side of today,
 * and their charts. Same plan and same day, same rows. Keys count from 1.
 */
final class Seed {
  private static final int WEEKS = 4;
  private static final long DESK_USER = 1;
  private static final int FIRST_HOUR = 8;
  private static final int LAST_HOUR = 17;

  // definition keys by position in DEFINITIONS
  private static final long UNCONFIRMED = 1;
  private static final long CONFIRMED = 2;
  private static final long STANDARD_BILLING = 6;
  private static final long UNSCHEDULED_STATUS = 9;
  private static final long COMM_APPOINTMENT = 13;
  private static final long GENERAL = 16;
  private static final long HYGIENIST = 17;
  private static final long PROCEDURES = 18;

  private static final List<String> FILLED =
      List.of(
          "definition",
          "procedurelog",
          "procedurecode",
          "commlog",
          "schedule",
          "scheduleop",
          "patientlink");

  private record Definition(int category, String name, String value) {}

  private static final List<Definition> DEFINITIONS =
      List.of(
          new Definition(2, "Unconfirmed", "UC"),
          new Definition(2, "Confirmed", "C"),
          new Definition(2, "Arrived", "A"),
          new Definition(2, "In the chair", "IC"),
          new Definition(2, "Left a message", "LM"),
          new Definition(4, "Standard account", ""),
          new Definition(4, "Payment plan", ""),
          new Definition(4, "No statements", ""),
          new Definition(13, "Called, no answer", "NA"),
          new Definition(13, "Will call back", "WCB"),
          new Definition(25, "Lunch", ""),
          new Definition(25, "Emergency slot", ""),
          new Definition(27, "Appointment", "APPT"),
          new Definition(27, "Financial", "FIN"),
          new Definition(18, "Documents", ""),
          new Definition(35, "General", ""),
          new Definition(35, "Hygienist", ""),
          new Definition(11, "Sandbox procedures", ""));

  private final PracticePlan plan;
  private final Schema schema;
  private final Random random;
  private final LocalDateTime now;
  private final long clinic;
  private final ImageFolder images;
  private final List<Long> bookable = new ArrayList<>();
  private final List<Map<String, Object>> people = new ArrayList<>();
  private final List<Map<String, Object>> visits = new ArrayList<>();

  Seed(PracticePlan plan, Schema schema, ImageFolder images) {
    this.plan = plan;
    this.images = images;
    this.schema = schema;
    this.random = new Random(plan.seed());
    this.now = LocalDateTime.now(plan.zone()).truncatedTo(ChronoUnit.SECONDS);
    this.clinic = plan.clinics() ? 1 : 0;
  }

  /** Writes all rows into the connection's current database, which has the tables and no rows. */
  void write(Connection connection) throws IOException, SQLException {
    definitions(connection);
    preferences(connection);
    office(connection);
    patients(connection);
    schedules(connection);
    appointments(connection);
    charts(connection);
  }

  /** Everything else hangs on what the steps before have written and changes none of it. */
  private void charts(Connection connection) throws IOException, SQLException {
    SeedRows rows = new SeedRows(connection, schema, FILLED);
    OfficeLists lists = new OfficeLists(rows, now, clinic);
    lists.add();
    ChartSeed chart = new ChartSeed(rows, lists, now, plan.seed(), clinic);
    Map<ChartSeed.Person, List<ChartSeed.Charted>> charts = new LinkedHashMap<>();
    for (Map<String, Object> person : people) {
      ChartSeed.Person one = ChartSeed.Person.of(person);
      charts.put(one, chart.add(one));
    }
    new MoneySeed(rows, lists, now, plan.seed(), clinic).add(charts);
    labCases(rows);
    numbersOfOthers(rows);
    rows.add("patfield")
        .with("PatNum", 3L)
        .with("FieldName", "Interpreter")
        .with("FieldValue", "none")
        .with("SecDateEntry", now.toLocalDate());
    if (people.size() > UglySeed.PATIENT) {
      new UglySeed(rows, now).add();
    }
    rows.write(connection);
    images.write(connection, people);
  }

  /** What a register of others calls the first two patients. */
  private static void numbersOfOthers(SeedRows rows) {
    for (long patient = 1; patient <= 2; patient++) {
      rows.add("oidexternal")
          .with("IDType", "Patient")
          .with("IDInternal", patient)
          .with("IDExternal", "REG-" + patient)
          .with("rootExternal", "2.16.840.1.113883.3.9990.1");
    }
  }

  /** One for every tenth appointment to come, half of them back from the laboratory. */
  private void labCases(SeedRows rows) {
    for (Map<String, Object> visit : visits) {
      long key = ((Number) visit.get("AptNum")).longValue();
      if (!visit.get("AptStatus").equals(1) || key % 10 != 0) {
        continue;
      }
      LocalDateTime at = (LocalDateTime) visit.get("AptDateTime");
      rows.add("labcase")
          .with("PatNum", visit.get("PatNum"))
          .with("LaboratoryNum", 1)
          .with("AptNum", key)
          .with("DateTimeDue", at.minusDays(1))
          .with("DateTimeCreated", now.minusDays(9))
          .with("DateTimeSent", now.minusDays(8))
          .with("DateTimeRecd", key % 20 == 0 ? now.minusDays(1) : LocalDateTime.of(1, 1, 1, 0, 0))
          .with("ProvNum", visit.get("ProvNum"))
          .with("Instructions", "Shade A2\r\nThin margin")
          .with("LabFee", 120.0)
          .with("InvoiceNum", "L" + key);
    }
  }

  private Map<String, Object> row(String table, long key) {
    Table t = schema.table(table);
    Map<String, Object> row = t.emptyRow();
    row.put(t.primaryKey(), key);
    return row;
  }

  private void definitions(Connection connection) throws SQLException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Definition definition : DEFINITIONS) {
      Map<String, Object> row = row("definition", rows.size() + 1L);
      row.put("Category", definition.category());
      row.put("ItemOrder", rows.size());
      row.put("ItemName", definition.name());
      row.put("ItemValue", definition.value());
      rows.add(row);
    }
    Rows.insertAll(connection, "definition", rows);
  }

  private void preferences(Connection connection) throws SQLException {
    String[][] values = {
      {"ProgramVersion", plan.programVersion()},
      {"UpdateInProgressOnComputerName", ""},
      {"CorruptedDatabase", "0"},
      {"RandomPrimaryKeys", "0"},
      {"MySqlVersion", "10.11"},
      {"EasyNoClinics", plan.clinics() ? "0" : "1"},
      {"PracticeTitle", "Sandbox practice " + plan.id()},
      {"PracticePhone", "2015550100"},
      {"PracticeDefaultProv", "1"},
      {"PracticeDefaultBillType", String.valueOf(STANDARD_BILLING)},
      {"AppointmentTimeIncrement", "10"},
      {"AppointmentWithoutProcsDefaultLength", "30"},
      {"ApptsRequireProc", "0"},
      {"LanguagesUsedByPatients", "eng,spa"},
      {"AllergiesIndicateNone", String.valueOf(OfficeLists.noAllergies())},
      {"DateLastAging", now.toLocalDate().toString()},
      {"DocPath", images.root().toString()}
    };
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String[] value : values) {
      Map<String, Object> row = row("preference", 0);
      row.put("PrefName", value[0]);
      row.put("ValueString", value[1]);
      row.put("PrefNum", rows.size() + 2L);
      rows.add(row);
    }
    Rows.insertAll(connection, "preference", rows);
  }

  private void office(Connection connection) throws SQLException {
    // apikey came with 21.4; older offices keep their keys elsewhere.
    if (schema.find("apikey").isPresent()) {
      Map<String, Object> key = row("apikey", 1);
      key.put("CustApiKey", plan.customerKey());
      key.put("DevName", "Pontic");
      Rows.insert(connection, "apikey", key);
    }
    if (plan.clinics()) {
      Map<String, Object> row = row("clinic", clinic);
      row.put("Description", "Main clinic");
      row.put("Abbr", "Main");
      row.put("Address", "1 Placeholder Ave");
      row.put("City", "Sampleton");
      row.put("State", "CA");
      row.put("Zip", "90000");
      row.put("Phone", "2015550101");
      row.put("DefaultProv", 1);
      row.computeIfPresent("TimeZone", (c, none) -> plan.zone().getId());
      Rows.insert(connection, "clinic", row);
    }
    List<Map<String, Object>> providers = new ArrayList<>();
    providers.add(provider(1, "DOC1", "Quill", "Vera", 11, false));
    providers.add(provider(2, "DOC2", "Marble", "Anton", 12, false));
    providers.add(provider(3, "HYG1", "Ivory", "Nina", 13, true));
    providers.add(provider(4, "HYG2", "Pumice", "Oskar", 14, true));
    // The same person a second time, as offices do for a second fee schedule.
    providers.add(provider(5, "DOC1B", "Quill", "Vera", 11, false));
    Map<String, Object> gone = provider(6, "DOC9", "Former", "Fred", 19, false);
    gone.put("IsHidden", 1);
    gone.put("ProvStatus", 1);
    providers.add(gone);
    Map<String, Object> group = provider(7, "GRP", "Sampleton Dental Group", "", 20, false);
    group.put("IsNotPerson", 1);
    group.put("Suffix", "");
    providers.add(group);
    Rows.insertAll(connection, "provider", providers);
    List<Map<String, Object>> operatories = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      Map<String, Object> row = row("operatory", i);
      row.put("OpName", "OP-" + i);
      row.put("Abbrev", "OP" + i);
      row.put("ItemOrder", i - 1);
      row.put("ProvDentist", i == 2 ? 2 : 1);
      row.put("ProvHygienist", i > 2 ? i : 0);
      row.put("IsHygiene", i > 2 ? 1 : 0);
      row.put("ClinicNum", clinic);
      operatories.add(row);
    }
    Rows.insertAll(connection, "operatory", operatories);
    // Numbers of D-codes are facts, their descriptors are licensed: those two stay without words.
    String[][] codes = {
      {"S0100", "Sandbox visit"}, {"S0200", "Sandbox cleaning"}, {"D9986", ""}, {"D9987", ""}
    };
    List<Map<String, Object>> procedureCodes = new ArrayList<>();
    for (String[] code : codes) {
      Map<String, Object> row = row("procedurecode", procedureCodes.size() + 1L);
      row.put("ProcCode", code[0]);
      row.put("Descript", code[1]);
      row.put("AbbrDesc", code[1]);
      row.put("ProcTime", "/X/");
      row.put("ProcCat", PROCEDURES);
      procedureCodes.add(row);
    }
    Rows.insertAll(connection, "procedurecode", procedureCodes);
  }

  private Map<String, Object> provider(
      long key, String abbr, String family, String given, int person, boolean hygienist) {
    Map<String, Object> row = row("provider", key);
    row.put("Abbr", abbr);
    row.put("ItemOrder", key - 1);
    row.put("LName", family);
    row.put("FName", given);
    row.put("Suffix", hygienist ? "RDH" : "DMD");
    row.put("Specialty", hygienist ? HYGIENIST : GENERAL);
    row.put("IsSecondary", hygienist ? 1 : 0);
    row.put("SigOnFile", 1);
    row.put("NationalProvID", Names.npi(person));
    return row;
  }

  private void patients(Connection connection) throws SQLException {
    List<Map<String, Object>> links = new ArrayList<>();
    int family = 0;
    while (people.size() < plan.patients()) {
      int size = 1 + random.nextInt(5);
      family(people, family++, Math.min(size, plan.patients() - people.size()));
    }
    special(people, links);
    List<Map<String, Object>> notes = new ArrayList<>();
    List<Map<String, Object>> log = new ArrayList<>();
    for (Map<String, Object> person : people) {
      long key = ((Number) person.get("PatNum")).longValue();
      int status = ((Number) person.get("PatStatus")).intValue();
      if (status == 0) {
        bookable.add(key);
      }
      Map<String, Object> note = row("patientnote", key);
      note.put("SecDateTEntry", now);
      known(note, key);
      notes.add(note);
      log.add(logEntry(log.size() + 1L, 106, key, 0, "Patient created"));
    }
    Rows.insertAll(connection, "patient", people);
    Rows.insertAll(connection, "patientnote", notes);
    Rows.insertAll(connection, "patientlink", links);
    Rows.insertAll(connection, "securitylog", log);
  }

  /** What some patients' notes say; drawn apart, so that the people stay the same. */
  private void known(Map<String, Object> note, long key) {
    Random own = new Random(plan.seed() * 3_000_017 + key);
    if (own.nextInt(3) == 0) {
      note.put("ICEName", "Neighbour of " + key);
      note.put("ICEPhone", Names.phone((int) (key % 9000)));
      note.put("Medical", "Heart murmur");
      note.put("MedicalComp", "Heart murmur since childhood.\r\nNo premedication needed.");
      note.put("Service", "Likes the window chair");
      note.computeIfPresent("Pronoun", (c, none) -> own.nextInt(4));
    }
  }

  private void family(List<Map<String, Object>> people, int number, int size) {
    long guarantor = people.size() + 1L;
    String name = Names.family(number);
    String phone = Names.phone(number);
    LocalDate twinsBirth = LocalDate.MIN;
    for (int i = 0; i < size; i++) {
      long key = people.size() + 1L;
      boolean adult = i < 2;
      boolean female = random.nextBoolean();
      LocalDate birth =
          adult
              ? LocalDate.of(1945 + random.nextInt(55), 1, 1).plusDays(random.nextInt(365))
              : LocalDate.of(2008 + random.nextInt(14), 1, 1).plusDays(random.nextInt(365));
      // Each third and fourth child of every second large family are twins.
      if (i == 2) {
        twinsBirth = birth;
      } else if (i == 3 && number % 2 == 0) {
        birth = twinsBirth;
      }
      Map<String, Object> row = row("patient", key);
      row.put("LName", name);
      row.put("FName", Names.given(female, number + 7 * i));
      row.put("MiddleI", i % 2 == 0 ? "T" : "");
      row.put("Gender", random.nextInt(40) == 0 ? 2 : female ? 1 : 0);
      row.put("Position", adult ? (size > 1 ? 1 : 0) : 2);
      row.put("Birthdate", birth);
      row.put("Address", Names.street(number));
      row.put("City", "Sampleton");
      row.put("State", plan.zone().getId().endsWith("Los_Angeles") ? "CA" : "NY");
      row.put("Zip", String.format("%05d", 10000 + number % 90));
      row.put("HmPhone", phone);
      row.put("WirelessPhone", adult ? Names.phone(30_000 + people.size()) : "");
      row.put("Email", adult ? "patient" + key + "@example.com" : "");
      row.put("Guarantor", guarantor);
      row.put("PriProv", 1 + random.nextInt(2));
      row.put("SecProv", 3 + random.nextInt(2));
      row.put("BillingType", STANDARD_BILLING);
      row.put("ChartNumber", "");
      row.put("ClinicNum", clinic);
      row.put("Language", random.nextInt(8) == 0 ? "spa" : "");
      if (key % 13 == 3) {
        row.put("Premed", 1);
        row.put("MedUrgNote", "Heart valve: antibiotics first");
      }
      row.put("SmokingSnoMed", key % 7 == 2 ? "449868002" : "");
      row.put("TxtMsgOk", random.nextInt(3));
      row.put("BillingCycleDay", 1);
      row.put("PreferContactMethod", random.nextInt(9));
      row.put("DateFirstVisit", now.toLocalDate().minusDays(30L + random.nextInt(2000)));
      row.put("SecUserNumEntry", DESK_USER);
      row.put("SecDateEntry", now.toLocalDate());
      people.add(row);
    }
  }

  /**
   * Every 25th patient is not a plain one: merged into the one before, deceased, deleted, inactive
   * or a guarantor who is no patient, in turn; so a practice of 50 has a merged and a deceased one.
   */
  private void special(List<Map<String, Object>> people, List<Map<String, Object>> links) {
    for (int i = 24, turn = 0; i < people.size(); i += 25, turn++) {
      Map<String, Object> row = people.get(i);
      switch (turn % 5) {
        case 0 -> {
          Map<String, Object> kept = people.get(i - 1);
          row.put("LName", kept.get("LName"));
          row.put("FName", kept.get("FName"));
          row.put("Birthdate", kept.get("Birthdate"));
          row.put("PatStatus", 3);
          Map<String, Object> link = row("patientlink", links.size() + 1L);
          link.put("PatNumFrom", row.get("PatNum"));
          link.put("PatNumTo", kept.get("PatNum"));
          link.put("LinkType", 1);
          link.put("DateTimeLink", now.minusDays(40));
          links.add(link);
        }
        case 1 -> {
          row.put("PatStatus", 5);
          row.put("DateTimeDeceased", now.minusDays(60).truncatedTo(ChronoUnit.DAYS));
        }
        case 2 -> row.put("PatStatus", 4);
        case 3 -> row.put("PatStatus", 2);
        default -> row.put("PatStatus", 1);
      }
    }
  }

  private List<LocalDate> workdays() {
    LocalDate today = now.toLocalDate();
    return today
        .minusWeeks(WEEKS)
        .datesUntil(today.plusWeeks(WEEKS).plusDays(1))
        .filter(d -> d.getDayOfWeek() != DayOfWeek.SATURDAY)
        .filter(d -> d.getDayOfWeek() != DayOfWeek.SUNDAY)
        .toList();
  }

  private void schedules(Connection connection) throws SQLException {
    List<Map<String, Object>> schedules = new ArrayList<>();
    List<Map<String, Object>> places = new ArrayList<>();
    for (LocalDate day : workdays()) {
      for (long provider = 1; provider <= 4; provider++) {
        Map<String, Object> row = row("schedule", schedules.size() + 1L);
        row.put("SchedDate", day);
        row.put("StartTime", LocalTime.of(FIRST_HOUR, 0));
        row.put("StopTime", LocalTime.of(LAST_HOUR, 0));
        row.put("SchedType", 1);
        row.put("ProvNum", provider);
        row.put("ClinicNum", clinic);
        schedules.add(row);
        Map<String, Object> place = row("scheduleop", places.size() + 1L);
        place.put("ScheduleNum", row.get("ScheduleNum"));
        place.put("OperatoryNum", provider);
        places.add(place);
      }
    }
    Rows.insertAll(connection, "schedule", schedules);
    Rows.insertAll(connection, "scheduleop", places);
  }

  /** About one appointment per patient and a half, at most what the chairs hold. */
  private void appointments(Connection connection) throws SQLException {
    if (bookable.isEmpty()) {
      return;
    }
    List<LocalDate> days = workdays();
    int chairs = 4;
    int slots = days.size() * chairs * (LAST_HOUR - FIRST_HOUR);
    double share = Math.min(0.8, bookable.size() * 1.5 / slots);
    List<Map<String, Object>> rows = new ArrayList<>();
    List<Map<String, Object>> history = new ArrayList<>();
    List<Map<String, Object>> procedures = new ArrayList<>();
    List<Map<String, Object>> comms = new ArrayList<>();
    int next = 0;
    for (LocalDate day : days) {
      for (int hour = FIRST_HOUR; hour < LAST_HOUR; hour++) {
        for (int chair = 1; chair <= chairs; chair++) {
          if (hour == 12 || random.nextDouble() >= share) {
            continue;
          }
          LocalDateTime at = day.atTime(hour, 0);
          long patient = bookable.get(next++ % bookable.size());
          Map<String, Object> row = appointment(rows.size() + 1L, patient, at, chair);
          rows.add(row);
          history(history, row, at.minusDays(20));
          if (row.get("AptStatus").equals(2)) {
            procedures.add(procedure(procedures.size() + 1L, row));
          }
          // The first has one on every day of the week, so that each practice has an entry.
          if (random.nextInt(10) == 0 || comms.isEmpty()) {
            Map<String, Object> comm = row("commlog", comms.size() + 1L);
            comm.put("PatNum", patient);
            comm.put("CommDateTime", now.minusDays(2));
            comm.put("CommType", COMM_APPOINTMENT);
            comm.put("Note", "Reminder of the sandbox");
            comm.put("Mode_", 3);
            comm.put("SentOrReceived", 1);
            comm.put("UserNum", DESK_USER);
            comms.add(comm);
          }
        }
      }
    }
    planned(rows);
    visits.addAll(rows);
    Rows.insertAll(connection, "appointment", rows);
    Rows.insertAll(connection, "histappointment", history);
    Rows.insertAll(connection, "procedurelog", procedures);
    Rows.insertAll(connection, "commlog", comms);
  }

  private Map<String, Object> appointment(long key, long patient, LocalDateTime at, int chair) {
    boolean hygiene = chair > 2;
    int status = 1;
    if (at.isBefore(now)) {
      status = random.nextInt(10) == 0 ? 5 : 2;
    }
    Map<String, Object> row = row("appointment", key);
    row.put("PatNum", patient);
    row.put("AptStatus", status);
    row.put("Pattern", random.nextBoolean() ? "/XXXX/" : "//XXXXXXXX//");
    row.put("Confirmed", random.nextBoolean() ? CONFIRMED : UNCONFIRMED);
    row.put("Op", chair);
    row.put("ProvNum", chair == 2 ? 2 : 1);
    row.put("ProvHyg", hygiene ? chair : 0);
    row.put("AptDateTime", at);
    row.put("ProcDescript", hygiene ? "Sandbox cleaning" : "Sandbox visit");
    row.put("ClinicNum", clinic);
    row.put("IsHygiene", hygiene ? 1 : 0);
    row.put("SecUserNumEntry", DESK_USER);
    if (schema.table("appointment").has("SecDateTEntry")) {
      row.put("SecDateTEntry", at.minusDays(20));
    }
    return row;
  }

  /** A planned, an unscheduled and a note, which no calendar shows. */
  private void planned(List<Map<String, Object>> rows) {
    for (int status : new int[] {6, 3, 7}) {
      long patient = bookable.get(rows.size() % bookable.size());
      Map<String, Object> row = appointment(rows.size() + 1L, patient, now.plusDays(1), 1);
      row.put("AptStatus", status);
      if (status == 3) {
        row.put("UnschedStatus", UNSCHEDULED_STATUS);
      }
      row.put("Op", status == 7 ? 1 : 0);
      row.put("AptDateTime", status == 7 ? now.plusDays(1) : LocalDateTime.of(1, 1, 1, 0, 0));
      rows.add(row);
    }
  }

  private void history(
      List<Map<String, Object>> history, Map<String, Object> appointment, LocalDateTime booked) {
    Map<String, Object> created = row("histappointment", history.size() + 1L);
    appointment.forEach((column, value) -> created.computeIfPresent(column, (c, old) -> value));
    created.put("HistUserNum", DESK_USER);
    created.put("HistDateTStamp", booked.isAfter(now) ? now : booked);
    created.put("HistApptAction", 0);
    created.put("AptStatus", 1);
    history.add(created);
    int status = (Integer) appointment.get("AptStatus");
    if (status == 2 || status == 5) {
      Map<String, Object> ended = new LinkedHashMap<>(created);
      ended.put("HistApptNum", history.size() + 1L);
      ended.put("HistDateTStamp", appointment.get("AptDateTime"));
      ended.put("HistApptAction", status == 2 ? 1 : 2);
      ended.put("AptStatus", status);
      history.add(ended);
    }
  }

  private Map<String, Object> procedure(long key, Map<String, Object> appointment) {
    Map<String, Object> row = row("procedurelog", key);
    LocalDate day = ((LocalDateTime) appointment.get("AptDateTime")).toLocalDate();
    row.put("PatNum", appointment.get("PatNum"));
    row.put("AptNum", appointment.get("AptNum"));
    row.put("ProcDate", day);
    row.put("DateEntryC", day);
    row.put("DateComplete", day);
    row.put("DateTP", day);
    row.put("ProcFee", 100.0);
    row.put("ProcStatus", 2);
    row.put("ProvNum", appointment.get("ProvNum"));
    row.put("ClinicNum", clinic);
    row.put("CodeNum", appointment.get("IsHygiene").equals(1) ? 2 : 1);
    row.put("UnitQty", 1);
    row.put("SecUserNumEntry", DESK_USER);
    return row;
  }

  private Map<String, Object> logEntry(long key, int type, long patient, long row, String text) {
    Map<String, Object> entry = row("securitylog", key);
    entry.put("PermType", type);
    entry.put("UserNum", DESK_USER);
    entry.put("LogDateTime", now);
    entry.put("LogText", text);
    entry.put("PatNum", patient);
    entry.put("FKey", row);
    entry.put("CompName", "DESK-1");
    return entry;
  }
}
