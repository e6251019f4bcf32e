package pontic.facade;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import pontic.practice.Practice;

/**
 * Believes JWTs of one practice's issuer: access tokens of SMART backend services, or assertions
 * that a client signs itself and shows once.
 */
final class TokenIssuer {
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final int MOST_BYTES = 256 * 1024;
  private static final int LONGEST_JTI = 255;
  private static final int FETCH_MILLIS = 3_000;
  private static final Duration KEPT = Duration.ofMinutes(5);

  /** Unknown key ids bring no more than one look at the keys in that time. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

  private static final Duration OUTAGE = Duration.ofHours(1);
  private static final Duration SKEW = Duration.ofSeconds(60);

  /** SMART App Launch 2.2, backend services: assertions are good for five minutes at most. */
  private static final Duration LONGEST_ONCE = Duration.ofMinutes(5);

  private final String practice;
  private final Practice.Oauth terms;
  private final UsedTokens used;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  TokenIssuer(String practice, Practice.Oauth terms, UsedTokens used) {
    this.practice = practice;
    this.terms = terms;
    this.used = used;
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys(terms.jwks())));
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            terms.audience(),
            new JWTClaimsSet.Builder().issuer(terms.issuer()).build(),
            terms.once() ? Set.of("exp", "jti") : Set.of("exp"));
    claims.setMaxClockSkew((int) SKEW.toSeconds());
    processor.setJWTClaimsSetVerifier(claims);
  }

  /**
   * What a token says.
   *
   * @param subject client_id, azp or sub
   */
  record Said(String subject, String scopes) {}

  /**
   * @throws FhirFault 401 if it is not to be believed, 503 if the issuer's keys cannot be read
   */
  Said read(String token) {
    JWTClaimsSet claims;
    try {
      claims = processor.process(token, null);
    } catch (KeySourceException away) {
      throw new FhirFault(
          503,
          IssueType.TRANSIENT,
          "",
          "The keys of the token's issuer cannot be read now; send it again later");
    } catch (ParseException | BadJOSEException | JOSEException e) {
      throw refused("signature, algorithm, issuer, audience or time do not fit");
    }
    if (terms.once()) {
      once(claims);
    }
    try {
      String subject =
          Stream.of("client_id", "azp", "sub")
              .map(claims::getClaim)
              .filter(Objects::nonNull)
              .findFirst()
              .map(String::valueOf)
              .orElse("");
      return new Said(subject, scopes(claims));
    } catch (ParseException e) {
      throw refused("its scope is no text");
    }
  }

  private void once(JWTClaimsSet claims) {
    Instant expires = claims.getExpirationTime().toInstant();
    String id = claims.getJWTID();
    if (id.isBlank() || id.length() > LONGEST_JTI) {
      throw refused("jti has 1 to " + LONGEST_JTI + " characters");
    }
    if (expires.isAfter(Instant.now().plus(LONGEST_ONCE).plus(SKEW))) {
      throw refused("it is good for longer than " + LONGEST_ONCE.toMinutes() + " minutes");
    }
    if (!used.first(practice, terms.issuer() + " " + id, expires.plus(SKEW))) {
      throw refused("it was shown before");
    }
  }

  private static String scopes(JWTClaimsSet claims) throws ParseException {
    Object scope = Optional.ofNullable(claims.getClaim("scope")).orElse(claims.getClaim("scp"));
    if (scope instanceof List<?> list) {
      return list.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
    return scope instanceof String text ? text : "";
  }

  static FhirFault refused(String why) {
    return new FhirFault(401, IssueType.LOGIN, "", "The token is not believed: " + why);
  }

  private static JWKSource<SecurityContext> keys(String jwks) {
    JWKSourceBuilder<SecurityContext> builder;
    if (jwks.startsWith("https:") || jwks.startsWith("http:")) {
      try {
        builder =
            JWKSourceBuilder.create(
                URI.create(jwks).toURL(),
                new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, MOST_BYTES));
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException("facade.oauth.jwks is no URL");
      }
    } else {
      builder = JWKSourceBuilder.create(new KeyFile(Path.of(jwks)));
    }
    return builder
        .cache(KEPT.toMillis(), FETCH_MILLIS * 2L)
        .rateLimited(BETWEEN_LOOKS.toMillis())
        .outageTolerant(OUTAGE.toMillis())
        .build();
  }

  /** Keys in a file, which is read again as often as those of an address. */
  private record KeyFile(Path file) implements JWKSetSource<SecurityContext> {
    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, SecurityContext context)
        throws KeySourceException {
      try {
        return JWKSet.load(file.toFile());
      } catch (IOException | ParseException e) {
        throw new JWKSetUnavailableException("the file of keys cannot be read");
      }
    }

    @Override
    public void close() {
      // Nothing is kept open.
    }
  }
}
