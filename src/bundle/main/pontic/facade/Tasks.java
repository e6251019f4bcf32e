package pontic.facade;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Store;

/**
 * Reads what became of messages as Tasks, for the client that sent them and for nobody else: by the
 * message's id, or all of one request.
 */
final class Tasks {
  private static final Logger LOG = LoggerFactory.getLogger(Tasks.class);
  private static final String TYPE = "Task";
  private static final String GROUP = "group-identifier=";

  private final String practice;
  private final Store store;
  private final Faults faults;

  Tasks(String practice, Store store, Faults faults) {
    this.practice = practice;
    this.store = store;
    this.faults = faults;
  }

  /** Whether a path below a base is about Tasks: {@code Task}, {@code Task/m-1}. */
  static boolean are(String path) {
    return path.equals(TYPE) || path.startsWith(TYPE + "/");
  }

  /**
   * @param path as {@link #are} takes it
   * @param query decoded; "" if there is none
   * @throws FhirFault if there is none of this client's, or the store does not answer
   */
  void read(String client, String path, String query, HttpServletResponse response)
      throws IOException {
    Progress progress = new Progress(practice, client);
    response.setHeader("Cache-Control", "no-store");
    if (path.equals(TYPE)) {
      if (!query.startsWith(GROUP) || query.contains("&")) {
        throw new FhirFault(
            400,
            IssueType.NOTSUPPORTED,
            "",
            "Tasks are found by "
                + GROUP
                + "…, the X-Request-Id of the request, and by nothing else");
      }
      String token = query.substring(GROUP.length());
      String request = token.substring(token.lastIndexOf('|') + 1);
      faults.answer(
          response,
          200,
          progress.all(found(() -> Receipt.ofRequest(store, practice, client, request)), request));
      return;
    }
    Optional<Receipt> one =
        found(
                () ->
                    Receipt.of(store, practice, client, path.substring(TYPE.length() + 1)).stream()
                        .toList())
            .stream()
            .findFirst();
    faults.answer(
        response,
        200,
        progress.of(
            one.orElseThrow(
                () ->
                    new FhirFault(
                        404,
                        IssueType.NOTFOUND,
                        "",
                        "Your system sent no message of this id to this practice"))));
  }

  /** A look into the store. */
  private interface Look {
    List<Receipt> at();
  }

  private List<Receipt> found(Look look) {
    try {
      return look.at();
    } catch (RuntimeException e) {
      LOG.warn(
          "facade: a Task of {} could not be read ({})", practice, e.getClass().getSimpleName());
      throw new FhirFault(
          503, IssueType.TRANSIENT, "", "The store did not answer; ask again later");
    }
  }
}
