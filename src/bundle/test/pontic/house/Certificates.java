package pontic.house;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
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
   * One more key.
   *
   * @param address SAN of its certificate
   * @param from first day of its certificate, as keytool's -startdate; it is good for one day if it
   *     is not now
   */
  public void also(String who, String address, String from) throws Exception {
    Files.deleteIfExists(file(who, "p12"));
    if (keytool(who, address, from).waitFor() != 0) {
      throw new IOException("keytool failed");
    }
    trust("trusting-" + who, who);
  }

  /** A file that trusts this one's certificate alone; those of {@link #also}. */
  public Path trusting(String who) {
    return file("trusting-" + who, "p12");
  }

  /** Key and certificate. */
  public Path keys(String who) {
    return file(who, "p12");
  }

  /** The certificate as PEM. */
  public Path pem(String who) throws Exception {
    Certificate certificate =
        KeyStore.getInstance(file(who, "p12").toFile(), password()).getCertificate(who);
    return Files.writeString(
        file(who, "pem"),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n");
  }

  /**
   * Sockets that listen.
   *
   * @param who server, or one of {@link #also}
   * @param asks only the client is let in
   */
  public ServerSocketFactory listening(String who, boolean asks) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(file(who, "p12").toFile(), password()), password());
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(KeyStore.getInstance(store("trustStore").toFile(), password()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
    SSLServerSocketFactory sockets = context.getServerSocketFactory();
    return new ServerSocketFactory() {
      @Override
      public ServerSocket createServerSocket() throws IOException {
        SSLServerSocket socket = (SSLServerSocket) sockets.createServerSocket();
        socket.setNeedClientAuth(asks);
        return socket;
      }

      @Override
      public ServerSocket createServerSocket(int port) throws IOException {
        throw new IOException("bound later");
      }

      @Override
      public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        throw new IOException("bound later");
      }

      @Override
      public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
          throws IOException {
        throw new IOException("bound later");
      }
    };
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
    return keytool(who, "IP:127.0.0.1", "");
  }

  private Process keytool(String who, String address, String from) throws IOException {
    List<String> when = from.isEmpty() ? List.of() : List.of("-startdate", from, "-validity", "1");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                who,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + who,
                "-ext",
                "SAN=" + address,
                "-keystore",
                file(who, "p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
    command.addAll(when);
    return new ProcessBuilder(command)
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
