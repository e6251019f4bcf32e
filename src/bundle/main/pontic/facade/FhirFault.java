package pontic.facade;

import java.util.List;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/** A request that is not taken: status and what the client is told, never a value that it sent. */
final class FhirFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<Flaw> flaws;

  /**
   * One thing that is wrong.
   *
   * @param expression FHIRPath of the element at fault, of names that R4 knows; "" if it is no
   *     element
   */
  record Flaw(IssueType code, String expression, String text) {}

  FhirFault(int status, List<Flaw> flaws) {
    super(flaws.stream().map(Flaw::text).collect(Collectors.joining("; ")));
    this.status = status;
    this.flaws = List.copyOf(flaws);
  }

  FhirFault(int status, IssueType code, String expression, String text) {
    this(status, List.of(new Flaw(code, expression, text)));
  }

  int status() {
    return status;
  }

  List<Flaw> flaws() {
    return flaws;
  }

  OperationOutcome outcome() {
    return outcome(flaws);
  }

  static OperationOutcome outcome(List<Flaw> flaws) {
    OperationOutcome outcome = new OperationOutcome();
    for (Flaw flaw : flaws) {
      OperationOutcome.OperationOutcomeIssueComponent issue =
          outcome
              .addIssue()
              .setSeverity(IssueSeverity.ERROR)
              .setCode(flaw.code())
              .setDiagnostics(flaw.text());
      if (!flaw.expression().isEmpty()) {
        issue.addExpression(flaw.expression());
      }
    }
    return outcome;
  }
}
