package pontic.store;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The vault with keys of its own: several AES-256 keys that open, of which the newest seals, and
 * one key for indexes that must stay as long as the data do.
 *
 * <p>A key id is small letters or hyphens, then a number ({@code k1}, {@code k2}); the highest
 * number is the newest. The index key's id is {@code index}. A key that has sealed something must
 * stay until nothing sealed by it is left.
 */
public final class KeyVault implements Vault {
  private static final String VERSION = "v1";
  private static final String INDEX = "index";
  private static final Pattern KEY_ID = Pattern.compile("[a-z-]{0,24}([0-9]{1,9})");
  private static final int KEY_BYTES = 32;
  private static final int IV_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final Map<String, SecretKeySpec> keys;
  private final String newest;
  private final SecretKeySpec indexKey;
  private final SecureRandom random = new SecureRandom();

  /** Looking for one among the providers takes longer than sealing a short text. */
  private final ThreadLocal<Cipher> ciphers = ThreadLocal.withInitial(KeyVault::aes);

  private final ThreadLocal<Mac> hashes = ThreadLocal.withInitial(this::hmac);

  private KeyVault(Map<String, byte[]> raw) {
    byte[] index = raw.get(INDEX);
    if (index == null) {
      throw new StoreException("The vault has no index key: one entry must be named " + INDEX);
    }
    Map<String, SecretKeySpec> sealing = new LinkedHashMap<>();
    raw.forEach(
        (id, key) -> {
          if (!id.equals(INDEX)) {
            number(id);
            sealing.put(id, new SecretKeySpec(key, "AES"));
          }
        });
    this.newest =
        sealing.keySet().stream()
            .max(Comparator.comparing(KeyVault::number))
            .orElseThrow(
                () ->
                    new StoreException(
                        "The vault has no key to seal with: one entry must be named like k1"));
    if (sealing.keySet().stream().map(KeyVault::number).distinct().count() != sealing.size()) {
      throw new StoreException(
          "Two keys of the vault have the same number, so which is newer cannot be told");
    }
    this.keys = Map.copyOf(sealing);
    this.indexKey = new SecretKeySpec(index, "HmacSHA256");
  }

  /**
   * Keys from text, as an environment value or a mounted secret holds them: {@code
   * k1:<base64>,k2:<base64>,index:<base64>}, 32 bytes each.
   *
   * @throws StoreException if an entry is malformed; it names the entry's position only
   */
  public static KeyVault fromText(String text) {
    Map<String, byte[]> raw = new LinkedHashMap<>();
    List<String> entries = List.of(text.strip().split(","));
    for (int i = 0; i < entries.size(); i++) {
      String[] parts = entries.get(i).strip().split(":", 2);
      String where = "Entry " + (i + 1) + " of the vault's keys ";
      if (parts.length != 2) {
        throw new StoreException(where + "is not of the form id:base64");
      }
      byte[] key;
      try {
        key = Base64.getDecoder().decode(parts[1]);
      } catch (IllegalArgumentException e) {
        // Without the cause: it quotes a character of the key.
        throw new StoreException(where + "is not base64");
      }
      if (key.length != KEY_BYTES) {
        throw new StoreException(where + "has " + key.length + " bytes instead of " + KEY_BYTES);
      }
      if (raw.put(parts[0], key) != null) {
        throw new StoreException(where + "has an id that was there before");
      }
    }
    return new KeyVault(raw);
  }

  /**
   * Keys from a PKCS12 file, aliases as key ids ({@code keytool -genseckey -storetype PKCS12
   * -keyalg AES -keysize 256 -alias k1}).
   *
   * @param password stays the caller's, who may clear it afterwards
   */
  public static KeyVault fromPkcs12(Path file, char[] password) {
    Map<String, byte[]> raw = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      for (String alias : (Iterable<String>) store.aliases()::asIterator) {
        byte[] key =
            store.entryInstanceOf(alias, KeyStore.SecretKeyEntry.class)
                ? store.getKey(alias, password).getEncoded()
                : new byte[0];
        if (key.length != KEY_BYTES) {
          throw new StoreException(
              "Entry " + alias + " of the key file " + file + " is not a secret key of 256 bits");
        }
        raw.put(alias, key);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new StoreException(
          "The key file " + file + " cannot be opened: missing, damaged, or another password", e);
    }
    return new KeyVault(raw);
  }

  /**
   * Keys for a demo: reads the file, or makes it, readable by its owner only, with new random keys.
   * The keys lie beside the data that they protect, so whoever calls this says so ({@link
   * DemoKeys#notice()}).
   */
  public static DemoKeys createDemo(Path file) {
    try {
      boolean created = !Files.exists(file);
      if (created) {
        byte[] bytes = new byte[KEY_BYTES];
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder();
        for (String id : List.of("k1", INDEX)) {
          random.nextBytes(bytes);
          text.append(text.length() == 0 ? "" : ",")
              .append(id)
              .append(':')
              .append(Base64.getEncoder().encodeToString(bytes));
        }
        writeOwnerOnly(file, text.toString());
      }
      return new DemoKeys(
          fromText(Files.readString(file, StandardCharsets.US_ASCII)), file, created);
    } catch (IOException e) {
      throw new StoreException(
          "The demo's key file "
              + file
              + " cannot be read or made: "
              + e.getClass().getSimpleName(),
          e);
    }
  }

  @Override
  public String seal(String table, String row, byte[] plain) {
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, newest, iv, table, row).doFinal(plain);
      Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
      return VERSION
          + ":"
          + newest
          + ":"
          + text.encodeToString(iv)
          + ":"
          + text.encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new VaultException(
          "Could not seal a value of " + table + " " + row + " with key " + newest, e);
    }
  }

  @Override
  public byte[] open(String table, String row, String sealed) {
    String[] parts = sealed.split(":", -1);
    if (parts.length != 4 || !parts[0].equals(VERSION) || !KEY_ID.matcher(parts[1]).matches()) {
      throw new VaultException("The value of " + table + " " + row + " is not a sealed one", null);
    }
    if (!keys.containsKey(parts[1])) {
      throw new VaultException(
          "The value of "
              + table
              + " "
              + row
              + " was sealed by key "
              + parts[1]
              + ", which is not here",
          null);
    }
    try {
      byte[] iv = Base64.getUrlDecoder().decode(parts[2]);
      byte[] text = Base64.getUrlDecoder().decode(parts[3]);
      if (iv.length != IV_BYTES || text.length < TAG_BITS / Byte.SIZE) {
        throw new GeneralSecurityException("too short or too long to be a sealed value");
      }
      return cipher(Cipher.DECRYPT_MODE, parts[1], iv, table, row).doFinal(text);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new VaultException(
          "The value of "
              + table
              + " "
              + row
              + " does not open with key "
              + parts[1]
              + ": changed, or moved from another row",
          e);
    }
  }

  @Override
  public String index(String purpose, String value) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(hashes.get().doFinal(framed(purpose, value)));
  }

  private static Cipher aes() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new VaultException("This Java has no AES-GCM", e);
    }
  }

  private Mac hmac() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(indexKey);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new VaultException("This Java has no HMAC-SHA-256 for this key", e);
    }
  }

  private Cipher cipher(int mode, String keyId, byte[] iv, String table, String row)
      throws GeneralSecurityException {
    Cipher cipher = ciphers.get();
    cipher.init(mode, keys.get(keyId), new GCMParameterSpec(TAG_BITS, iv));
    cipher.updateAAD(framed(VERSION, keyId, table, row));
    return cipher;
  }

  /** Each part with its length before it, so that ("ab", "c") and ("a", "bc") differ. */
  private static byte[] framed(String... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (String part : parts) {
        byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static int number(String id) {
    Matcher matcher = KEY_ID.matcher(id);
    if (!matcher.matches()) {
      throw new StoreException("A key id of the vault is not small letters and a number, like k1");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /**
   * Under another name first and synced: half a key file, or one lost in a power cut, would lose
   * all that it sealed.
   */
  private static void writeOwnerOnly(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    Files.createDirectories(folder, posix ? permissions("rwx------") : new FileAttribute<?>[0]);
    Path half = folder.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(half);
    try (FileChannel channel =
        FileChannel.open(
            half,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            posix ? permissions("rw-------") : new FileAttribute<?>[0])) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    if (posix) {
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  private static FileAttribute<?>[] permissions(String text) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
    };
  }
}
