package pontic.send;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import pontic.store.StoreException;

/** Which failures say that a request certainly did not leave. */
public final class Unsent {
  private static final String OTHER = "the certificate of its server is for another name";

  /** Names of alerts are fixed words of TLS. */
  private static final Pattern ALERT =
      Pattern.compile("(?:\\(\\w+\\) )?Received fatal alert: ([a-z_]{1,40})");

  private Unsent() {}

  /**
   * Nobody took the connection, so nothing can have been done. The store's database cannot be
   * connected to either, and that says nothing about the request.
   */
  public static boolean is(Throwable failure) {
    boolean unconnected = false;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof StoreException) {
        return false;
      }
      unconnected |=
          isNotTrusted(t)
              || t instanceof ConnectException
              || t instanceof UnknownHostException
              || t instanceof NoRouteToHostException;
    }
    return unconnected;
  }

  /** We ended the handshake ourselves, before anything else was said. */
  private static boolean isNotTrusted(Throwable failure) {
    return failure instanceof SSLHandshakeException
        && failure.getCause() instanceof CertificateException;
  }

  /** Why nothing left, for what {@link #is} one. */
  public static String why(Throwable failure) {
    return tls(failure).orElse("it cannot be connected to");
  }

  /** What of TLS went wrong; empty if nothing of it did. */
  private static Optional<String> tls(Throwable failure) {
    Optional<String> words = Optional.empty();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateExpiredException) {
        return Optional.of("the certificate of its server has expired");
      } else if (t instanceof CertificateNotYetValidException) {
        return Optional.of("the certificate of its server is not valid yet");
      } else if (t instanceof CertPathBuilderException || t instanceof CertPathValidatorException) {
        words = Optional.of("the certificate of its server is not trusted here");
      } else if (t instanceof CertificateException && words.filter(OTHER::equals).isEmpty()) {
        words = Optional.of(OTHER);
      } else if (t instanceof SSLException && words.isEmpty()) {
        words = Optional.of(handshake(t));
      }
    }
    return words;
  }

  private static String handshake(Throwable failure) {
    Matcher alert = ALERT.matcher(String.valueOf(failure.getMessage()));
    return alert.matches()
        ? "its server refuses TLS with us: " + alert.group(1)
        : "it could not be spoken TLS with (" + failure.getClass().getSimpleName() + ")";
  }

  /** As {@code SocketTimeoutException}: texts may quote what was sent. */
  public static String name(Throwable failure) {
    Throwable root = failure;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof StoreException) {
        return "the store did not take the outcome";
      }
      root = t;
    }
    Optional<String> tls = tls(failure);
    if (tls.isPresent()) {
      return tls.get();
    }
    return "no answer came (" + root.getClass().getSimpleName() + ")";
  }
}
