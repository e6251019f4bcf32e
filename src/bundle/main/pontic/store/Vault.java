package pontic.store;

/** Seals bodies before they reach the disk and makes blind indexes of what must be found again. */
public interface Vault {

  /**
   * AES-256-GCM with a fresh 12 byte IV; the text form carries version and key id ({@code v1:<key
   * id>:<iv>:<ciphertext>}, base64url). Table and row are bound as associated data: a value moved
   * to another row does not open.
   */
  String seal(String table, String row, byte[] plain);

  /**
   * @throws VaultException if the value was not sealed for this table and row, or by a key that is
   *     not here
   */
  byte[] open(String table, String row, String sealed);

  /**
   * Keyed hash (HMAC-SHA-256, base64url) for look-ups; {@code purpose} keeps equal values of two
   * purposes apart.
   */
  String index(String purpose, String value);
}
