package pontic.hl7;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Engines that know whom they speak to. camel-netty asks for engines without a host
 * (DefaultClientInitializerFactory of 4.18), and Java then has no name to hold a certificate
 * against; so the host is given here, and that it is looked at does not depend on an option of the
 * route.
 */
final class KnownPeer extends SSLContextSpi {
  private final SSLContext context;
  private final String host;
  private final int port;

  private KnownPeer(SSLContext context, String host, int port) {
    this.context = context;
    this.host = host;
    this.port = port;
  }

  /**
   * @param host as the address has it: a name or an address, which the certificate must bear
   */
  static SSLContext of(SSLContext context, String host, int port) {
    return new Context(new KnownPeer(context, host, port), context);
  }

  /** Java lets only heirs make one. */
  private static final class Context extends SSLContext {
    Context(SSLContextSpi engines, SSLContext context) {
      super(engines, context.getProvider(), context.getProtocol());
    }
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Whoever is named: it is this server that is spoken to. */
  @Override
  protected SSLEngine engineCreateSSLEngine(String otherHost, int otherPort) {
    return engineCreateSSLEngine();
  }

  @Override
  protected void engineInit(KeyManager[] keys, TrustManager[] trusted, SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("it is made of a context that is ready");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    throw new UnsupportedOperationException("it makes engines only");
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    throw new UnsupportedOperationException("it makes engines only");
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return context.getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return context.getClientSessionContext();
  }
}
