package pontic.proof;

import java.util.List;
import java.util.Set;

/**
 * One kind of write of the API, as mappings/write names it, and the message of a {@link Chapter}
 * that brings it about.
 *
 * @param path of the request, with * for the row's key
 * @param round which message of the chapter, from 0
 * @param table where the row of the key lies, "" where the path has none
 */
record Write(
    String name, String verb, String path, Chapter chapter, int round, String table, String key) {
  static final List<Write> ALL =
      List.of(
          post("patients.post", "/patients", Chapter.PERSON, 0),
          put("patients.put", "/patients/*", Chapter.PERSON, 1, "patient", "PatNum"),
          post("appointments.post", "/appointments", Chapter.BOOKING, 1),
          put("appointments.put", "/appointments/*", Chapter.BOOKING, 2, "appointment", "AptNum"),
          put(
              "appointments.note",
              "/appointments/*/Note",
              Chapter.BOOKING,
              2,
              "appointment",
              "AptNum"),
          put(
              "appointments.break",
              "/appointments/*/Break",
              Chapter.BOOKING,
              3,
              "appointment",
              "AptNum"),
          post("allergydefs.post", "/allergydefs", Chapter.ALLERGY, 1),
          post("allergies.post", "/allergies", Chapter.ALLERGY, 1),
          put("allergies.put", "/allergies/*", Chapter.ALLERGY, 2, "allergy", "AllergyNum"),
          post("diseasedefs.post", "/diseasedefs", Chapter.PROBLEM, 1),
          post("diseases.post", "/diseases", Chapter.PROBLEM, 1),
          put("diseases.put", "/diseases/*", Chapter.PROBLEM, 2, "disease", "DiseaseNum"),
          post("medications.post", "/medications", Chapter.MEDICATION, 1),
          post("medicationpats.post", "/medicationpats", Chapter.MEDICATION, 1),
          put(
              "medicationpats.put",
              "/medicationpats/*",
              Chapter.MEDICATION,
              2,
              "medicationpat",
              "MedicationPatNum"),
          post("commlogs.post", "/commlogs", Chapter.TALK, 1),
          put("commlogs.put", "/commlogs/*", Chapter.TALK, 2, "commlog", "CommlogNum"),
          post("documents.post", "/documents/Upload", Chapter.FILE, 1),
          post("perioexams.post", "/perioexams", Chapter.PERIO, 1));

  /** Writes that name no patient: definitions of the office. */
  private static final Set<String> DEFINITIONS =
      Set.of("allergydefs.post", "diseasedefs.post", "medications.post");

  private static Write post(String name, String path, Chapter chapter, int round) {
    return new Write(name, "POST", path, chapter, round, "", "");
  }

  private static Write put(
      String name, String path, Chapter chapter, int round, String table, String key) {
    return new Write(name, "PUT", path, chapter, round, table, key);
  }

  boolean isDefinition() {
    return DEFINITIONS.contains(name);
  }

  boolean makesThePatient() {
    return name.equals("patients.post");
  }

  /** As the sandbox notes a request of it: POST /patients, PUT /patients/{id}. */
  String template() {
    return verb + " " + path.replace("*", "{id}");
  }
}
