package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Procedure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.hl7.Hl7Json;
import pontic.hl7.Strictly;
import pontic.house.House;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.sandbox.hospital.HospitalMllp;

/**
 * What goes along with a patient, charges and notes, as frames at the hospital's HL7 engine; and
 * teeth at FHIR servers of different mappings.
 */
class Hl7PartsTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final String FEEDS =
      "patient, patient-merged, appointment, appointment-broken, appointment-deleted, provider, operatory,"
          + " allergy, disease, guarantor, patplan, carrier, procedure, procedure-note";

  private static final LocalDate TODAY = LocalDate.now(ZoneId.of("America/New_York"));

  @TempDir static Path folder;
  private static House house;
  private static HospitalMllp hospital;
  private static FrontDesk desk;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .with("practices.elm.database.feeds", FEEDS)
            .with("destinations.hospital.mapping", "destination/snomed-teeth")
            .with("destinations.hospital-hl7.types", "ADT:PR1, SIU, DFT, MDM")
            .with("destinations.hospital-hl7.since", TODAY.toString());
    hospital = house.hospitalMllp();
    desk = new FrontDesk(house.sandbox().practice("elm"));
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void anothersParserTakesAllThatCame() throws Exception {
    for (HospitalMllp.Frame frame : hospital.frames()) {
      Strictly.parsed(new String(frame.bytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void whatGoesAlongWithAPatientIsToldAsItChangesAndTheLastOfAKindIsTakenBack() throws Exception {
    long patient = patient("Whole");
    frame(of(patient).and(is("ADT^A28")));
    long allergy = key("AllergyNum", "allergy");
    sql(
        "insert into allergy (AllergyNum, PatNum, AllergyDefNum, Reaction, StatusIsActive)"
            + " values (%d, %d, 1, 'Hives|~', 1)",
        allergy, patient);
    Hl7Message told = frame(of(patient).and(is("ADT^A31")).and(has("AL1")));
    assertEquals("Hives|~", field(told, "/AL1/0/5/0/1"));
    long disease = key("DiseaseNum", "disease");
    sql(
        "insert into disease (DiseaseNum, PatNum, DiseaseDefNum, ProbStatus, PatNote) values (%d, %d, 1, 0, '')",
        disease, patient);
    Hl7Message both = frame(of(patient).and(has("DG1")));
    assertTrue(has("AL1").test(both), "in whole");
    assertNotEquals(told.controlId(), both.controlId());

    sql("update allergy set Reaction = 'Rash' where AllergyNum = %d", allergy);
    Hl7Message other = frame(of(patient).and(m -> field(m, "/AL1/0/5/0/1").equals("Rash")));
    assertTrue(has("DG1").test(other));
    sql("update allergy set StatusIsActive = 0 where AllergyNum = %d", allergy);
    Hl7Message none = frame(of(patient).and(m -> field(m, "/AL1/0/3/0/1").equals(Hl7Json.NULL)));
    assertEquals(Hl7Json.NULL, field(none, "/AL1/0/5/0/1"));
    assertTrue(has("DG1").test(none));

    sql("update patient set PriProv = 2 where PatNum = %d", patient);
    frame(of(patient).and(m -> last(m, "/PD1/0/4").equals("2")));
  }

  @Test
  void anInsuranceAndWhoPaysGoAlongWithThePatient() throws Exception {
    long payer = patient("Payer");
    long child = patient("Child");
    frame(of(child));
    sql("update patient set Guarantor = %d where PatNum = %d", payer, child);
    Hl7Message paid = frame(of(child).and(has("GT1")));
    assertEquals("" + payer, field(paid, "/GT1/0/2/0/1"));
    assertEquals("Payer", field(paid, "/GT1/0/3/0/1"));
    assertTrue(has("NK1").test(paid));
    long plan = key("PlanNum", "insplan");
    sql(
        "insert into insplan (PlanNum, CarrierNum, GroupNum, GroupName, PlanType) values (%d, 1, 'G-9', 'Mill', 'p')",
        plan);
    long sub = key("InsSubNum", "inssub");
    sql(
        "insert into inssub (InsSubNum, PlanNum, Subscriber, SubscriberID, DateEffective) values (%d, %d, %d, 'W-1', '2026-01-01')",
        sub, plan, payer);
    long share = key("PatPlanNum", "patplan");
    sql(
        "insert into patplan (PatPlanNum, PatNum, InsSubNum, Ordinal, Relationship) values (%d, %d, %d, 1, 2)",
        share, child, sub);
    Hl7Message insured = frame(of(child).and(has("IN1")));
    assertEquals("PAR", field(insured, "/IN1/0/17/0/1"));
    assertEquals("G-9", field(insured, "/IN1/0/8/0/1"));
    assertEquals("Payer", field(insured, "/IN1/0/16/0/1"));
    assertEquals("W-1", field(insured, "/IN1/0/49/0/1"));
  }

  @Test
  void aDoneProcedureIsChargedOnceCorrectedAndCreditedAndItsNoteIsADocument() throws Exception {
    long patient = patient("Charged");
    frame(of(patient));
    long proc = key("ProcNum", "procedurelog");
    sql(
        "insert into procedurelog (ProcNum, PatNum, ProcStatus, ProvNum, CodeNum, ProcDate, ToothNum, Surf, DateTP)"
            + " values (%d, %d, 1, 1, (select CodeNum from procedurecode where TreatArea = 1 limit 1), '%s', '14', 'MO', '%s')",
        proc, patient, TODAY, TODAY);
    sql(
        "update procedurelog set ProcStatus = 2, DateComplete = '%s' where ProcNum = %d",
        TODAY, proc);
    Hl7Message charge = frame(charged(proc));
    assertEquals("CG", field(charge, "/FT1/0/6/0/1"));
    assertEquals(TODAY.toString().replace("-", ""), field(charge, "/FT1/0/4/0/1"));
    assertEquals(
        List.of("14", "M", "O"),
        Stream.of(0, 1, 2).map(n -> field(charge, "/FT1/0/26/" + n + "/1")).toList());

    Hl7Message history = frame(of(patient).and(is("ADT^A31")).and(has("PR1")));
    assertEquals("" + proc, field(history, "/PR1/0/19/0/1"));
    assertTrue(
        field(history, "/PR1/0/5/0/1").startsWith(TODAY.toString().replace("-", "")),
        "what was done goes along with the patient where types asks for it");

    note(proc, patient, "First\nMSH|^~\\&|EVIL");
    Hl7Message document = frame(noted(proc).and(is("MDM^T02")));
    assertEquals("First\nMSH|^~\\&|EVIL", field(document, "/OBX/0/5/0/1"));
    sql("update procedurelog set ToothNum = '15', Surf = 'O' where ProcNum = %d", proc);
    Hl7Message corrected = frame(charged(proc).and(m -> field(m, "/FT1/1/6/0/1").equals("CG")));
    assertEquals("CD", field(corrected, "/FT1/0/6/0/1"));
    assertEquals("14", field(corrected, "/FT1/0/26/0/1"), "what was told is taken back");
    assertEquals("15", field(corrected, "/FT1/1/26/0/1"));
    note(proc, patient, "Second");
    frame(noted(proc).and(is("MDM^T08")).and(m -> field(m, "/OBX/0/5/0/1").equals("Second")));
    sql("update procedurelog set ProcStatus = 6 where ProcNum = %d", proc);
    frame(noted(proc).and(is("MDM^T11")));
    House.until(
        "all has been told",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from due where destination = 'hospital-hl7' and practice = 'elm'")
                == 0);
    assertEquals(
        List.of("DFT^P03", "MDM^T02", "DFT^P03", "MDM^T08", "DFT^P03", "MDM^T11"),
        hospital.frames(charged(proc).or(noted(proc))).stream()
            .map(frame -> frame.message().trigger())
            .toList());
    Hl7Message credit = hospital.frames(charged(proc)).get(2).message();
    assertEquals("CD", field(credit, "/FT1/0/6/0/1"));
    assertFalse(new Hl7Json().parse(bytes(credit)).at("/FT1/1").isObject());
    assertEquals(
        6,
        hospital.frames(charged(proc).or(noted(proc))).stream()
            .map(frame -> frame.message().controlId())
            .distinct()
            .count());
    assertTrue(
        house
                .ledger()
                .count(
                    "select count(*) from record where practice = 'elm' and resource = 'Procedure:procedure' and state = 'live'")
            > 0,
        "what was done before its day is known");
    assertEquals(
        List.of(), hospital.frames(is("DFT^P03").and(charged(proc).negate())), "and not charged");
  }

  @Test
  void aFhirServerWhoseMappingSaysSoHasSnomedCodesOfTeethWithoutDisplaysAndAnotherHasNone()
      throws Exception {
    long patient = patient("Snomed");
    long proc = key("ProcNum", "procedurelog");
    sql(
        "insert into procedurelog (ProcNum, PatNum, ProcStatus, ProvNum, CodeNum, ProcDate, ToothNum, Surf, DateTP, DateComplete)"
            + " values (%d, %d, 2, 1, (select CodeNum from procedurecode where TreatArea = 2 limit 1), '%s', '14', '', '%s', '%s')",
        proc, patient, TODAY, TODAY, TODAY);
    assertEquals(List.of("245579007 null"), snomed(house.hospital(), proc));
    assertEquals(List.of(), snomed(house.registry(), proc));
  }

  private static List<String> snomed(HospitalFhirServer server, long proc) throws Exception {
    Procedure told =
        (Procedure)
            server
                .await("Procedure", "elm-procedure-" + proc, it -> true, LIMIT)
                .orElseThrow()
                .resource();
    assertFalse(told.getBodySite().isEmpty(), "the tooth is told");
    return told.getBodySite().stream()
        .flatMap(site -> site.getCoding().stream())
        .filter(coding -> "http://snomed.info/sct".equals(coding.getSystem()))
        .map(coding -> coding.getCode() + " " + coding.getDisplay())
        .toList();
  }

  private static long patient(String name) throws Exception {
    return desk.addPatient(
        Map.of("LName", name, "FName", "Pat", "Birthdate", "1980-01-01", "HmPhone", ""));
  }

  private static void note(long proc, long patient, String text) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "insert into procnote (PatNum, ProcNum, EntryDateTime, UserNum, Note, Signature) values (?, ?,"
                + " now() + interval (select count(*) from procnote n where n.ProcNum = ?) second, 2, ?, '')")
        .params(patient, proc, proc, text)
        .update();
  }

  private static Hl7Message frame(Predicate<Hl7Message> fits) throws Exception {
    List<HospitalMllp.Frame> came = hospital.await(1, fits, LIMIT);
    assertTrue(
        !came.isEmpty(),
        () ->
            "frames came: "
                + hospital.frames().stream().map(f -> f.message().trigger()).toList()
                + house.ledger().rows("select resource, row_key, state, reason from due limit 20"));
    return came.get(came.size() - 1).message();
  }

  private static Predicate<Hl7Message> of(long patient) {
    return message ->
        message.field("MSH", 4).equals("elm")
            && message.trigger().startsWith("ADT")
            && message.has("PID", 3, "" + patient);
  }

  private static Predicate<Hl7Message> charged(long proc) {
    return is("DFT^P03").and(message -> field(message, "/FT1/0/2/0/1").equals("" + proc));
  }

  private static Predicate<Hl7Message> noted(long proc) {
    return message ->
        message.trigger().startsWith("MDM") && field(message, "/TXA/0/12/0/1").equals("" + proc);
  }

  private static Predicate<Hl7Message> is(String trigger) {
    return message -> message.trigger().equals(trigger);
  }

  private static Predicate<Hl7Message> has(String segment) {
    return message ->
        new Hl7Json().parse(bytes(message)).path("segments").toString().contains(segment);
  }

  private static String field(Hl7Message message, String path) {
    return new Hl7Json().parse(bytes(message)).at(path).asText();
  }

  private static String last(Hl7Message message, String path) {
    var all = new Hl7Json().parse(bytes(message)).at(path);
    return all.path(all.size() - 1).path("1").asText();
  }

  private static byte[] bytes(Hl7Message message) {
    return message.text().getBytes(StandardCharsets.UTF_8);
  }

  /** The next free key of a table. */
  private static long key(String column, String table) {
    return JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("select coalesce(max(" + column + "), 0) + 1 from " + table)
        .query(Long.class)
        .single();
  }

  private static void sql(String statement, Object... values) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(statement.formatted(values))
        .update();
  }
}
