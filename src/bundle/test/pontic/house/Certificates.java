package pontic.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Keys of a listener, of a client that it trusts and of one that it does not, made by keytool. */
public final class Certificates {
  public static final String PASSWORD = "certificates-of-the-tests";

  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  public static Certificates make(Path folder) throws Exception {
    Certificates made = new Certificates(Files.createDirectories(folder));
    for (String who : List.of("server", "client", "stranger")) {
      made.keytool(
          who,
          "-genkeypair",
          "-alias",
          who,
          "-keyalg",
          "EC",
          "-dname",
          "CN=" + who,
          "-ext",
          "SAN=IP:127.0.0.1");
      made.keytool(who, "-exportcert", "-alias", who, "-file", made.file(who, "crt").toString());
    }
    made.trust("trusted-by-clients", "server");
    made.trust("trusted-by-server", "client");
    return made;
  }

  /**
   * @param key keyStore or trustStore of the listener
   */
  public Path store(String key) {
    return file(key.equals("keyStore") ? "server" : "trusted-by-server", "p12");
  }

  /**
   * @param who client, stranger or none, who shows no certificate
   */
  public SSLSocketFactory as(String who) throws Exception {
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(KeyStore.getInstance(file("trusted-by-clients", "p12").toFile(), password()));
    KeyManager[] shown = {};
    if (!who.equals("none")) {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(KeyStore.getInstance(file(who, "p12").toFile(), password()), password());
      shown = keys.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown, trusted.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  private void trust(String store, String whom) throws Exception {
    keytool(
        store, "-importcert", "-noprompt", "-alias", whom, "-file", file(whom, "crt").toString());
  }

  private void keytool(String store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-keystore",
            file(store, "p12").toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("keytool " + arguments[0] + " of " + store + " failed");
    }
  }

  private Path file(String name, String kind) {
    return folder.resolve(name + "." + kind);
  }

  private static char[] password() {
    return PASSWORD.toCharArray();
  }
}
