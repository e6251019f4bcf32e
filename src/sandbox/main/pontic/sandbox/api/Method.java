package pontic.sandbox.api;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One method of the API.
 *
 * @param verb HTTP verb
 * @param template path below /api/v1 with {id} for the key
 * @param permission what the key needs to hold (open-dental-api.md 1.10)
 * @param since first version that has it
 * @param work what it does
 */
record Method(String verb, String template, String permission, Version since, Work work) {

  /** What a method does with a request. */
  @FunctionalInterface
  interface Work {
    Answer answer(Context context) throws SQLException, Refusal;
  }

  /** A method that a path has met, with the key in the path; 0 when it has none. */
  record Match(Method method, long key) {}

  static List<Method> all() {
    Patients patients = new Patients();
    Appointments appointments = new Appointments();
    OfficeData office = new OfficeData();
    List<Method> methods = new ArrayList<>();
    methods.add(get("/patients", "21.1", patients::multiple));
    methods.add(get("/patients/Simple", "21.2", patients::simple));
    methods.add(get("/patients/{id}", "21.1", patients::single));
    methods.add(
        new Method(
            "POST", "/patients", Permissions.PATIENTS, Version.of("21.1"), patients::create));
    methods.add(
        new Method(
            "PUT", "/patients/{id}", Permissions.PATIENTS, Version.of("21.2"), patients::change));
    methods.add(get("/appointments", "21.1", appointments::multiple));
    methods.add(get("/appointments/Slots", "21.1", appointments::slots));
    methods.add(get("/appointments/{id}", "21.1", appointments::single));
    methods.add(
        new Method(
            "POST",
            "/appointments",
            Permissions.APPOINTMENTS,
            Version.of("21.1"),
            appointments::create));
    methods.add(
        new Method(
            "POST",
            "/appointments/Planned",
            Permissions.APPOINTMENTS,
            Version.of("22.2.31"),
            appointments::plan));
    methods.add(
        new Method(
            "POST",
            "/appointments/SchedulePlanned",
            Permissions.APPOINTMENTS,
            Version.of("22.2"),
            appointments::schedule));
    methods.add(
        new Method(
            "PUT",
            "/appointments/{id}",
            Permissions.APPOINTMENTS,
            Version.of("21.1"),
            appointments::change));
    methods.add(
        new Method(
            "PUT",
            "/appointments/{id}/Break",
            Permissions.COMM,
            Version.of("21.3"),
            appointments::breakIt));
    methods.add(
        new Method(
            "PUT",
            "/appointments/{id}/Confirm",
            Permissions.COMM,
            Version.of("21.1"),
            appointments::confirm));
    methods.add(
        new Method(
            "PUT",
            "/appointments/{id}/Note",
            Permissions.COMM,
            Version.of("21.1"),
            appointments::note));
    methods.add(get("/histappointments", "23.1.30", appointments::history));
    methods.add(get("/providers", "21.1", office::providers));
    methods.add(get("/providers/{id}", "24.4.17", office::provider));
    methods.add(get("/operatories", "21.1", office::operatories));
    methods.add(get("/operatories/{id}", "24.1.10", office::operatory));
    methods.add(get("/preferences", "21.1", office::preferences));
    methods.add(get("/securityperms", "22.2", office::permissions));
    methods.add(get("/securitylogs", "23.1.33", office::securityLogs));
    methods.add(
        new Method(
            "PUT",
            "/queries/ShortQuery",
            Permissions.QUERIES,
            Version.of("21.2"),
            Queries::shortQuery));
    methods.add(get("/subscriptions", "22.1", Subscriptions::multiple));
    // Read All covers POST and PUT too (open-dental-api.md 1.10).
    methods.add(
        new Method(
            "POST",
            "/subscriptions",
            Permissions.READ_ALL,
            Version.of("22.1"),
            Subscriptions::create));
    methods.add(
        new Method(
            "PUT",
            "/subscriptions/{id}",
            Permissions.READ_ALL,
            Version.of("22.1"),
            Subscriptions::change));
    methods.add(
        new Method(
            "DELETE",
            "/subscriptions/{id}",
            Permissions.ALL_OTHERS,
            Version.of("22.1"),
            Subscriptions::delete));
    methods.add(get("/patfielddefs", "22.4.9", CustomFields::definitions));
    for (TableList list : TableList.all()) {
      methods.add(
          new Method("GET", list.path(), Permissions.READ_ALL, list.since(), list::multiple));
      list.single()
          .ifPresent(
              since ->
                  methods.add(
                      new Method(
                          "GET", list.path() + "/{id}", Permissions.READ_ALL, since, list::one)));
    }
    TableWrite.all().forEach(write -> methods.add(write.method()));
    methods.addAll(new Perio(TableList.all()).methods());
    return List.copyOf(methods);
  }

  /** What the key needs to hold at this practice. */
  String permission(OfficeSettings settings) {
    return verb.equals("DELETE")
            && template.startsWith("/subscriptions")
            && settings.events().deleteByReadAll()
        ? Permissions.READ_ALL
        : permission;
  }

  private static Method get(String template, String since, Work work) {
    return new Method("GET", template, Permissions.READ_ALL, Version.of(since), work);
  }

  Optional<Match> match(String verb, String path) {
    if (!this.verb.equals(verb)) {
      return Optional.empty();
    }
    String[] wanted = template.split("/");
    String[] found = path.split("/");
    if (wanted.length != found.length) {
      return Optional.empty();
    }
    long key = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("{id}")) {
        if (!found[i].matches("-?\\d{1,18}")) {
          return Optional.empty();
        }
        key = Long.parseLong(found[i]);
      } else if (!wanted[i].equalsIgnoreCase(found[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(new Match(this, key));
  }
}
