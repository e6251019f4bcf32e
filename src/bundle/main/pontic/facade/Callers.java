package pontic.facade;

import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import pontic.http.Listener;
import pontic.practice.Practice;

/** Tells who calls one practice's base. Whoever is not known is nobody. */
final class Callers {
  private final Practice.Facade terms;
  private final Optional<TokenIssuer> issuer;

  Callers(Practice practice, UsedTokens used) {
    this.terms = practice.facade();
    this.issuer =
        practice.facade().oauth().map(oauth -> new TokenIssuer(practice.id(), oauth, used));
  }

  /**
   * By bearer token if there is one, else by certificate.
   *
   * @param authorization the header, "" if there is none
   * @param certificate of the client itself; that its issuer is trusted was seen when the
   *     connection was made
   * @throws FhirFault 401, or 503 if it cannot be told now
   */
  Caller of(String authorization, Optional<X509Certificate> certificate) {
    String bearer = Listener.bearer(authorization);
    if (!bearer.isEmpty()) {
      return byToken(bearer);
    }
    return certificate
        .flatMap(this::byCertificate)
        .orElseThrow(
            () ->
                new FhirFault(
                    401,
                    IssueType.LOGIN,
                    "",
                    "Send the bearer token that this practice gave to your system"));
  }

  private Caller byToken(String bearer) {
    Optional<Practice.Client> known = terms.client(bearer);
    if (known.isPresent()) {
      return new Caller(known.get().id(), Rights.of(known.get().scopes()));
    }
    boolean isJwt = bearer.chars().filter(sign -> sign == '.').count() == 2;
    if (issuer.isEmpty() || !isJwt) {
      throw new FhirFault(
          401, IssueType.LOGIN, "", "This practice does not know this bearer token");
    }
    TokenIssuer.Said said = issuer.get().read(bearer);
    Practice.Client client =
        terms.clients().stream()
            .filter(each -> !each.subject().isEmpty() && each.subject().equals(said.subject()))
            .findFirst()
            .orElseThrow(() -> TokenIssuer.refused("this practice does not know its client"));
    return new Caller(client.id(), Rights.of(said.scopes()).within(Rights.of(client.scopes())));
  }

  private Optional<Caller> byCertificate(X509Certificate certificate) {
    X500Principal shown = certificate.getSubjectX500Principal();
    return terms.clients().stream()
        .filter(each -> !each.certificate().isEmpty())
        .filter(each -> new X500Principal(each.certificate()).equals(shown))
        .findFirst()
        .map(client -> new Caller(client.id(), Rights.of(client.scopes())));
  }
}
