package pontic.practice;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** Who may send to a practice's base of the façade. */
final class FacadeClients {
  private static final int LEAST_TOKEN = 12;
  private static final String ALL = "system/*.cu";
  private static final String SCOPES =
      "system/(\\*|[A-Za-z]{1,64})\\.(read|write|\\*|c?r?u?d?s?)( +system/(\\*|[A-Za-z]{1,64})\\.(read|write|\\*|c?r?u?d?s?))*";

  private FacadeClients() {}

  /**
   * @param place files are found as from there
   */
  static Practice.Facade read(Section facade, Path place) {
    Optional<Practice.Oauth> oauth = oauth(facade.optionalSection("oauth"), place);
    List<Practice.Client> clients = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Set<String> known = new HashSet<>();
    for (Section section : facade.sections("clients")) {
      Practice.Client client = client(section);
      if (!seen.add(client.id())) {
        section.problem(
            "id", "client " + client.id() + " is there twice", "give each client one entry");
      }
      again(section, "token", client.token().value(), known, client.id());
      again(section, "subject", client.subject(), known, client.id());
      again(section, "certificate", client.certificate(), known, client.id());
      if (!client.subject().isEmpty() && oauth.isEmpty()) {
        section.problem(
            "subject",
            "client " + client.id() + " has a subject, but no issuer's tokens count",
            "give facade.oauth too");
      }
      clients.add(client);
      section.end();
    }
    facade.end();
    return new Practice.Facade(clients, oauth);
  }

  private static Practice.Client client(Section section) {
    String id =
        section.parsed(
            "id", Optional.empty(), SettingsLoader::id, "missing", SettingsLoader.RIGHT_ID);
    String subject = section.text("subject", "");
    String certificate =
        section.parsed(
            "certificate",
            Optional.of(""),
            FacadeClients::name,
            "",
            "write its distinguished name as in RFC 2253, such as CN=his.example.org,O=Lakeside");
    boolean otherwise = !subject.isEmpty() || !certificate.isEmpty();
    Secret token = otherwise ? section.optionalSecret("token") : section.secret("token");
    boolean tooShort = token.value().length() < LEAST_TOKEN && !token.value().equals("missing");
    if (tooShort && !(otherwise && token.isBlank())) {
      section.problem(
          "token",
          "the token of client " + id + " is too short",
          "at least " + LEAST_TOKEN + " characters, drawn at random");
    }
    String scopes =
        section.parsed(
            "scopes",
            Optional.of(ALL),
            text -> Optional.of(text).filter(each -> each.matches(SCOPES)),
            ALL,
            "write scopes such as system/Patient.c system/Appointment.cu, or system/*.write");
    return new Practice.Client(id, token, subject, certificate, scopes);
  }

  private static void again(
      Section section, String key, String value, Set<String> known, String id) {
    if (!value.isEmpty() && !value.equals("missing") && !known.add(key + " " + value)) {
      section.problem(
          key,
          "client " + id + " has the " + key + " of another client",
          "give each client its own");
    }
  }

  private static Optional<String> name(String text) {
    try {
      return Optional.of(text.isEmpty() ? "" : new X500Principal(text).getName());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Practice.Oauth> oauth(Section section, Path place) {
    String issuer = section.text("issuer", "");
    String audience = section.text("audience", "");
    String given = section.text("jwks", "");
    boolean once = section.flag("once", false);
    section.end();
    if (issuer.isEmpty() && audience.isEmpty() && given.isEmpty()) {
      return Optional.empty();
    }
    if (issuer.isEmpty() || audience.isEmpty() || given.isEmpty()) {
      section.problem(
          issuer.isEmpty() ? "issuer" : audience.isEmpty() ? "audience" : "jwks",
          "facade.oauth is not whole",
          "give issuer, audience and jwks, or none of them");
      return Optional.empty();
    }
    boolean address = given.matches("https?:.*");
    if (address && !isAddress(given)) {
      section.problem(
          "jwks",
          "facade.oauth.jwks is no address that keys may come from",
          "begin with https://; http:// is for this machine alone");
    }
    Path file = address ? place : place.resolve(given);
    if (!address && !Files.isReadable(file)) {
      section.problem(
          "jwks", "facade.oauth.jwks cannot be read", "name a JWKS file, or an https address");
    }
    return Optional.of(
        new Practice.Oauth(issuer, audience, address ? given : file.toString(), once));
  }

  private static boolean isAddress(String text) {
    try {
      URI uri = URI.create(text);
      String host = Optional.ofNullable(uri.getHost()).orElse("");
      return !host.isEmpty()
          && (uri.getScheme().equals("https")
              || host.equals("127.0.0.1")
              || host.equals("localhost"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
