package pontic.practice;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collections;

/** A file of certificates that are trusted: PEM, PKCS12 or JKS. */
public final class TrustFile {
  private static final String PEM = "-----BEGIN CERTIFICATE-----";
  private static final int LARGEST = 16 * 1024 * 1024;

  private TrustFile() {}

  /**
   * @param password of PKCS12 and JKS; PEM has none
   * @throws KeyStoreException if it holds no certificate to trust
   */
  public static KeyStore open(Path file, Secret password)
      throws IOException, GeneralSecurityException {
    if (Files.size(file) > LARGEST) {
      throw new IOException("too large for certificates");
    }
    byte[] bytes = Files.readAllBytes(file);
    KeyStore store =
        new String(bytes, StandardCharsets.ISO_8859_1).contains(PEM)
            ? pem(bytes)
            : KeyStore.getInstance(file.toFile(), password.value().toCharArray());
    for (String alias : Collections.list(store.aliases())) {
      if (store.isCertificateEntry(alias)) {
        return store;
      }
    }
    throw new KeyStoreException("no certificate to trust");
  }

  private static KeyStore pem(byte[] bytes) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    int number = 0;
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))) {
      number++;
      store.setCertificateEntry("trusted-" + number, certificate);
    }
    return store;
  }
}
