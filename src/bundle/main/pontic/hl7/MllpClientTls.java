package pontic.hl7;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import pontic.practice.Practice;
import pontic.practice.TrustFile;

/** TLS of the connections that we open to an HL7 v2 destination. */
public final class MllpClientTls {
  private MllpClientTls() {}

  /**
   * The files as they are now; a renewed one is used by the next generation.
   *
   * @param host as the address has it; a name of the server's certificate
   * @throws IOException if a file cannot be read; so for a wrong password
   */
  public static SSLContextParameters of(Practice.Tls tls, String host, int port)
      throws IOException, GeneralSecurityException {
    SSLContextParameters parameters = new ToPeer(host, port);
    TrustManagersParameters trusted = new TrustManagersParameters();
    trusted.setTrustManager(trust(tls));
    parameters.setTrustManagers(trusted);
    if (!tls.keyStore().isBlank()) {
      KeyStoreParameters store = new KeyStoreParameters();
      store.setResource("file:" + tls.keyStore());
      store.setPassword(tls.keyStorePassword().value());
      KeyManagersParameters keys = new KeyManagersParameters();
      keys.setKeyStore(store);
      keys.setKeyPassword(tls.keyStorePassword().value());
      parameters.setKeyManagers(keys);
    }
    return parameters;
  }

  /** Camel makes the context when an endpoint is made. */
  private static final class ToPeer extends SSLContextParameters {
    private final String host;
    private final int port;

    ToPeer(String host, int port) {
      this.host = host;
      this.port = port;
    }

    @Override
    public SSLContext createSSLContext(CamelContext camel)
        throws GeneralSecurityException, IOException {
      return KnownPeer.of(super.createSSLContext(camel), host, port);
    }
  }

  private static TrustManager trust(Practice.Tls tls) throws IOException, GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    if (tls.trustStore().isBlank()) {
      factory.init((KeyStore) null);
    } else {
      factory.init(TrustFile.open(Path.of(tls.trustStore()), tls.trustStorePassword()));
    }
    return Stream.of(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .map(ServerTrust::new)
        .orElseThrow(() -> new KeyStoreException("this Java trusts nobody"));
  }
}
