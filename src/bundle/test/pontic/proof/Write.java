package pontic.proof;

import java.util.List;

/**
 * One kind of write of the API, as mappings/write names it, and the message of a {@link Chapter}
 * that brings it about.
 *
 * @param path of the request, with * for the row's key
 * @param round which message of the chapter, from 0
 * @param told by what a request of it is known to be about a subject
 * @param table where the row lies whose key path or body name, "" if they name none
 * @param key column of that key
 */
record Write(
    String name,
    String verb,
    String path,
    Chapter chapter,
    int round,
    Told told,
    String table,
    String key) {

  /** What of a request says whom or what it is about. */
  enum Told {
    /** The patient's name: there is no number of his yet. */
    NAME,
    /** The word that only this subject's messages have: definitions of the office, mostly. */
    WORD,
    /** {@code PatNum} in the body. */
    PATIENT,
    /** The row's key in the path. */
    PATH,
    /** The row's key in the body, under the name of its column. */
    BODY
  }

  static final List<Write> ALL =
      List.of(
          told("patients.post", "POST", "/patients", Chapter.PERSON, 0, Told.NAME),
          row("patients.put", "PUT", "/patients/*", Chapter.PERSON, 1, "patient", "PatNum"),
          patient("patfields.post", "POST", "/patfields", Chapter.FIELD, 1),
          patient("patfields.put", "PUT", "/patfields", Chapter.FIELD, 2),
          row("patientnotes.put", "PUT", "/patientnotes/*", Chapter.FIELD, 1, "patient", "PatNum"),
          patient("appointments.post", "POST", "/appointments", Chapter.BOOKING, 1),
          appointment("appointments.put", "/appointments/*", Chapter.BOOKING, 2),
          appointment("appointments.note", "/appointments/*/Note", Chapter.BOOKING, 2),
          appointment("appointments.break", "/appointments/*/Break", Chapter.BOOKING, 3),
          appointment("appointments.confirm", "/appointments/*/Confirm", Chapter.CONFIRMED, 2),
          patient("appointments.planned", "POST", "/appointments/Planned", Chapter.PLANNED, 1),
          new Write(
              "appointments.schedule",
              "POST",
              "/appointments/SchedulePlanned",
              Chapter.PLANNED,
              2,
              Told.BODY,
              "appointment",
              "AptNum"),
          definition("allergydefs.post", "/allergydefs", Chapter.ALLERGY),
          patient("allergies.post", "POST", "/allergies", Chapter.ALLERGY, 1),
          row("allergies.put", "PUT", "/allergies/*", Chapter.ALLERGY, 2, "allergy", "AllergyNum"),
          definition("diseasedefs.post", "/diseasedefs", Chapter.PROBLEM),
          patient("diseases.post", "POST", "/diseases", Chapter.PROBLEM, 1),
          row("diseases.put", "PUT", "/diseases/*", Chapter.PROBLEM, 2, "disease", "DiseaseNum"),
          definition("medications.post", "/medications", Chapter.MEDICATION),
          patient("medicationpats.post", "POST", "/medicationpats", Chapter.MEDICATION, 1),
          row(
              "medicationpats.put",
              "PUT",
              "/medicationpats/*",
              Chapter.MEDICATION,
              2,
              "medicationpat",
              "MedicationPatNum"),
          patient("commlogs.post", "POST", "/commlogs", Chapter.TALK, 1),
          row("commlogs.put", "PUT", "/commlogs/*", Chapter.TALK, 2, "commlog", "CommlogNum"),
          patient("documents.post", "POST", "/documents/Upload", Chapter.FILE, 1),
          patient("perioexams.post", "POST", "/perioexams", Chapter.PERIO, 1),
          row(
              "perioexams.delete",
              "DELETE",
              "/perioexams/*",
              Chapter.PERIO,
              2,
              "perioexam",
              "PerioExamNum"),
          definition("referrals.post", "/referrals", Chapter.REFERRAL),
          patient("refattaches.post", "POST", "/refattaches", Chapter.REFERRAL, 1),
          row(
              "refattaches.put",
              "PUT",
              "/refattaches/*",
              Chapter.REFERRAL,
              2,
              "refattach",
              "RefAttachNum"),
          patient("procedurelogs.post", "POST", "/procedurelogs", Chapter.TREATMENT, 1),
          definition("carriers.post", "/carriers", Chapter.COVERAGE),
          definition("insplans.post", "/insplans", Chapter.COVERAGE),
          // Its patient is called the subscriber.
          definition("inssubs.post", "/inssubs", Chapter.COVERAGE),
          row("inssubs.put", "PUT", "/inssubs/*", Chapter.COVERAGE, 2, "inssub", "InsSubNum"),
          patient("patplans.post", "POST", "/patplans", Chapter.COVERAGE, 1),
          patient("payments.post", "POST", "/payments", Chapter.PAYMENT, 1));

  private static Write told(
      String name, String verb, String path, Chapter chapter, int round, Told told) {
    return new Write(name, verb, path, chapter, round, told, "", "");
  }

  private static Write patient(String name, String verb, String path, Chapter chapter, int round) {
    return told(name, verb, path, chapter, round, Told.PATIENT);
  }

  private static Write definition(String name, String path, Chapter chapter) {
    return told(name, "POST", path, chapter, 1, Told.WORD);
  }

  private static Write appointment(String name, String path, Chapter chapter, int round) {
    return row(name, "PUT", path, chapter, round, "appointment", "AptNum");
  }

  private static Write row(
      String name, String verb, String path, Chapter chapter, int round, String table, String key) {
    return new Write(name, verb, path, chapter, round, Told.PATH, table, key);
  }

  /** Column of the table that holds its patient. */
  String patientColumn() {
    return table.equals("inssub") ? "Subscriber" : "PatNum";
  }

  /** As the sandbox notes a request of it: POST /patients, PUT /patients/{id}. */
  String template() {
    return verb + " " + path.replace("*", "{id}");
  }
}
