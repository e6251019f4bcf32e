package pontic.proof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pontic.house.Office;

/** What an office's database holds of one subject, in words that are alike for all subjects. */
final class Held {
  /**
   * Keys, stamps, and what is made of them; all else is compared. The day on which something was
   * made is that of the run.
   */
  private static final Set<String> APART =
      Set.of(
          "PatNum",
          "Guarantor",
          "AptNum",
          "AllergyNum",
          "AllergyDefNum",
          "DiseaseNum",
          "DiseaseDefNum",
          "MedicationPatNum",
          "MedicationNum",
          "CommlogNum",
          "DocNum",
          "PerioExamNum",
          "PatFieldNum",
          "RefAttachNum",
          "ReferralNum",
          "ProcNum",
          "CarrierNum",
          "PlanNum",
          "InsSubNum",
          "Subscriber",
          "PatPlanNum",
          "PayNum",
          "SplitNum",
          "DateTP",
          "DateEntryC",
          "DateEntry",
          "SecDateTEntry",
          "PerioMeasureNum",
          "DateTMeasureEdit",
          "HistApptNum",
          "ItemOrder",
          "DateTStamp",
          "HistDateTStamp",
          "SecDateEntry",
          "SecDateTEdit",
          "DateTEntry",
          "SecurityHash",
          "FileName",
          "DateCreated",
          "DateFirstVisit");

  /** Keys of other rows of the same subject: that there is one counts. */
  private static final Set<String> LINKS = Set.of("NextAptNum", "PlannedAptNum", "ProcAptNum");

  private static final Map<String, String> OF_A_PATIENT = ofAPatient();
  private static final Map<String, String> OF_A_WORD =
      Map.of(
          "allergydef", "select * from allergydef where Description = ?",
          "diseasedef", "select * from diseasedef where DiseaseName = ?",
          "medication", "select * from medication where MedName = ?",
          "referral", "select * from referral where LName = ?",
          "carrier", "select * from carrier where CarrierName = concat('Life ', ?)",
          "insplan",
              "select t.*, c.CarrierName as Name from insplan t join carrier c on c.CarrierNum = t.CarrierNum where t.GroupNum = concat('G-', ?)");

  private Held() {}

  private static Map<String, String> ofAPatient() {
    Map<String, String> queries = new LinkedHashMap<>();
    queries.put("patient", "select * from patient where LName = ?");
    for (String table :
        List.of(
            "appointment",
            "histappointment",
            "commlog",
            "document",
            "perioexam",
            "patientnote",
            "procedurelog",
            "payment",
            "paysplit")) {
      queries.put(
          table,
          "select t.* from "
              + table
              + " t join patient p on p.PatNum = t.PatNum where p.LName = ?");
    }
    queries.put(
        "periomeasure",
        "select t.* from periomeasure t join perioexam e on e.PerioExamNum = t.PerioExamNum"
            + " join patient p on p.PatNum = e.PatNum where p.LName = ?");
    // A practice has other fields beside, which the office fills.
    queries.put(
        "patfield",
        "select t.* from patfield t join patient p on p.PatNum = t.PatNum"
            + " where t.FieldName = 'Hospital number' and p.LName = ?");
    queries.put(
        "inssub",
        "select t.*, l.GroupNum as Name from inssub t join patient p on p.PatNum = t.Subscriber"
            + " join insplan l on l.PlanNum = t.PlanNum where p.LName = ?");
    queries.put(
        "patplan",
        "select t.*, s.SubscriberID as Name from patplan t join patient p on p.PatNum = t.PatNum"
            + " join inssub s on s.InsSubNum = t.InsSubNum where p.LName = ?");
    queries.put(
        "refattach",
        "select t.*, r.LName as Name from refattach t join patient p on p.PatNum = t.PatNum"
            + " join referral r on r.ReferralNum = t.ReferralNum where p.LName = ?");
    queries.put(
        "allergy",
        "select t.*, d.Description as Name from allergy t join patient p on p.PatNum = t.PatNum"
            + " join allergydef d on d.AllergyDefNum = t.AllergyDefNum where p.LName = ?");
    queries.put(
        "disease",
        "select t.*, d.DiseaseName as Name from disease t join patient p on p.PatNum = t.PatNum"
            + " join diseasedef d on d.DiseaseDefNum = t.DiseaseDefNum where p.LName = ?");
    queries.put(
        "medicationpat",
        "select t.*, d.MedName as Name from medicationpat t join patient p on p.PatNum = t.PatNum"
            + " join medication d on d.MedicationNum = t.MedicationNum where p.LName = ?");
    return queries;
  }

  /** Table to its rows, sorted, each as column=value. */
  static Map<String, List<String>> of(Office office, Subject subject) {
    Map<String, List<String>> held = new TreeMap<>();
    OF_A_PATIENT.forEach(
        (table, sql) -> put(held, table, office.rows(sql, subject.patient().last()), subject));
    OF_A_WORD.forEach((table, sql) -> put(held, table, office.rows(sql, subject.word()), subject));
    return held;
  }

  private static void put(
      Map<String, List<String>> held,
      String table,
      List<Map<String, Object>> rows,
      Subject subject) {
    held.put(table, rows.stream().map(row -> words(row, subject)).sorted().toList());
  }

  private static String words(Map<String, Object> row, Subject subject) {
    return new TreeMap<>(row)
        .entrySet().stream()
            .filter(column -> !APART.contains(column.getKey()))
            .map(
                column ->
                    column.getKey()
                        + "="
                        + (LINKS.contains(column.getKey())
                            ? linked(column.getValue())
                            : alike(String.valueOf(column.getValue()), subject)))
            .collect(Collectors.joining("; "));
  }

  private static String linked(Object key) {
    return key instanceof Number number && number.longValue() > 0 ? "a row" : "none";
  }

  private static String alike(String value, Subject subject) {
    return value
        .replaceAll("\\[ref P-[A-Z0-9]{10}\\]", "[ref]")
        .replace(subject.patient().last(), "LAST")
        .replace(subject.patient().first(), "FIRST")
        .replace(subject.patient().street(), "STREET")
        .replace(subject.word(), "WORD")
        .replace(subject.day().toString(), "DAY")
        .replace(subject.born(), "BIRTH")
        .replace(office(subject.patient().phone()), "PHONE")
        .replace(office(subject.otherPhone()), "OTHER PHONE")
        .replace(subject.patient().phone(), "PHONE")
        .replace(subject.otherPhone(), "OTHER PHONE");
  }

  /** As offices write a number of ten digits. */
  private static String office(String digits) {
    return "(" + digits.substring(0, 3) + ")" + digits.substring(3, 6) + "-" + digits.substring(6);
  }

  /** In which rows two subjects differ, as sentences; empty if in none. */
  static List<String> differences(Map<String, List<String>> clean, Map<String, List<String>> held) {
    List<String> differences = new ArrayList<>();
    clean.forEach(
        (table, rows) -> {
          List<String> found = held.getOrDefault(table, List.of());
          if (!found.equals(rows)) {
            differences.add(
                table
                    + ": "
                    + found.size()
                    + " rows where a clean run leaves "
                    + rows.size()
                    + ": "
                    + minus(found, rows)
                    + " in place of "
                    + minus(rows, found));
          }
        });
    return differences;
  }

  private static List<String> minus(List<String> some, List<String> others) {
    List<String> left = new ArrayList<>(some);
    others.forEach(left::remove);
    return left;
  }
}
