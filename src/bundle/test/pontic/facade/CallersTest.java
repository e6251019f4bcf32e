package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import pontic.accept.Accepted;
import pontic.accept.FhirPart;
import pontic.capture.Heard;
import pontic.house.Certificates;
import pontic.operations.Fixture;
import pontic.practice.Settings;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;
import pontic.store.Store;

/** Who is let in at the façade, at its port. */
final class CallersTest {
  private static final String PATIENT =
      "{\"resourceType\":\"Patient\",\"id\":\"7\",\"name\":[{\"family\":\"Fern\"}]}";
  private static final String ISSUER = "https://login.lakeside.example";
  private static final String AUDIENCE = "https://pontic.example/fhir/elm";
  private static final String ALL = "system/*.cu";

  private static RSAKey rsa;
  private static ECKey ec;
  private static RSAKey stranger;

  @TempDir Path folder;

  private final List<String> clients = new ArrayList<>();
  private final AtomicInteger fetched = new AtomicInteger();
  private Store store;
  private Facade facade;

  @BeforeAll
  static void keys() throws Exception {
    rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ec = new ECKeyGenerator(Curve.P_384).keyID("e").generate();
    stranger = new RSAKeyGenerator(2048).keyID("r").generate();
  }

  @BeforeEach
  void store() {
    store = Fixture.store(folder.resolve("data"));
  }

  @AfterEach
  void close() {
    if (facade != null) {
      facade.close();
    }
    store.close();
  }

  @Test
  void aTokenOfTheIssuerIsBelievedAndItsScopesSayWhatMayBeDone() throws Exception {
    open(keyFile(), false);
    for (JWSAlgorithm algorithm :
        List.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.ES384)) {
      assertEquals(202, post(token(algorithm, claims(ALL))), algorithm.toString());
    }
    assertEquals(List.of("lakeside", "lakeside", "lakeside"), clients);
    Map<String, String> may = new LinkedHashMap<>();
    may.put("system/*.write", "202 202");
    may.put("system/*.*", "202 202");
    may.put("system/Patient.c", "202 403");
    may.put("system/Patient.u", "403 202");
    may.put("system/Patient.cruds", "202 202");
    may.put("openid system/Patient.c system/Patient.u", "202 202");
    may.put("system/Appointment.cu", "403 403");
    may.put("system/*.read", "403 403");
    may.put("system/*.rs", "403 403");
    may.put("user/*.cu patient/*.write", "403 403");
    may.put("system/Patient.cu?name=x", "403 403");
    may.put("system/Patient.uc", "403 403");
    may.put("", "403 403");
    for (Map.Entry<String, String> each : may.entrySet()) {
      String token = token(JWSAlgorithm.RS384, claims(each.getKey()));
      assertEquals(
          each.getValue(), post(token) + " " + send("PUT", "/Patient/7", token), each.getKey());
    }
  }

  /** Nothing that a request brings about goes by another right than its own. */
  @Test
  void aFileAndAPatientThatComeAlongNeedTheirOwnScopes() throws Exception {
    open(keyFile(), false);
    String file =
        "{\"resourceType\":\"Binary\",\"id\":\"b\",\"contentType\":\"text/plain\",\"data\":\"eA==\"}";
    String document =
        "{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/9\"},\"content\":[{\"attachment\":{\"url\":\"urn:uuid:b\"}}]}";
    String visit =
        """
        {"resourceType":"Appointment","status":"STATUS","identifier":[{"system":"urn:x","value":"1"}],CONTAINED
         "start":"2026-12-01T10:00:00-05:00","end":"2026-12-01T10:30:00-05:00","participant":[{"actor":{"reference":"WHO"},"status":"accepted"}]}""";
    String contained =
        visit
            .replace("STATUS", "booked")
            .replace("WHO", "#p")
            .replace(
                "CONTAINED",
                "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Fern\"}]}],");
    String named =
        visit.replace("STATUS", "booked").replace("WHO", "Patient/9").replace("CONTAINED", "");
    String inMessage =
        visit.replace("STATUS", "booked").replace("WHO", "urn:uuid:b").replace("CONTAINED", "");
    String transaction =
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"fullUrl\":\"urn:uuid:b\",\"resource\":%s,\"request\":{\"method\":\"%s\",\"url\":\"%s\"}},"
            + "{\"resource\":%s,\"request\":{\"method\":\"POST\",\"url\":\"DocumentReference\"}}]}";
    String posted = transaction.formatted(file, "POST", "Binary", document);
    String put = transaction.formatted(file, "PUT", "Binary/b", document);
    String letter = message("T02", document, file);
    record Asked(String path, String body, String scopes, int status) {}
    for (Asked asked :
        List.of(
            new Asked("", posted, "system/DocumentReference.c", 403),
            new Asked("", posted, "system/Binary.c", 403),
            new Asked("", posted, "system/DocumentReference.c system/Binary.u", 403),
            new Asked("", posted, "system/DocumentReference.c system/Binary.c", 202),
            new Asked("", put, "system/DocumentReference.c system/Binary.c", 403),
            new Asked("", put, "system/DocumentReference.c system/Binary.u", 202),
            new Asked("/$process-message", letter, "system/DocumentReference.u", 403),
            new Asked(
                "/$process-message", letter, "system/DocumentReference.u system/Binary.u", 202),
            new Asked("/Appointment", contained, "system/Appointment.c", 403),
            new Asked("/Appointment", contained, "system/Appointment.c system/Patient.c", 202),
            new Asked("/Appointment", named, "system/Appointment.c", 202),
            new Asked(
                "/$process-message",
                message("S12", inMessage, PATIENT),
                "system/Appointment.u",
                403),
            new Asked(
                "/$process-message",
                message("S12", inMessage, PATIENT),
                "system/Appointment.u system/Patient.u",
                202),
            // Nobody is made of one that is called off.
            new Asked(
                "/$process-message",
                message("S15", inMessage, PATIENT),
                "system/Appointment.u",
                202),
            new Asked(
                "/$process-message",
                message(
                    "O19",
                    "{\"resourceType\":\"ServiceRequest\",\"status\":\"active\",\"intent\":\"order\",\"subject\":{\"reference\":\"urn:uuid:b\"},\"requester\":{\"display\":\"x\"}}",
                    PATIENT),
                "system/ServiceRequest.u",
                403))) {
      int before = clients.size();
      HttpResponse<String> answer =
          request("POST", asked.path(), asked.body(), token(claims(asked.scopes())));
      assertEquals(asked.status(), answer.statusCode(), asked + answer.body());
      assertEquals(asked.status() == 202, clients.size() > before, asked.toString());
      assertEquals(asked.status() == 403, answer.body().contains("it needs the scope system/"));
    }
  }

  /** Its focus is urn:uuid:f, and urn:uuid:b what it brings along. */
  private static String message(String event, String focus, String along) {
    return """
        {"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:h","resource":{"resourceType":"MessageHeader",
         "eventCoding":{"system":"http://terminology.hl7.org/CodeSystem/v2-0003","code":"%s"},"source":{"endpoint":"http://x.example"},
         "focus":[{"reference":"urn:uuid:f"}]}},{"fullUrl":"urn:uuid:f","resource":%s},{"fullUrl":"urn:uuid:b","resource":%s}]}"""
        .formatted(event, focus, along);
  }

  @Test
  void whatIsNoTokenOfTheIssuerForThisPracticeAndTimeIsNot() throws Exception {
    open(keyFile(), false);
    Instant now = Instant.now();
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put("another key", signed(JWSAlgorithm.RS384, stranger, claims(ALL)));
    bad.put("none", new PlainJWT(claims(ALL).build()).serialize());
    bad.put("the public key as a secret", mac(claims(ALL)));
    bad.put("issuer", token(claims(ALL).issuer("https://other.example")));
    bad.put("audience", token(claims(ALL).audience("https://pontic.example/fhir/oak")));
    bad.put("no audience", token(claims(ALL).audience((String) null)));
    bad.put("expired", token(claims(ALL).expirationTime(Date.from(now.minusSeconds(90)))));
    bad.put("endless", token(claims(ALL).expirationTime(null)));
    bad.put("not yet", token(claims(ALL).notBeforeTime(Date.from(now.plusSeconds(90)))));
    bad.put("client", token(claims(ALL).subject("somebody-else")));
    String good = token(claims(ALL));
    bad.put("altered", good.substring(0, good.length() - 6) + "AAAAAA");
    bad.put("no token", "a.b.c");
    for (Map.Entry<String, String> each : bad.entrySet()) {
      HttpResponse<String> refused = request("POST", "/Patient", each.getValue());
      assertEquals(401, refused.statusCode(), each.getKey());
      assertTrue(
          refused.headers().firstValue("WWW-Authenticate").orElse("").contains("invalid_token"));
      assertFalse(refused.body().contains("xception"), refused.body());
    }
    assertEquals(
        202,
        post(token(claims(ALL).expirationTime(Date.from(now.minusSeconds(30))))),
        "clocks differ by a minute");
    assertEquals(
        401,
        Fixture.request(
                "POST",
                facade.url() + "/fhir/oak/Patient",
                PATIENT,
                "Content-Type",
                "application/fhir+json",
                "Authorization",
                "Bearer " + good)
            .statusCode(),
        "another practice has no issuer");
    assertEquals(1, clients.size());
  }

  @Test
  void aTokenThatIsShownOnceIsNotTakenTwiceAndNotFromTheFarFuture() throws Exception {
    open(keyFile(), true);
    String once = token(claims(ALL).jwtID("j-1"));
    assertEquals(202, post(once));
    assertEquals(401, post(once));
    assertEquals(401, post(token(claims(ALL).jwtID("j-1"))), "the id counts");
    assertEquals(202, post(token(claims(ALL).jwtID("j-2"))));
    assertEquals(401, post(token(claims(ALL).jwtID(null))));
    assertEquals(
        401,
        post(
            token(
                claims(ALL)
                    .jwtID("j-3")
                    .expirationTime(Date.from(Instant.now().plusSeconds(900))))));
    facade.close();
    open(keyFile(), true);
    assertEquals(401, post(once), "after a restart too");
  }

  @Test
  void theIssuersKeysAreFetchedOnceAndWithoutThemNobodyIsLetIn() throws Exception {
    HttpServer issuer = issuer();
    String url = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/jwks";
    try {
      open(url, false);
      for (int i = 0; i < 10; i++) {
        assertEquals(202, post(token(claims(ALL))));
      }
      // Keys that nobody knows do not make us ask again and again.
      for (int i = 0; i < 10; i++) {
        RSAKey unknown = new RSAKey.Builder(stranger).keyID("u" + i).build();
        int status = post(signed(JWSAlgorithm.RS384, unknown, claims(ALL)));
        assertTrue(status == 401 || status == 503, "" + status);
      }
      assertTrue(fetched.get() <= 3, "fetched " + fetched);
    } finally {
      issuer.stop(0);
    }
    facade.close();
    open(url, false);
    assertEquals(503, post(token(claims(ALL))));
  }

  @Test
  void withTlsACertificateIsAsGoodAsATokenAndAStrangersIsNot() throws Exception {
    Certificates certificates = Certificates.make(folder.resolve("certificates"));
    Map<String, String> flags = new HashMap<>();
    for (String kind : List.of("keyStore", "trustStore")) {
      flags.put("pontic.facade." + kind, certificates.store(kind).toString());
      flags.put("pontic.facade." + kind + "Password", Certificates.PASSWORD);
    }
    open(
        "clients: [{id: lakeside, certificate: CN=client}, {id: t, token: TokenOfTests01}]", flags);
    assertTrue(facade.url().startsWith("https://"));
    assertEquals("202", overTls(certificates, "client", ""));
    assertEquals("401", overTls(certificates, "none", ""));
    assertEquals("202", overTls(certificates, "none", "Bearer TokenOfTests01"));
    assertEquals(
        "401", overTls(certificates, "stranger", ""), "he is not trusted, so he is nobody");
    assertEquals(List.of("lakeside", "t"), clients);
  }

  @Test
  void whoeverTheConfigurationDoesNotNameIsNobody() throws Exception {
    open("clients: []", Map.of());
    assertEquals(401, post("ElmFacadeToken01"));
    assertEquals(401, post(token(claims(ALL))));
    assertEquals(200, Fixture.request("GET", facade.url() + "/fhir/elm/metadata", "").statusCode());
    for (String path : List.of("/Patient/metadata", "/_status/metadata", "/$x/metadata")) {
      assertEquals(
          401, Fixture.request("GET", facade.url() + "/fhir/elm" + path, "").statusCode(), path);
    }
  }

  @Test
  void noShapeOfAPathTakesACallerOfOnePracticeToAnother() throws Exception {
    open("clients: [{id: lakeside, token: TokenOfTests01}]", Map.of());
    assertEquals("202", raw("/fhir/elm/Patient"));
    for (String path :
        List.of(
            "/fhir/oak/Patient",
            "/fhir/elm/../oak/Patient",
            "/fhir/elm/%2e%2e/oak/Patient",
            "/fhir/elm/..%2foak/Patient",
            "/fhir/elm/..;/oak/Patient",
            "/fhir/elm;/../oak/Patient",
            "//fhir/elm/../oak/Patient",
            "/fhir/./oak/Patient",
            "/fhir/oak/../elm/../oak/Patient",
            "/fhir/elm%2f..%2foak/Patient",
            "/fhir/elm\\..\\oak/Patient")) {
      assertTrue(raw(path).startsWith("4"), path);
    }
    assertEquals(List.of("lakeside"), clients);
  }

  /** The status that a socket reads, of a path that no client library would send as it is. */
  private String raw(String path) throws Exception {
    URI at = URI.create(facade.url());
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + path
                      + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TokenOfTests01\r\n"
                      + "Content-Type: application/fhir+json\r\nConnection: close\r\nContent-Length: "
                      + PATIENT.length()
                      + "\r\n\r\n"
                      + PATIENT)
                  .getBytes(StandardCharsets.US_ASCII));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      return line.split(" ")[1];
    }
  }

  @Test
  void whatIsHalfOrWrongInTheConfigurationIsRefusedByName() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("oauth: {issuer: x}", "facade.oauth is not whole");
    wrong.put(
        "oauth: {issuer: x, audience: y, jwks: 'http://elsewhere.example/jwks'}",
        "no address that keys may come from");
    wrong.put("oauth: {issuer: x, audience: y, jwks: nowhere.json}", "cannot be read");
    wrong.put("clients: [{id: a, subject: s}]", "no issuer's tokens count");
    wrong.put("clients: [{id: a, certificate: nonsense}]", "certificate");
    wrong.put("clients: [{id: a, token: LongEnough0001, scopes: everything}]", "scopes");
    wrong.put(
        "clients: [{id: a, certificate: CN=x}, {id: b, certificate: 'CN=x'}]",
        "has the certificate of another client");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      SettingsException refused =
          assertThrows(SettingsException.class, () -> settings(each.getKey(), Map.of()));
      assertTrue(refused.problems().toString().contains(each.getValue()), refused.toString());
    }
  }

  private String overTls(Certificates certificates, String who, String authorization)
      throws Exception {
    URI base = URI.create(facade.url());
    String head =
        "POST /fhir/elm/Patient HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/fhir+json\r\n"
            + (authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n")
            + "Content-Length: "
            + PATIENT.length()
            + "\r\n\r\n"
            + PATIENT;
    try (Socket socket = certificates.as(who).createSocket(base.getHost(), base.getPort())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (answer.isEmpty()) {
        throw new IOException("closed");
      }
      return answer.split(" ")[1];
    }
  }

  private HttpServer issuer() throws IOException {
    byte[] keys = new JWKSet(List.of(rsa, ec)).toString(true).getBytes(StandardCharsets.UTF_8);
    HttpServer issuer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/jwks",
        exchange -> {
          fetched.incrementAndGet();
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    issuer.start();
    return issuer;
  }

  private String keyFile() throws Exception {
    Path file = folder.resolve("jwks.json");
    Files.writeString(file, new JWKSet(List.of(rsa, ec)).toString(true));
    return file.toString();
  }

  private void open(String jwks, boolean once) throws Exception {
    open(
        "{oauth: {issuer: '%s', audience: '%s', jwks: '%s', once: %s}, clients: [{id: lakeside, subject: lakeside-ehr}]}"
            .formatted(ISSUER, AUDIENCE, jwks, once),
        Map.of());
  }

  private void open(String terms, Map<String, String> flags) throws Exception {
    facade =
        Facade.open(
            settings(terms, flags),
            store,
            new Facade.Doors(
                this::handOver,
                FacadeTest::kinds,
                FacadeTest::writes,
                (practice, table, body) -> Heard.Outcome.TAKEN,
                (practice, table, outcome) -> {}));
  }

  /** The shipped settings with other terms of elm's base. */
  private Settings settings(String terms, Map<String, String> flags) throws Exception {
    Path config = folder.resolve("config-" + UUID.randomUUID());
    FileSystemUtils.copyRecursively(Path.of("..", "..", "config"), config);
    Path elm = config.resolve("practices/elm.yaml");
    String inner = terms.startsWith("{") ? terms : "{" + terms + "}";
    Files.writeString(
        elm,
        Files.readString(elm)
            .replaceFirst("(?s)\nfacade:.*?\nhints:", "\nfacade: " + inner + "\nhints:"));
    Map<String, String> all = new HashMap<>(flags);
    for (String port : List.of("facade", "management", "hawtio")) {
      all.put("pontic." + port + ".port", "0");
    }
    all.put("pontic.data", folder.resolve("data").toString());
    all.put("pontic.facade.wait-seconds", "0");
    return new SettingsLoader(Map.of(), all).load(config);
  }

  private List<Accepted> handOver(String practice, String client, List<FhirPart> parts) {
    clients.add(client);
    return parts.stream()
        .map(part -> new Accepted("m1", "m1", "202", "", false, Instant.EPOCH))
        .toList();
  }

  private int post(String token) throws Exception {
    return send("POST", "/Patient", token);
  }

  private int send(String method, String path, String token) throws Exception {
    return request(method, path, token).statusCode();
  }

  private HttpResponse<String> request(String method, String path, String token) throws Exception {
    return request(method, path, PATIENT, token);
  }

  private HttpResponse<String> request(String method, String path, String body, String token)
      throws Exception {
    return Fixture.request(
        method,
        facade.url() + "/fhir/elm" + path,
        body,
        "Content-Type",
        "application/fhir+json",
        "Authorization",
        "Bearer " + token);
  }

  private static JWTClaimsSet.Builder claims(String scope) {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .subject("lakeside-ehr")
        .audience(AUDIENCE)
        .claim("scope", scope)
        .jwtID("j")
        .expirationTime(Date.from(Instant.now().plusSeconds(120)));
  }

  private static String token(JWTClaimsSet.Builder claims) throws Exception {
    return token(JWSAlgorithm.RS384, claims);
  }

  private static String token(JWSAlgorithm algorithm, JWTClaimsSet.Builder claims)
      throws Exception {
    return algorithm.equals(JWSAlgorithm.ES384)
        ? signed(algorithm, "e", new ECDSASigner(ec), claims)
        : signed(algorithm, rsa, claims);
  }

  private static String signed(JWSAlgorithm algorithm, RSAKey key, JWTClaimsSet.Builder claims)
      throws Exception {
    return signed(algorithm, key.getKeyID(), new RSASSASigner(key), claims);
  }

  /** What a verifier that lets the token choose the algorithm would believe. */
  private static String mac(JWTClaimsSet.Builder claims) throws Exception {
    return signed(
        JWSAlgorithm.HS256, "r", new MACSigner(rsa.toRSAPublicKey().getEncoded()), claims);
  }

  private static String signed(
      JWSAlgorithm algorithm, String key, JWSSigner signer, JWTClaimsSet.Builder claims)
      throws Exception {
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key).build(), claims.build());
    token.sign(signer);
    return token.serialize();
  }

  /** A referral makes its patient; a file is a file, whichever Bundle brings it. */
  @Test
  void aMessageNeedsTheScopesOfAllThatItMakes() throws Exception {
    open(keyFile(), false);
    String patient = "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Fern\"}]}";
    String referral =
        message(
            "I12",
            "{\"resourceType\":\"ServiceRequest\",\"status\":\"active\",\"intent\":\"order\",\"subject\":{\"reference\":\"urn:uuid:b\"},\"requester\":{\"display\":\"x\"}}",
            patient);
    String letter =
        message(
            "T02",
            "{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/9\"},\"content\":[{\"attachment\":{\"url\":\"urn:uuid:b\"}}]}",
            "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\"eHh4\"}");
    assertNeeds("system/ServiceRequest.u", "system/Patient.u", referral);
    assertNeeds("system/DocumentReference.u", "system/Binary.u", letter);
    assertEquals(List.of("lakeside", "lakeside"), clients, "only what has all of them");
  }

  private void assertNeeds(String has, String lacks, String message) throws Exception {
    HttpResponse<String> refused = process(message, has);
    assertEquals(403, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains(lacks), refused.body());
    HttpResponse<String> taken = process(message, has + " " + lacks);
    assertEquals(202, taken.statusCode(), taken.body());
  }

  private HttpResponse<String> process(String message, String scopes) throws Exception {
    return Fixture.request(
        "POST",
        facade.url() + "/fhir/elm/$process-message",
        message,
        "Content-Type",
        "application/fhir+json",
        "Authorization",
        "Bearer " + token(claims(scopes)));
  }
}
