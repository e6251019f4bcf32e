package pontic.sandbox.database;

import java.time.LocalDate;
import java.time.LocalDateTime;

/**
 * Rows as long-lived databases have them, on purpose: keys that lead nowhere, 0001-01-01 and
 * 0000-00-00, line breaks, Unicode of three bytes, columns filled to the brim, numbers that no enum
 * has, keys above 2^53. They hang on one patient, so that the others stay plain.
 */
final class UglySeed {
  /** The patient; practices with fewer patients have no such rows. */
  static final long PATIENT = 10;

  /** 2^53 + 1: the first whole number that a double cannot hold. */
  static final long HUGE = 9_007_199_254_740_993L;

  private static final String ZERO = "0000-00-00";
  private static final String HOSTILE =
      "<script>alert(1)</script> |^~\\& \"quoted\" 'single'; -- DROP\r\nΩ 中文 œuvre ﬁ \u200b end\t";

  private final SeedRows rows;
  private final LocalDateTime now;

  UglySeed(SeedRows rows, LocalDateTime now) {
    this.rows = rows;
    this.now = now;
  }

  void add() {
    lists();
    chart();
    findings();
    money();
    rows.add("patientlink")
        .with("PatNumFrom", PATIENT)
        .with("PatNumTo", PATIENT + 1)
        .with("LinkType", 2)
        .with("DateTimeLink", now.minusDays(3));
    rows.add("commlog")
        .with("PatNum", 0)
        .with("ReferralNum", 1)
        .with("CommDateTime", now)
        .with("Note", HOSTILE)
        .with("Mode_", 200);
    rows.add("schedule").with("SchedDate", ZERO).with("SchedType", 9).with("ProvNum", 777);
    rows.add("oidexternal")
        .with("IDType", "Patient")
        .with("IDInternal", 987_654)
        .with("IDExternal", HOSTILE)
        .with("rootExternal", "no root");
    rows.add("labcase")
        .with("PatNum", PATIENT)
        .with("LaboratoryNum", 4040)
        .with("AptNum", 666_666)
        .with("Instructions", HOSTILE);
    rows.add("document")
        .with("PatNum", PATIENT)
        .with("ImgType", 9)
        .with("FileName", "")
        .with("Description", "x".repeat(255))
        .with("Note", HOSTILE)
        .with("DocCategory", 31_337);
    rows.add("document").with("PatNum", 987_654).with("FileName", "nobody.png");
    rows.add("patientrace").with("PatNum", PATIENT).with("Race", -1).with("CdcrecCode", "");
    rows.add("patientrace").with("PatNum", PATIENT).with("Race", 4).with("CdcrecCode", "ASKU-RACE");
    rows.add("recall").with("PatNum", PATIENT).with("RecallTypeNum", 999);
    rows.add("refattach")
        .with("PatNum", PATIENT)
        .with("ReferralNum", 999)
        .with("RefType", 9)
        .with("RefDate", ZERO)
        .with("Note", HOSTILE);
  }

  private void lists() {
    rows.add("allergy", HUGE)
        .with("PatNum", PATIENT)
        .with("AllergyDefNum", 999_999)
        .with("Reaction", HOSTILE)
        .with("StatusIsActive", 1);
    rows.add("allergy", HUGE + 1)
        .with("PatNum", PATIENT)
        .with("AllergyDefNum", 1)
        .with("Reaction", "é".repeat(255))
        .with("StatusIsActive", 7);
    rows.add("allergydef").with("Description", HOSTILE).with("SnomedType", 42);
    rows.add("disease")
        .with("PatNum", PATIENT)
        .with("DiseaseDefNum", 0)
        .with("ProbStatus", 9)
        .with("PatNote", "z".repeat(60_000));
    rows.add("diseasedef").with("DiseaseName", "").with("IsHidden", 1);
    rows.add("medicationpat")
        .with("PatNum", PATIENT)
        .with("MedicationNum", 888)
        .with("MedDescript", HOSTILE)
        .with("DateStart", null)
        .with("DateStop", null);
    rows.add("rxpat")
        .with("PatNum", PATIENT)
        .with("RxDate", ZERO)
        .with("Drug", HOSTILE)
        .with("DaysOfSupply", null);
    rows.add("rxpat").with("PatNum", PATIENT).with("RxDate", now.toLocalDate()).with("RxType", 2);
    rows.add("vitalsign").with("PatNum", PATIENT);
    rows.add("vitalsign")
        .with("PatNum", PATIENT)
        .with("Weight", 1400.5f)
        .with("BpSystolic", -1)
        .with("Documentation", HOSTILE)
        .with("DateTaken", now.toLocalDate());
  }

  private void chart() {
    long odd =
        rows.add("procedurelog")
            .with("PatNum", PATIENT)
            .with("ProcStatus", 99)
            .with("CodeNum", 888_888)
            .with("ToothNum", "AS")
            .with("Surf", "MODBLVMODB")
            .with("ToothRange", "1,".repeat(50))
            .with("ProvNum", 777)
            .with("AptNum", 666_666)
            .with("ProcDate", ZERO)
            .with("ProcFee", -0.005)
            .with("DiagnosticCode", HOSTILE)
            .key();
    rows.add("procnote").with("PatNum", PATIENT).with("ProcNum", odd).with("Note", HOSTILE);
    rows.add("procnote").with("PatNum", PATIENT).with("ProcNum", 555_555).with("Note", "");
    long plan =
        rows.add("treatplan")
            .with("PatNum", PATIENT)
            .with("Heading", "")
            .with("Note", HOSTILE)
            .with("TPStatus", 8)
            .key();
    rows.add("treatplanattach").with("TreatPlanNum", plan).with("ProcNum", 555_555);
    rows.add("treatplanattach").with("TreatPlanNum", 444_444).with("ProcNum", odd);
    rows.add("proctp").with("TreatPlanNum", 444_444).with("PatNum", PATIENT);
  }

  private void findings() {
    rows.add("toothinitial", HUGE)
        .with("PatNum", PATIENT)
        .with("ToothNum", "")
        .with("InitialType", 42);
    rows.add("toothinitial")
        .with("PatNum", PATIENT)
        .with("ToothNum", "")
        .with("InitialType", 9)
        .with("DrawingSegment", "1,2;3,4".repeat(500));
    long exam =
        rows.add("perioexam")
            .with("PatNum", PATIENT)
            .with("ExamDate", ZERO)
            .with("ProvNum", 777)
            .with("Note", HOSTILE)
            .key();
    measure(exam, 4, 0, 19);
    measure(exam, 4, 33, 250);
    measure(exam, 99, 3, 3);
    // The same tooth twice, as before Open Dental's own clean-up.
    measure(exam, 4, 3, 3);
    measure(exam, 4, 3, 5);
    measure(333_333, 4, 3, 5);
  }

  private void measure(long exam, int type, int tooth, int depth) {
    rows.add("periomeasure")
        .with("PerioExamNum", exam)
        .with("SequenceType", type)
        .with("IntTooth", tooth)
        .with("ToothValue", -1)
        .with("MBvalue", depth)
        .with("Bvalue", -1)
        .with("DBvalue", -1)
        .with("MLvalue", -1)
        .with("Lvalue", -1)
        .with("DLvalue", -1);
  }

  private void money() {
    rows.add("patplan").with("PatNum", PATIENT).with("InsSubNum", 222_222).with("Ordinal", 9);
    rows.add("inssub")
        .with("Subscriber", 987_654)
        .with("PlanNum", 999)
        .with("SubscriberID", HOSTILE)
        .with("DateTerm", LocalDate.of(9999, 12, 31));
    rows.add("claim")
        .with("PatNum", PATIENT)
        .with("ClaimStatus", "A")
        .with("ClaimType", "")
        .with("PlanNum", 999)
        .with("ClaimNote", "n".repeat(400));
    rows.add("claimproc").with("PatNum", PATIENT).with("ClaimNum", 111_111).with("Status", 77);
    rows.add("payment").with("PatNum", PATIENT).with("PayAmt", -12.345).with("PayNote", HOSTILE);
    rows.add("paysplit").with("PatNum", PATIENT).with("PayNum", 111_111).with("ProcDate", ZERO);
  }
}
