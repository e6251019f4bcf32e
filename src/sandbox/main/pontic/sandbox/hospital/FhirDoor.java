package pontic.sandbox.hospital;

import ca.uhn.fhir.context.FhirContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.hl7.fhir.r4.model.OperationOutcome;

/** Where a request runs into a fault before the server sees it. {@code /metadata} takes none. */
final class FhirDoor implements Filter {
  private final PeerFaults<FhirFault> faults;
  private final FhirContext fhir;
  private final Landings landings;

  FhirDoor(PeerFaults<FhirFault> faults, FhirContext fhir, Landings landings) {
    this.faults = faults;
    this.fhir = fhir;
    this.landings = landings;
  }

  @Override
  public void doFilter(ServletRequest plain, ServletResponse plainAnswer, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) plain;
    HttpServletResponse answer = (HttpServletResponse) plainAnswer;
    FhirRequest read = FhirRequest.read(request);
    Optional<PeerFaults.Taken<FhirFault>> taken = take(read);
    if (taken.isPresent()) {
      try {
        if (!runInto(taken.get(), read, request, answer)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        drop(request);
        return;
      }
    }
    chain.doFilter(new ReadRequest(request, read.body()), answer);
  }

  private Optional<PeerFaults.Taken<FhirFault>> take(FhirRequest request) {
    if (faults.list().isEmpty() || request.isMetadata()) {
      return Optional.empty();
    }
    List<FhirFault.Target> targets = request.targets(fhir);
    return faults.take(
        fault ->
            fault.kind() != FhirFaultKind.DOWN
                && fault.kind() != FhirFaultKind.REJECT
                && fault.matches(request.method(), targets));
  }

  /** True if the request goes on all the same. */
  private boolean runInto(
      PeerFaults.Taken<FhirFault> taken,
      FhirRequest read,
      HttpServletRequest request,
      HttpServletResponse answer)
      throws IOException, InterruptedException {
    FhirFault fault = taken.fault();
    switch (fault.kind()) {
      case HTTP_429 -> {
        long seconds = Math.max(1, (fault.time().toMillis() + 999) / 1000);
        answer.setHeader("Retry-After", String.valueOf(seconds));
        refuse(answer, 429, OperationOutcome.IssueType.THROTTLED, "Too many requests");
      }
      case HTTP_500 ->
          refuse(answer, 500, OperationOutcome.IssueType.EXCEPTION, "The server failed");
      case SLOW -> {
        taken.pause(fault.time());
        return true;
      }
      case HANG -> {
        taken.hang();
        drop(request);
      }
      case LANDS_LATE -> {
        landings.later(read.writes(fhir), fault.time());
        if (fault.closing()) {
          drop(request);
        } else {
          // As a gateway says it, which knows no FHIR.
          answer.setStatus(504);
          answer.setContentType("text/plain");
          answer.getOutputStream().write("Gateway Timeout".getBytes(StandardCharsets.US_ASCII));
        }
      }
      case DOWN, REJECT -> throw new IllegalStateException("No request runs into this here");
    }
    return false;
  }

  private void refuse(
      HttpServletResponse answer, int status, OperationOutcome.IssueType code, String why)
      throws IOException {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(OperationOutcome.IssueSeverity.ERROR)
        .setCode(code)
        .setDiagnostics(why);
    answer.setStatus(status);
    answer.setContentType("application/fhir+json;charset=UTF-8");
    answer
        .getOutputStream()
        .write(
            fhir.newJsonParser().encodeResourceToString(outcome).getBytes(StandardCharsets.UTF_8));
  }

  /** Closes the socket without an answer. */
  private static void drop(HttpServletRequest request) {
    ServletContextRequest.getServletContextRequest(request)
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint()
        .close();
  }
}
