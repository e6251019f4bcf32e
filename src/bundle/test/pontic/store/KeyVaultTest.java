package pontic.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyVaultTest {
  private static final byte[] PLAIN = "Grüße".getBytes(StandardCharsets.UTF_8);

  private final Vault old = KeyVault.fromText("k9:" + key(1) + ",index:" + key(7));
  private final Vault rotated =
      KeyVault.fromText("k10:" + key(2) + ", k9:" + key(1) + ",index:" + key(7));

  @Test
  void whatIsSealedOpensForItsTableAndRow() {
    String sealed = old.seal("message", "m1", PLAIN);
    assertTrue(sealed.matches("v1:k9:[A-Za-z0-9_-]{16}:[A-Za-z0-9_-]+"), sealed);
    assertArrayEquals(PLAIN, old.open("message", "m1", sealed));
    assertArrayEquals(
        new byte[0], old.open("message", "m1", old.seal("message", "m1", new byte[0])));
  }

  @Test
  void aValueMovedElsewhereDoesNotOpen() {
    String sealed = old.seal("message", "m1", PLAIN);
    assertThrows(VaultException.class, () -> old.open("message", "m2", sealed));
    assertThrows(VaultException.class, () -> old.open("work", "m1", sealed));
    assertThrows(VaultException.class, () -> old.open("messagem", "1", sealed));
  }

  @Test
  void aChangedValueDoesNotOpenAndItsTextNamesNoValue() {
    String sealed = old.seal("message", "m1", PLAIN);
    char last = sealed.charAt(sealed.length() - 3);
    String changed =
        sealed.substring(0, sealed.length() - 3)
            + (last == 'A' ? 'B' : 'A')
            + sealed.substring(sealed.length() - 2);
    for (String bad :
        new String[] {
          changed,
          "",
          "v1",
          "v2" + sealed.substring(2),
          "v1:k9::",
          "v1:k9:AA:AA",
          "v1:k9:%%:!!",
          "plain text"
        }) {
      VaultException refused =
          assertThrows(VaultException.class, () -> old.open("message", "m1", bad), bad);
      assertTrue(refused.getMessage().contains("message m1"));
      assertFalse(bad.length() > 4 && refused.getMessage().contains(bad));
    }
  }

  @Test
  void anotherKeyUnderTheSameIdDoesNotOpen() {
    Vault other = KeyVault.fromText("k9:" + key(3) + ",index:" + key(7));
    assertThrows(
        VaultException.class, () -> other.open("message", "m1", old.seal("message", "m1", PLAIN)));
  }

  @Test
  void theHighestNumberSealsAndOldKeysStillOpen() {
    String before = old.seal("message", "m1", PLAIN);
    String after = rotated.seal("message", "m1", PLAIN);
    assertTrue(after.startsWith("v1:k10:"), after);
    assertArrayEquals(PLAIN, rotated.open("message", "m1", before));
    assertArrayEquals(PLAIN, rotated.open("message", "m1", after));
    VaultException refused =
        assertThrows(VaultException.class, () -> old.open("message", "m1", after));
    assertTrue(refused.getMessage().contains("k10"));
  }

  @Test
  void twoSealsOfOneValueDiffer() {
    assertNotEquals(old.seal("message", "m1", PLAIN), old.seal("message", "m1", PLAIN));
  }

  @Test
  void anIndexIsStableOverRotationAndKeepsPurposesApart() {
    String index = old.index("name-birth", "doe|1990-01-01");
    assertEquals(index, rotated.index("name-birth", "doe|1990-01-01"));
    assertTrue(index.matches("[A-Za-z0-9_-]{43}"), index);
    assertNotEquals(index, old.index("phone", "doe|1990-01-01"));
    assertNotEquals(old.index("ab", "c"), old.index("a", "bc"));
    assertNotEquals(
        index,
        KeyVault.fromText("k9:" + key(1) + ",index:" + key(8))
            .index("name-birth", "doe|1990-01-01"));
  }

  @Test
  void badKeysAreRefusedWithoutBeingQuoted() {
    String good = "k1:" + key(1) + ",index:" + key(7);
    for (String bad :
        new String[] {
          "",
          key(1),
          "k1:" + key(1),
          "index:" + key(7),
          "k1:not base64!,index:" + key(7),
          "k1:c2hvcnQ=,index:" + key(7),
          "K1:" + key(1) + ",index:" + key(7),
          "secretword:" + key(1) + ",index:" + key(7),
          good + ",k1:" + key(2),
          good + ",b1:" + key(2)
        }) {
      StoreException refused =
          assertThrows(StoreException.class, () -> KeyVault.fromText(bad), bad);
      for (Throwable t = refused; t != null; t = t.getCause()) {
        String said = String.valueOf(t.getMessage());
        assertFalse(
            said.contains(key(1)) || said.contains("not base64!") || said.contains("secretword"),
            said);
      }
    }
  }

  @Test
  void keysComeFromAPkcs12FileWithItsPassword(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    char[] password = "a password".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, password);
    KeyStore.PasswordProtection protection = new KeyStore.PasswordProtection(password);
    keys.setEntry(
        "k9", new KeyStore.SecretKeyEntry(new SecretKeySpec(bytes(1), "AES")), protection);
    keys.setEntry(
        "index", new KeyStore.SecretKeyEntry(new SecretKeySpec(bytes(7), "AES")), protection);
    try (OutputStream out = Files.newOutputStream(file)) {
      keys.store(out, password);
    }
    Vault fromFile = KeyVault.fromPkcs12(file, password);
    assertArrayEquals(PLAIN, fromFile.open("message", "m1", old.seal("message", "m1", PLAIN)));
    assertEquals(old.index("phone", "1"), fromFile.index("phone", "1"));
    assertThrows(StoreException.class, () -> KeyVault.fromPkcs12(file, "another".toCharArray()));
    assertThrows(
        StoreException.class, () -> KeyVault.fromPkcs12(folder.resolve("none.p12"), password));
  }

  @Test
  void demoKeysAreMadeOnceForTheOwnerAloneAndItIsSaid(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("data").resolve("demo.keys");
    DemoKeys made = KeyVault.createDemo(file);
    assertTrue(made.created());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    String sealed = made.vault().seal("message", "m1", PLAIN);

    DemoKeys again = KeyVault.createDemo(file);
    assertFalse(again.created());
    assertArrayEquals(PLAIN, again.vault().open("message", "m1", sealed));
    String keys = Files.readString(file);
    for (String said : new String[] {made.notice(), again.notice(), made.toString()}) {
      assertFalse(said.contains(keys.substring(3, 20)), said);
    }

    DemoKeys others = KeyVault.createDemo(folder.resolve("other.keys"));
    assertThrows(VaultException.class, () -> others.vault().open("message", "m1", sealed));
  }

  private static byte[] bytes(int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  private static String key(int fill) {
    return Base64.getEncoder().encodeToString(bytes(fill));
  }
}
