package pontic.practice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The key files of listeners and connections; what cannot be opened is told at the check, not at
 * the socket.
 */
final class TlsFiles {
  private TlsFiles() {}

  /**
   * @param prefix of the keys for people, {@code hl7.}; in the process's file of the keys
   *     themselves
   * @param place files are found as from there
   */
  static Practice.Tls read(Section section, String prefix, Path place) {
    String before = prefix.startsWith("pontic.") ? prefix : "";
    Optional<Path> keys = section.optional(before + "keyStore").map(place::resolve);
    Secret keyPassword = section.optionalSecret(before + "keyStorePassword");
    Optional<Path> trusted = section.optional(before + "trustStore").map(place::resolve);
    Secret trustPassword = section.optionalSecret(before + "trustStorePassword");
    if (keys.isEmpty()) {
      if (trusted.isPresent()) {
        section.problem(
            before + "trustStore",
            prefix + "trustStore asks clients for a certificate, but there is no TLS",
            "give " + prefix + "keyStore too");
      }
      return Practice.Tls.NONE;
    }
    String print = open(section, before, prefix, "keyStore", keys.get(), keyPassword);
    if (trusted.isPresent()) {
      print += open(section, before, prefix, "trustStore", trusted.get(), trustPassword);
    }
    return new Practice.Tls(
        keys.get().toString(),
        keyPassword,
        trusted.map(Path::toString).orElse(""),
        trustPassword,
        print);
  }

  /**
   * Of a connection outwards.
   *
   * @param isOn whether its address asks for TLS
   * @param place files are found as from there
   */
  static Practice.Tls outward(Section section, boolean isOn, Path place) {
    Optional<Path> keys = section.optional("keyStore").map(place::resolve);
    Secret keyPassword = section.optionalSecret("keyStorePassword");
    Optional<Path> trusted = section.optional("trustStore").map(place::resolve);
    Secret trustPassword = section.optionalSecret("trustStorePassword");
    section.end();
    if (!isOn) {
      for (String key : List.of("keyStore", "trustStore")) {
        if ((key.equals("keyStore") ? keys : trusted).isPresent()) {
          section.problem(
              key,
              "tls." + key + " is given, but the url asks for no TLS",
              "write mllps:// in url of kind hl7v2, or take it away");
        }
      }
      return Practice.Tls.NONE;
    }
    keys.ifPresent(file -> open(section, "", "tls.", "keyStore", file, keyPassword));
    trusted.ifPresent(file -> trust(section, file, trustPassword));
    return new Practice.Tls(
        keys.map(Path::toString).orElse(""),
        keyPassword,
        trusted.map(Path::toString).orElse(""),
        trustPassword,
        "");
  }

  private static void trust(Section section, Path file, Secret password) {
    try {
      TrustFile.open(file, password);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      section.problem(
          "trustStore",
          "tls.trustStore cannot be opened, or holds no certificate to trust",
          "name a PEM, PKCS12 or JKS file with the server's certificate or its issuer, and its password in tls.trustStorePassword");
    }
  }

  private static String open(
      Section section, String before, String prefix, String key, Path file, Secret password) {
    boolean withKey = key.equals("keyStore");
    try {
      KeyStore store = KeyStore.getInstance(file.toFile(), password.value().toCharArray());
      boolean fits = false;
      for (String alias : Collections.list(store.aliases())) {
        if (withKey && store.isKeyEntry(alias)) {
          store.getKey(alias, password.value().toCharArray());
          fits = true;
        }
        fits |= !withKey && store.isCertificateEntry(alias);
      }
      if (!fits) {
        section.problem(
            before + key,
            prefix + key + " holds " + (withKey ? "no key" : "no certificate to trust"),
            withKey
                ? "import key and certificate"
                : "import the clients' certificate or its issuer");
      }
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      section.problem(
          before + key,
          prefix + key + " cannot be opened",
          "name a PKCS12 or JKS file, and its password in " + prefix + key + "Password");
      return "";
    }
  }
}
