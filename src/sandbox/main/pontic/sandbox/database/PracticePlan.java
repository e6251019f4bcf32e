package pontic.sandbox.database;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.util.HexFormat;

/**
 * What a practice shall be like.
 *
 * @param id lower-case letters, digits and dashes, beginning with a letter, at most 30
 * @param patients how many patients to seed when the database is new
 * @param clinics whether it has a clinic (and its rows carry ClinicNum 1) or none (0)
 * @param seed same seed, same people
 * @param readAccount name of the account with SELECT on this practice's database; practices that
 *     share the name share the account
 * @param readPassword its password
 */
public record PracticePlan(
    String id,
    ZoneId zone,
    SchemaLevel level,
    String programVersion,
    Engine engine,
    int patients,
    boolean clinics,
    long seed,
    String readAccount,
    String readPassword) {

  /** Name and default password of the accounts for reading. */
  public static final String READ_ACCOUNT = "pontic_read";

  public static final String READ_PASSWORD = "pontic-read";

  public PracticePlan {
    if (!id.matches("[a-z][a-z0-9-]{0,29}")) {
      throw new IllegalArgumentException(
          "Not a practice id: '" + id + "'; use lower-case letters, digits and dashes");
    }
    if (patients < 0) {
      throw new IllegalArgumentException("A practice cannot have " + patients + " patients");
    }
  }

  /** Practice {@code elm}: New York, schema level 25.3, no clinics. */
  public static PracticePlan elm(Engine engine, int patients) {
    return new PracticePlan(
        "elm",
        ZoneId.of("America/New_York"),
        new SchemaLevel(25, 3),
        "25.3.36.0",
        engine,
        patients,
        false,
        1,
        READ_ACCOUNT,
        READ_PASSWORD);
  }

  /** Practice {@code oak}: Los Angeles, schema level 23.1, one clinic. */
  public static PracticePlan oak(Engine engine, int patients) {
    return new PracticePlan(
        "oak",
        ZoneId.of("America/Los_Angeles"),
        new SchemaLevel(23, 1),
        "23.1.30.0",
        engine,
        patients,
        true,
        2,
        READ_ACCOUNT,
        READ_PASSWORD);
  }

  /** The same practice under another id and seed. */
  public PracticePlan as(String otherId, long otherSeed) {
    return new PracticePlan(
        otherId,
        zone,
        level,
        programVersion,
        engine,
        patients,
        clinics,
        otherSeed,
        readAccount,
        readPassword);
  }

  /**
   * The same practice at another version.
   *
   * @param version e.g. 22.4.38.0, of any level that the schema's data knows
   */
  public PracticePlan at(String version) {
    return new PracticePlan(
        id,
        zone,
        SchemaLevel.of(version),
        version,
        engine,
        patients,
        clinics,
        seed,
        readAccount,
        readPassword);
  }

  /** Name of its database on the server. */
  public String database() {
    return id.replace("-", "_");
  }

  /**
   * The customer key that stands in {@code apikey}: 16 letters and digits, a function of the id;
   * {@code ElmCustomerKey01} for {@code elm}.
   */
  public String customerKey() {
    String name = Character.toUpperCase(id.charAt(0)) + id.substring(1);
    if (name.matches("[A-Za-z0-9]{3}")) {
      return name + "CustomerKey01";
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
