package pontic.house;

import java.io.IOException;
import java.io.OutputStream;
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

  /** Those that are there already are replaced. */
  public static Certificates make(Path folder) throws Exception {
    Certificates made = new Certificates(Files.createDirectories(folder));
    List<Process> tools = new ArrayList<>();
    for (String who : List.of("server", "client", "stranger")) {
      Files.deleteIfExists(made.file(who, "p12"));
      tools.add(made.keytool(who));
    }
    for (Process tool : tools) {
      if (tool.waitFor() != 0) {
        throw new IOException("keytool failed");
      }
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
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, password());
    trusted.setCertificateEntry(
        whom, KeyStore.getInstance(file(whom, "p12").toFile(), password()).getCertificate(whom));
    try (OutputStream out = Files.newOutputStream(file(store, "p12"))) {
      trusted.store(out, password());
    }
  }

  private Process keytool(String who) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            who,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + who,
            "-ext",
            "SAN=IP:127.0.0.1",
            "-keystore",
            file(who, "p12").toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private Path file(String name, String kind) {
    return folder.resolve(name + "." + kind);
  }

  private static char[] password() {
    return PASSWORD.toCharArray();
  }
}
