package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** /patients (open-dental-api.md 2.1). */
final class Patients {
  static final int DELETED = 4;
  private static final int BILLING_TYPES = 4;
  private static final Pattern ZIP =
      Pattern.compile("\\d{5}(-?\\d{4})?|[A-Za-z]\\d[A-Za-z] \\d[A-Za-z]\\d");
  private static final String[] WRITABLE = {
    "LName",
    "FName",
    "MiddleI",
    "Preferred",
    "PatStatus",
    "Gender",
    "Position",
    "Birthdate",
    "SSN",
    "Address",
    "Address2",
    "City",
    "State",
    "Zip",
    "HmPhone",
    "WkPhone",
    "WirelessPhone",
    "Guarantor",
    "Email",
    "PriProv",
    "SecProv",
    "FeeSched>=25.2.19",
    "BillingType",
    "FamFinUrgNote>=23.2.5",
    "ChartNumber",
    "MedicaidID>=24.4.13",
    "EmployerNum>=24.3.30",
    "DateFirstVisit>=22.4.42",
    "ClinicNum",
    "Premed>=25.2.30",
    "Ward>=24.1.12",
    "PreferConfirmMethod",
    "PreferContactMethod",
    "PreferRecallMethod>=22.2",
    "Language",
    "AdmitDate>=24.1.12",
    "SuperFamily>=22.4.38",
    "TxtMsgOk"
  };
  private static final List<String> PLAIN_TEXT =
      List.of(
          "MiddleI",
          "Preferred",
          "Address",
          "Address2",
          "City",
          "HmPhone",
          "WkPhone",
          "WirelessPhone",
          "Email",
          "FamFinUrgNote",
          "MedicaidID",
          "Ward",
          "Language");

  Answer single(Context context) throws SQLException, Refusal {
    context.parameters();
    Row row = byKey(context, context.key());
    if (row.number("PatStatus") == DELETED && !context.settings().deletedPatientsShown()) {
      throw Refusal.invalid("Patient has been deleted");
    }
    return Answer.ok(full(context, row).json());
  }

  Answer simple(Context context) throws SQLException, Refusal {
    Fields asked =
        context.parameters(
            "LName",
            "FName",
            "Birthdate",
            "ClinicNum",
            "PatStatus",
            "DateTStamp",
            "PriProv>=21.3",
            "Gender>=22.3.6",
            "Position>=22.3.6",
            "Guarantor>=22.4.19",
            "SuperFamily>=22.4.38",
            "EmployerNum>=24.3.30",
            "FeeSched>=25.2.19");
    Where where = new Where();
    partial(asked, where, "LName", "p.LName");
    partial(asked, where, "FName", "p.FName");
    asked.date("Birthdate").ifPresent(date -> where.and("p.Birthdate = ?", date.toString()));
    for (String column :
        List.of("ClinicNum", "PriProv", "Guarantor", "SuperFamily", "EmployerNum", "FeeSched")) {
      asked.number(column).ifPresent(number -> where.and("p." + column + " = ?", number));
    }
    asked
        .choice(
            "PatStatus",
            Names.PAT_STATUS,
            "Patient",
            "NonPatient",
            "Inactive",
            "Archived",
            "Deceased",
            "Prospective")
        .ifPresent(status -> where.and("p.PatStatus = ?", status));
    asked.choice("Gender", Names.GENDER).ifPresent(gender -> where.and("p.Gender = ?", gender));
    asked
        .choice("Position", Names.POSITION)
        .ifPresent(position -> where.and("p.Position = ?", position));
    context.stampFilter(asked, "p.DateTStamp", where);
    leaveOutDeleted(context, where);
    return context.list(
        select(context),
        where,
        Order.guessed("p.PatNum"),
        asked,
        row -> full(context, row).dateTime("serverDateTime", context.now()).json());
  }

  Answer multiple(Context context) throws SQLException, Refusal {
    Fields asked =
        context.parameters(
            "LName",
            "FName",
            "Phone",
            "Address",
            "hideInactive",
            "City",
            "State",
            "SSN",
            "ChartNumber",
            "guarOnly",
            "showArchived",
            "Birthdate",
            "SiteNum",
            "SubscriberId",
            "Email",
            "Country",
            "clinicNums",
            "clinicAbbr",
            "invoiceNumber");
    for (String absent : List.of("SubscriberId", "invoiceNumber")) {
      if (asked.has(absent)) {
        throw Refusal.invalid(absent + " is not part of this sandbox.");
      }
    }
    Where where = new Where();
    for (String column :
        List.of(
            "LName",
            "FName",
            "Address",
            "City",
            "State",
            "SSN",
            "ChartNumber",
            "Email",
            "Country")) {
      partial(asked, where, column, "p." + column);
    }
    Optional<String> phone = asked.text("Phone").map(text -> text.replaceAll("\\D", ""));
    if (phone.isPresent()) {
      String like = "%" + phone.get() + "%";
      where.and(
          digits("p.HmPhone")
              + " like ? or "
              + digits("p.WkPhone")
              + " like ? or "
              + digits("p.WirelessPhone")
              + " like ?",
          like,
          like,
          like);
    }
    asked.date("Birthdate").ifPresent(date -> where.and("p.Birthdate = ?", date.toString()));
    asked.number("SiteNum").ifPresent(site -> where.and("p.SiteNum = ?", site));
    if (asked.flag("hideInactive").orElse(false)) {
      where.and("p.PatStatus <> 2");
    }
    if (!asked.flag("showArchived").orElse(false)) {
      where.and("p.PatStatus <> 3");
    }
    if (asked.flag("guarOnly").orElse(false)) {
      where.and("p.Guarantor = p.PatNum");
    }
    Optional<String> clinics = asked.text("clinicNums").filter(text -> !text.isBlank());
    if (clinics.isPresent()) {
      if (!clinics.get().matches("\\d{1,18}( *, *\\d{1,18})*")) {
        throw Refusal.invalid("clinicNums is invalid.");
      }
      where.and("find_in_set(p.ClinicNum, ?) > 0", clinics.get().replace(" ", ""));
    }
    if (asked.has("clinicAbbr") && context.database().has("clinic")) {
      where.contains("c.Abbr", asked.text("clinicAbbr").orElse(""));
    }
    leaveOutDeleted(context, where);
    return context.list(
        select(context),
        where,
        Order.guessed("p.LName", "p.FName", "p.PatNum"),
        asked,
        row -> brief(context, row));
  }

  Answer create(Context context) throws SQLException, Refusal {
    Fields given = context.fields(WRITABLE);
    given.required("LName");
    given.required("FName");
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("PatStatus", 0);
    row.put("Gender", 2);
    row.put("Position", 0);
    row.put("BillingType", defaultBillingType(context));
    if (given.has("FamFinUrgNote") && given.number("Guarantor").orElse(0L) != 0) {
      throw Refusal.invalid("FamFinUrgNote can only be set on a guarantor.");
    }
    row.putAll(values(context, given));
    long guarantor = guarantor(context, given);
    refuseDuplicate(context, given);
    row.put("Guarantor", guarantor);
    row.put("SuperFamily", superFamily(context, given).orElse(0L));
    row.put("SecUserNumEntry", 0);
    row.put("SecDateEntry", context.localNow().toLocalDate().toString());
    row.put("BillingCycleDay", 1);
    long key = context.database().insert("patient", row);
    context.database().insert("patientnote", Map.of("PatNum", key));
    if (guarantor == 0) {
      context.database().change("patient", "PatNum", key, Map.of("Guarantor", key));
    }
    AuditTrail.write(context, AuditTrail.PATIENT_CREATE, key, 0, "");
    return Answer.created(full(context, byKey(context, key)).json(), "/patients/" + key);
  }

  Answer change(Context context) throws SQLException, Refusal {
    Fields given = context.fields(WRITABLE);
    long key = context.key();
    Row before = byKey(context, key);
    if (before.number("PatStatus") == DELETED) {
      throw Refusal.invalid("Patient has been deleted");
    }
    for (String name : List.of("LName", "FName")) {
      if (given.has(name)) {
        given.required(name);
      }
    }
    boolean isGuarantor = before.number("Guarantor") == key;
    if (given.has("FamFinUrgNote") && !isGuarantor) {
      throw Refusal.invalid("FamFinUrgNote can only be set on a guarantor.");
    }
    Map<String, Object> values = values(context, given);
    long guarantor = guarantor(context, given);
    Optional<Long> superFamily = superFamily(context, given);
    boolean newGuarantor = guarantor != 0 && guarantor != before.number("Guarantor");
    if (newGuarantor
        && (!isGuarantor
            || byKey(context, guarantor).number("Guarantor") != before.number("Guarantor"))) {
      throw Refusal.invalid(
          "Guarantor can only be changed on the guarantor, to a member of the same family.");
    }
    context.database().change("patient", "PatNum", key, values);
    if (newGuarantor) {
      context
          .database()
          .update("update patient set Guarantor = ? where Guarantor = ?", List.of(guarantor, key));
    }
    if (superFamily.isPresent()) {
      if (superFamily.get() == 0 && before.number("SuperFamily") == key) {
        context
            .database()
            .update("update patient set SuperFamily = 0 where SuperFamily = ?", List.of(key));
      } else {
        context
            .database()
            .update(
                "update patient set SuperFamily = ? where Guarantor = ?",
                List.of(superFamily.get(), byKey(context, key).number("Guarantor")));
      }
    }
    AuditTrail.write(context, AuditTrail.PATIENT_EDIT, key, 0, previous(context, before));
    return Answer.ok(full(context, byKey(context, key)).json());
  }

  /** A patient who may be written; 404 when there is none, 400 when deleted. */
  static Row living(Context context, long patNum) throws SQLException, Refusal {
    Row row =
        context
            .database()
            .one(
                "select PatNum, PatStatus, PriProv, ClinicNum from patient where PatNum = ?",
                patNum)
            .orElseThrow(() -> Refusal.notFound("Patient not found"));
    if (row.number("PatStatus") == DELETED) {
      throw Refusal.invalid("Patient has been deleted");
    }
    return row;
  }

  /** The row's stamp before an edit, as wall clock. */
  static String previous(Context context, Row before) {
    return Formats.DATE_TIME.format(
        java.time.Instant.ofEpochSecond(before.number(Context.STAMP))
            .atZone(context.office().zone()));
  }

  private static Map<String, Object> values(Context context, Fields given)
      throws SQLException, Refusal {
    Map<String, Object> row = new LinkedHashMap<>();
    for (String name : List.of("LName", "FName")) {
      given.text(name).ifPresent(text -> row.put(name, text));
    }
    for (String name : PLAIN_TEXT) {
      given.text(name).ifPresent(text -> row.put(name, text));
    }
    matching(given, row, "Zip", ZIP, "Zip must be 12345, 12345-1234, 123456789 or A0A 0A0");
    matching(given, row, "State", Pattern.compile("[A-Z]{2}"), "State must be two capital letters");
    matching(
        given, row, "SSN", Pattern.compile("\\d{9}"), "SSN must be nine digits without dashes");
    matching(
        given,
        row,
        "ChartNumber",
        Pattern.compile(".{1,15}"),
        "ChartNumber must be 15 characters or less");
    given
        .choice(
            "PatStatus",
            Names.PAT_STATUS,
            "Patient",
            "NonPatient",
            "Inactive",
            "Archived",
            "Deceased",
            "Prospective")
        .ifPresent(number -> row.put("PatStatus", number));
    given
        .choice("Gender", Names.GENDER, "Male", "Female", "Unknown")
        .ifPresent(number -> row.put("Gender", number));
    given.choice("Position", Names.POSITION).ifPresent(number -> row.put("Position", number));
    for (String name :
        List.of("PreferConfirmMethod", "PreferContactMethod", "PreferRecallMethod")) {
      given.choice(name, Names.CONTACT_METHOD).ifPresent(number -> row.put(name, number));
    }
    given.choice("TxtMsgOk", Names.YES_NO).ifPresent(number -> row.put("TxtMsgOk", number));
    for (String name : List.of("Birthdate", "DateFirstVisit", "AdmitDate")) {
      given.date(name).ifPresent(date -> row.put(name, date.toString()));
    }
    given.flag("Premed").ifPresent(flag -> row.put("Premed", flag ? 1 : 0));
    for (String name : List.of("PriProv", "SecProv")) {
      Optional<Long> provider = given.number(name);
      if (provider.isPresent()) {
        row.put(
            name,
            context.reference(provider.get(), true, "provider", "ProvNum", "Provider not found"));
      }
    }
    Optional<Long> clinic = given.number("ClinicNum");
    if (clinic.isPresent()) {
      row.put(
          "ClinicNum",
          context.reference(clinic.get(), true, "clinic", "ClinicNum", "Clinic not found"));
    }
    Optional<Long> employer = given.number("EmployerNum");
    if (employer.isPresent()) {
      row.put(
          "EmployerNum",
          context.reference(employer.get(), true, "employer", "EmployerNum", "Employer not found"));
    }
    Optional<Long> feeSched = given.number("FeeSched");
    if (feeSched.isPresent()) {
      row.put(
          "FeeSched",
          context.reference(feeSched.get(), true, "feesched", "FeeSchedNum", "FeeSched not found"));
    }
    Optional<String> billing = given.text("BillingType").filter(text -> !text.isBlank());
    if (billing.isPresent()) {
      row.put(
          "BillingType",
          context
              .database()
              .one(
                  "select DefNum from definition where Category = ? and ItemName = ? order by IsHidden, DefNum limit 1",
                  BILLING_TYPES,
                  billing.get())
              .orElseThrow(() -> Refusal.notFound("BillingType not found"))
              .number("DefNum"));
    }
    return row;
  }

  private static void matching(
      Fields given, Map<String, Object> row, String name, Pattern pattern, String text)
      throws Refusal {
    Optional<String> value = given.text(name);
    if (value.isPresent()) {
      if (!value.get().isEmpty() && !pattern.matcher(value.get()).matches()) {
        throw Refusal.invalid(text);
      }
      row.put(name, value.get());
    }
  }

  private static long guarantor(Context context, Fields given) throws SQLException, Refusal {
    if (given.has("Guarantor") && given.has("SuperFamily")) {
      throw Refusal.invalid("Guarantor and SuperFamily cannot both be given.");
    }
    long guarantor = given.number("Guarantor").orElse(0L);
    if (guarantor != 0) {
      living(context, guarantor);
    }
    return guarantor;
  }

  private static Optional<Long> superFamily(Context context, Fields given)
      throws SQLException, Refusal {
    Optional<Long> head = given.number("SuperFamily");
    if (head.isPresent() && head.get() != 0) {
      living(context, head.get());
    }
    return head;
  }

  /**
   * Same names and birth date, and the same e-mail or one phone in common, is refused
   * (open-dental-api.md 2.1).
   */
  private static void refuseDuplicate(Context context, Fields given) throws SQLException, Refusal {
    List<Object> values =
        new ArrayList<>(
            List.of(
                given.text("LName").orElse(""),
                given.text("FName").orElse(""),
                given.date("Birthdate").map(Object::toString).orElse("0001-01-01")));
    List<String> same = new ArrayList<>();
    Optional<String> email = given.text("Email").filter(text -> !text.isBlank());
    if (email.isPresent()) {
      same.add("Email = ?");
      values.add(email.get());
    }
    for (String phone : List.of("HmPhone", "WkPhone", "WirelessPhone")) {
      String number = given.text(phone).map(text -> text.replaceAll("\\D", "")).orElse("");
      if (!number.isEmpty()) {
        same.add(
            "? in ("
                + digits("HmPhone")
                + ", "
                + digits("WkPhone")
                + ", "
                + digits("WirelessPhone")
                + ")");
        values.add(number);
      }
    }
    if (same.isEmpty()) {
      return;
    }
    String sql =
        "select PatNum from patient where LName = ? and FName = ? and Birthdate = ? and PatStatus <> "
            + DELETED
            + " and ("
            + String.join(" or ", same)
            + ") limit 1";
    if (!context.database().query(sql, values).isEmpty()) {
      throw Refusal.invalid("Patient already exists");
    }
  }

  private static String digits(String column) {
    return "regexp_replace(" + column + ", '[^0-9]', '')";
  }

  private static long defaultBillingType(Context context) throws SQLException {
    long preferred = context.preferredKey("PracticeDefaultBillType");
    return preferred == 0 ? context.firstDefinition(BILLING_TYPES) : preferred;
  }

  private static void partial(Fields asked, Where where, String name, String column) {
    asked
        .text(name)
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> where.contains(column, text));
  }

  private static void leaveOutDeleted(Context context, Where where) {
    if (!context.settings().deletedPatientsShown()) {
      where.and("p.PatStatus <> " + DELETED);
    }
  }

  private static String select(Context context) throws SQLException {
    boolean clinics = context.database().has("clinic");
    return "select p.*, unix_timestamp(p.DateTStamp) as "
        + Context.STAMP
        + ", coalesce(d.ItemName, '') as BillingName, coalesce(v1.Abbr, '') as PriProvAbbr, coalesce(v2.Abbr, '') as"
        + " SecProvAbbr, "
        + (clinics ? "coalesce(c.Abbr, '')" : "''")
        + " as ClinicAbbr from patient p left join definition d on d.DefNum = p.BillingType left join provider v1 on"
        + " v1.ProvNum = p.PriProv left join provider v2 on v2.ProvNum = p.SecProv"
        + (clinics ? " left join clinic c on c.ClinicNum = p.ClinicNum" : "");
  }

  private static Row byKey(Context context, long key) throws SQLException, Refusal {
    return context
        .database()
        .one(select(context) + " where p.PatNum = ?", key)
        .orElseThrow(() -> Refusal.notFound("Patient not found"));
  }

  private static JsonRow full(Context context, Row row) {
    Version office = context.version();
    JsonRow json =
        new JsonRow(context.formats())
            .number("PatNum", row.number("PatNum"))
            .text("LName", row.text("LName"))
            .text("FName", row.text("FName"))
            .text("MiddleI", row.text("MiddleI"))
            .text("Preferred", row.text("Preferred"))
            .text("PatStatus", Names.PAT_STATUS.name(row.number("PatStatus")))
            .text("Gender", Names.GENDER.name(row.number("Gender")))
            .text("Position", Names.POSITION.name(row.number("Position")))
            .date("Birthdate", row.text("Birthdate"))
            .text("SSN", row.text("SSN"))
            .text("Address", row.text("Address"))
            .text("Address2", row.text("Address2"))
            .text("City", row.text("City"))
            .text("State", row.text("State"))
            .text("Zip", row.text("Zip"))
            .text("HmPhone", row.text("HmPhone"))
            .text("WkPhone", row.text("WkPhone"))
            .text("WirelessPhone", row.text("WirelessPhone"))
            .number("Guarantor", row.number("Guarantor"))
            .text("Email", row.text("Email"))
            .decimal("EstBalance", row.decimal("EstBalance"))
            .number("PriProv", row.number("PriProv"))
            .text("priProvAbbr", row.text("PriProvAbbr"))
            .number("SecProv", row.number("SecProv"))
            .text("secProvAbbr", row.text("SecProvAbbr"));
    if (office.atLeast(Version.of("25.2.19"))) {
      json.number("FeeSched", row.number("FeeSched"));
    }
    json.text("BillingType", row.text("BillingName")).text("ImageFolder", row.text("ImageFolder"));
    if (office.atLeast(Version.of("23.2.5"))) {
      json.text("FamFinUrgNote", row.text("FamFinUrgNote"));
    }
    json.text("ChartNumber", row.text("ChartNumber"));
    if (office.atLeast(Version.of("24.4.13"))) {
      json.text("MedicaidID", row.text("MedicaidID"));
    }
    json.decimal("BalTotal", row.decimal("BalTotal"));
    if (office.atLeast(Version.of("24.3.30"))) {
      json.number("EmployerNum", row.number("EmployerNum"));
    }
    json.date("DateFirstVisit", row.text("DateFirstVisit"))
        .number("ClinicNum", row.number("ClinicNum"))
        .text("clinicAbbr", row.text("ClinicAbbr"));
    if (office.atLeast(Version.of("25.2.30"))) {
      json.flag("Premed", row.flag("Premed"));
    }
    if (office.atLeast(Version.of("24.1.12"))) {
      json.text("Ward", row.text("Ward"));
    }
    json.text("PreferConfirmMethod", Names.CONTACT_METHOD.name(row.number("PreferConfirmMethod")))
        .text("PreferContactMethod", Names.CONTACT_METHOD.name(row.number("PreferContactMethod")))
        .text("PreferRecallMethod", Names.CONTACT_METHOD.name(row.number("PreferRecallMethod")))
        .text("Language", row.text("Language"));
    if (office.atLeast(Version.of("24.1.12"))) {
      json.date("AdmitDate", row.text("AdmitDate"));
    }
    return json.text("siteDesc", "")
        .stamp("DateTStamp", row)
        .number("SuperFamily", row.number("SuperFamily"))
        .text("TxtMsgOk", Names.YES_NO.name(row.number("TxtMsgOk")))
        .date("SecDateEntry", row.text("SecDateEntry"));
  }

  /** The short row of the Patient Select window; its sample shows Zip as a bare number. */
  private static ObjectNode brief(Context context, Row row) {
    JsonRow json =
        new JsonRow(context.formats())
            .number("PatNum", row.number("PatNum"))
            .text("LName", row.text("LName"))
            .text("FName", row.text("FName"))
            .text("MiddleI", row.text("MiddleI"))
            .text("Preferred", row.text("Preferred"))
            .text("PatStatus", Names.PAT_STATUS.name(row.number("PatStatus")))
            .date("Birthdate", row.text("Birthdate"))
            .text("SSN", row.text("SSN"))
            .text("Address", row.text("Address"))
            .text("Address2", row.text("Address2"))
            .text("City", row.text("City"))
            .text("State", row.text("State"));
    String zip = row.text("Zip");
    if (zip.matches("[1-9]\\d{0,8}")) {
      json.number("Zip", Long.parseLong(zip));
    } else {
      json.text("Zip", zip);
    }
    return json.text("HmPhone", row.text("HmPhone"))
        .text("WkPhone", row.text("WkPhone"))
        .text("WirelessPhone", row.text("WirelessPhone"))
        .text("Email", row.text("Email"))
        .text("priProvAbbr", row.text("PriProvAbbr"))
        .text("secProvAbbr", row.text("SecProvAbbr"))
        .text("BillingType", row.text("BillingName"))
        .text("ChartNumber", row.text("ChartNumber"))
        .number("ClinicNum", row.number("ClinicNum"))
        .text("clinicAbbr", row.text("ClinicAbbr"))
        .text("siteDesc", "")
        .text("TxtMsgOk", Names.YES_NO.name(row.number("TxtMsgOk")))
        .json();
  }
}
