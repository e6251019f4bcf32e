package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What describes the office itself, read-only: providers, operatories, preferences, securityperms,
 * securitylogs (open-dental-api.md 2.3, 2.6, 2.30, 2.34, 2.35).
 */
final class OfficeData {
  private static final DateTimeFormatter US =
      DateTimeFormatter.ofPattern("M/d/uuuu h:mm:ss a", Locale.US);

  Answer provider(Context context) throws SQLException, Refusal {
    context.parameters();
    Row row =
        context
            .database()
            .one(providers() + " where v.ProvNum = ?", context.key())
            .orElseThrow(() -> Refusal.notFound("Provider not found"));
    return Answer.ok(provider(context, row).dateTime("serverDateTime", context.now()).json());
  }

  Answer providers(Context context) throws SQLException, Refusal {
    Fields asked = context.parameters("ClinicNum", "DateTStamp>=21.3");
    Where where = new Where();
    boolean byClinic = asked.number("ClinicNum").isPresent();
    if (byClinic) {
      where.and("v.IsHidden = 0");
    }
    context.stampFilter(asked, "v.DateTStamp", where);
    return context.list(
        providers(),
        where,
        Order.guessed("v.ProvNum"),
        asked,
        row -> {
          JsonRow json = provider(context, row);
          return byClinic
              ? json.text("serverDateTime", "").json()
              : json.dateTime("serverDateTime", context.now()).json();
        });
  }

  Answer operatory(Context context) throws SQLException, Refusal {
    context.parameters();
    Row row =
        context
            .database()
            .one(operatoryQuery(context) + " where o.OperatoryNum = ?", context.key())
            .orElseThrow(() -> Refusal.notFound("Operatory not found"));
    return Answer.ok(operatory(context, row));
  }

  Answer operatories(Context context) throws SQLException, Refusal {
    Fields asked = context.parameters("ClinicNum");
    Where where = new Where();
    asked.number("ClinicNum").ifPresent(clinic -> where.and("o.ClinicNum = ?", clinic));
    return context.list(
        operatoryQuery(context),
        where,
        Order.guessed("o.ItemOrder", "o.OperatoryNum"),
        asked,
        row -> operatory(context, row));
  }

  Answer preferences(Context context) throws SQLException, Refusal {
    Fields asked = context.parameters("PrefName");
    Where where = new Where();
    asked.text("PrefName").ifPresent(name -> where.and("PrefName = ?", name));
    return context.list(
        "select PrefNum, PrefName, ValueString from preference",
        where,
        Order.guessed("PrefNum", "PrefName"),
        asked,
        row ->
            new JsonRow(context.formats())
                .number("PrefNum", row.number("PrefNum"))
                .text("PrefName", row.text("PrefName"))
                .text("ValueString", row.text("ValueString"))
                .json());
  }

  Answer permissions(Context context) throws Refusal {
    context.parameters();
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    Set<String> held = context.settings().permissions();
    for (String permission : Permissions.ALL) {
      String name = Permissions.named(held, permission);
      rows.add(
          new JsonRow(context.formats())
              .text("Permission", name)
              .flag("HasPermission", held.contains(name))
              .json());
    }
    return Answer.ok(rows);
  }

  /** Only what this developer's key wrote. */
  Answer securityLogs(Context context) throws SQLException, Refusal {
    Fields asked = context.parameters("PermType");
    Where where = new Where();
    where.and("LogSource = ?", AuditTrail.API);
    where.contains("LogText", Context.DEVELOPER);
    Optional<String> type = asked.text("PermType");
    if (type.isPresent()) {
      List<Integer> numbers =
          AuditTrail.names().entrySet().stream()
              .filter(entry -> entry.getValue().equalsIgnoreCase(type.get()))
              .map(Map.Entry::getKey)
              .toList();
      if (numbers.isEmpty()) {
        throw Refusal.invalid("PermType is invalid.");
      }
      where.and("PermType = ?", numbers.get(0));
    }
    return context.list(
        "select * from securitylog",
        where,
        Order.guessed("SecurityLogNum"),
        asked,
        row ->
            new JsonRow(context.formats())
                .number("SecurityLogNum", row.number("SecurityLogNum"))
                .text("PermType", AuditTrail.name(row.number("PermType")))
                .number("UserNum", row.number("UserNum"))
                .text("LogDateTime", usTime(row.text("LogDateTime")))
                .text("LogText", row.text("LogText"))
                .number("PatNum", row.number("PatNum"))
                .text("CompName", row.text("CompName"))
                .text("LogSource", "API")
                .json());
  }

  private static String usTime(String column) {
    return US.format(LocalDateTime.parse(column.substring(0, 19), Formats.DATE_TIME));
  }

  private static String providers() {
    return "select v.*, unix_timestamp(v.DateTStamp) as " + Context.STAMP + " from provider v";
  }

  private static JsonRow provider(Context context, Row row) {
    return new JsonRow(context.formats())
        .number("ProvNum", row.number("ProvNum"))
        .text("Abbr", row.text("Abbr"))
        .text("LName", row.text("LName"))
        .text("FName", row.text("FName"))
        .text("MI", row.text("MI"))
        .text("Suffix", row.text("Suffix"))
        .number("FeeSched", row.number("FeeSched"))
        .number("Specialty", row.number("Specialty"))
        .text("SSN", row.text("SSN"))
        .text("StateLicense", row.text("StateLicense"))
        .flag("IsSecondary", row.flag("IsSecondary"))
        .colour("provColor", row.number("ProvColor"))
        .flag("IsHidden", row.flag("IsHidden"))
        .flag("UsingTIN", row.flag("UsingTIN"))
        .flag("SigOnFile", row.flag("SigOnFile"))
        .text("NationalProvID", row.text("NationalProvID"))
        .stamp("DateTStamp", row)
        .flag("IsNotPerson", row.flag("IsNotPerson"))
        .text("ProvStatus", Names.PROVIDER_STATUS.name(row.number("ProvStatus")))
        .flag("IsHiddenReport", row.flag("IsHiddenReport"))
        .date("Birthdate", row.text("Birthdate"))
        .text("SchedNote", row.text("SchedNote"))
        .text("PreferredName", row.text("PreferredName"));
  }

  private static String operatoryQuery(Context context) throws SQLException {
    return context.database().has("operatory", "OperatoryType")
        ? "select o.*, coalesce(d.ItemName, '') as TypeName from operatory o left join definition d on d.DefNum ="
            + " o.OperatoryType"
        : "select o.* from operatory o";
  }

  private static ObjectNode operatory(Context context, Row row) {
    JsonRow json =
        new JsonRow(context.formats())
            .number("OperatoryNum", row.number("OperatoryNum"))
            .text("OpName", row.text("OpName"))
            .text("Abbrev", row.text("Abbrev"))
            .number("ItemOrder", row.number("ItemOrder"))
            .flag("IsHidden", row.flag("IsHidden"))
            .number("ProvDentist", row.number("ProvDentist"))
            .number("ProvHygienist", row.number("ProvHygienist"))
            .flag("IsHygiene", row.flag("IsHygiene"))
            .number("ClinicNum", row.number("ClinicNum"))
            .flag("SetProspective", row.flag("SetProspective"))
            .flag("IsWebSched", row.flag("IsWebSched"));
    if (row.has("OperatoryType")) {
      json.number("OperatoryType", row.number("OperatoryType"))
          .text("operatoryType", row.text("TypeName"));
    }
    return json.json();
  }
}
