package pontic.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * Lays the files of documents into what is sent, and nowhere else: a record, what was attempted and
 * what was acknowledged hold none, and so are compared as before (decision 0340).
 *
 * <p>Where a file goes, or the reason why none does, the mapping says: an attachment whose {@code
 * url} has the data-absent-reason {@code unsupported}. One without that gets no file.
 */
public final class Enclosures {
  private static final Logger LOG = LoggerFactory.getLogger(Enclosures.class);

  /** Rows that are documents of an office. */
  static final String DOCUMENT = "DocumentReference:document";

  private static final String ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);
  static final Duration LONGEST_LOOK = Duration.ofHours(6);

  /** {@code again_at} of one that is sent again since its file could be opened. */
  static final long SENT_AGAIN = -1;

  /** With these pauses, about two days; a folder that is away is waited for without an end. */
  private static final int MOST_LOOKS = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final OfficeFiles files;
  private final Vault vault;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  public Enclosures(OfficeFiles files, Vault vault) {
    this.files = files;
    this.vault = vault;
  }

  /**
   * A claim with its files.
   *
   * @param left what goes with another request, since this one is full or there is no time
   */
  record Read(Claim claim, List<Dues.Entry> left) {}

  /**
   * Reads the files of a claim. All together are no larger than one may be; the first is always
   * looked at.
   *
   * @param until of {@link System#nanoTime()}; none is read after it
   */
  Read read(Claim claim, long until) {
    List<Dues.Entry> going = new ArrayList<>();
    List<Dues.Entry> left = new ArrayList<>();
    Map<String, OfficeFiles.File> found = new HashMap<>();
    long room = files.most(claim.practice());
    for (Dues.Entry entry : claim.entries()) {
      if (!isWanted(entry)) {
        going.add(entry);
      } else if (!going.isEmpty() && System.nanoTime() - until > 0) {
        left.add(entry);
      } else {
        OfficeFiles.File file = files.read(claim.practice(), json(entry.record().row()));
        if (file.bytes().length > room) {
          left.add(entry);
        } else {
          room -= file.bytes().length;
          found.put(entry.identity(), file);
          going.add(entry);
        }
      }
    }
    return new Read(claim.with(going).withFiles(found), left);
  }

  /** Of what is read back at once no more than one may bring a file. */
  List<Dues.Entry> readable(String practice, List<Dues.Entry> entries) {
    List<Dues.Entry> readable = new ArrayList<>();
    boolean isOne = false;
    for (Dues.Entry entry : entries) {
      boolean mayBring = entry.resource().equals(DOCUMENT) && files.isOn(practice);
      if (!mayBring || !isOne) {
        readable.add(entry);
      }
      isOne |= mayBring;
    }
    return readable;
  }

  private static boolean isWanted(Dues.Entry entry) {
    return entry.resource().equals(DOCUMENT)
        && !entry.record().row().isEmpty()
        && isWanted(json(entry.record().fhir()));
  }

  /** What was taken back has no contents any more. */
  private static boolean isWanted(JsonNode resource) {
    return resource.path("status").asText().equals("current") && place(resource).isPresent();
  }

  /** The attachment that waits for a file. */
  private static Optional<ObjectNode> place(JsonNode resource) {
    for (JsonNode content : resource.path("content")) {
      if (content.path("attachment") instanceof ObjectNode attachment && isPlace(attachment)) {
        return Optional.of(attachment);
      }
    }
    return Optional.empty();
  }

  private static boolean isPlace(JsonNode attachment) {
    JsonNode extensions = attachment.path("_url").path("extension");
    return extensions.size() == 1
        && extensions.path(0).path("url").asText().equals(ABSENT)
        && extensions.path(0).path("valueCode").asText().equals(Enclosed.OFF.code());
  }

  /** The file into the resource, or why there is none. */
  static void join(ObjectNode resource, OfficeFiles.File file) {
    place(resource)
        .ifPresent(
            attachment -> {
              if (file.how() == Enclosed.JOINED) {
                attachment.remove("_url");
                attachment.put("data", file.bytes());
                attachment.put("size", file.bytes().length);
                attachment.put("hash", sha1(file.bytes()));
              } else {
                ((ObjectNode) attachment.path("_url").path("extension").path(0))
                    .put("valueCode", file.how().code());
              }
            });
  }

  /** Of what was acknowledged, all that is not of a file: that is looked at by {@link #holds}. */
  static JsonNode withoutPlace(JsonNode acknowledged) {
    JsonNode bare = acknowledged.deepCopy();
    place(bare).ifPresent(attachment -> attachment.remove("_url"));
    return bare;
  }

  /**
   * Whether the file that went along still stands there.
   *
   * @param hash as stored; empty if none went along
   */
  boolean holds(String hash, JsonNode stands) {
    boolean keepsElsewhere = false;
    for (JsonNode content : stands.path("content")) {
      JsonNode attachment = content.path("attachment");
      String data = attachment.path("data").asText("");
      if (!data.isEmpty()) {
        return hash.isEmpty() || hash.equals(hash(data));
      }
      // Some servers take contents out of a resource and leave an address.
      keepsElsewhere |= !attachment.path("url").asText("").isEmpty();
    }
    return hash.isEmpty() || keepsElsewhere;
  }

  private String hash(byte[] bytes) {
    return vault.index("document-bytes", sha1(bytes));
  }

  private String hash(String data) {
    try {
      return hash(Base64.getMimeDecoder().decode(data));
    } catch (IllegalArgumentException e) {
      return "no Base64";
    }
  }

  /** The destination has the entry, with its file or without. */
  void acknowledged(Transaction tx, Claim claim, Dues.Entry entry) {
    Optional<OfficeFiles.File> file =
        Optional.ofNullable(claim.files().get(entry.identity()))
            .filter(each -> each.how() != Enclosed.OFF);
    if (file.isPresent()) {
      Enclosed how = file.get().how();
      byte[] bytes = file.get().bytes();
      boolean isJoined = how == Enclosed.JOINED;
      put(tx, entry, how, bytes.length, isJoined ? hash(bytes) : "");
      say(entry, how);
    } else if (entry.resource().equals(DOCUMENT)) {
      forget(tx, entry);
    }
  }

  /**
   * An unclear attempt arrived: what stands there says whether its file did.
   *
   * @param stands as it was read
   */
  void stood(Transaction tx, Dues.Entry entry, JsonNode stands) {
    if (!entry.resource().equals(DOCUMENT) || !files.isOn(entry.practice())) {
      return;
    }
    if (!stands.path("status").asText().equals("current")) {
      forget(tx, entry);
      return;
    }
    for (JsonNode content : stands.path("content")) {
      String data = content.path("attachment").path("data").asText("");
      if (!data.isEmpty()) {
        long size = content.path("attachment").path("size").asLong(data.length());
        put(tx, entry, Enclosed.JOINED, size, hash(data));
        return;
      }
    }
    put(tx, entry, Enclosed.UNNAMED, 0, "");
  }

  private static void forget(Transaction tx, Dues.Entry entry) {
    tx.sql("delete from document_bytes where practice = ? and destination = ? and row_key = ?")
        .params(entry.practice(), entry.destination(), entry.key())
        .update();
  }

  /** One that was sent again for its file and still has none goes on with its longer pauses. */
  private void put(Transaction tx, Dues.Entry entry, Enclosed how, long size, String hash) {
    int tries =
        tx.sql(
                "select tries from document_bytes where practice = ? and destination = ? and row_key = ?"
                    + " and again_at = ?")
            .params(entry.practice(), entry.destination(), entry.key(), SENT_AGAIN)
            .query(Integer.class)
            .optional()
            .filter(any -> how != Enclosed.JOINED)
            .orElse(0);
    tx.sql(
            """
            insert into document_bytes (practice, destination, row_key, state, size, hash, rule, tries, again_at)
            values (:practice, :destination, :key, :state, :size, :hash, :rule, :tries, :again)
            on conflict (practice, destination, row_key) do update set state = excluded.state, size = excluded.size,
              hash = excluded.hash, rule = excluded.rule, tries = excluded.tries, again_at = excluded.again_at
            """)
        .param("practice", entry.practice())
        .param("destination", entry.destination())
        .param("key", entry.key())
        .param("state", how.text())
        .param("size", size)
        .param("hash", hash)
        .param("rule", rule(entry.practice()))
        .param("tries", tries)
        .param("again", later(how, tx.now(), tries))
        .update();
  }

  /** Keyed: a path may name somebody. */
  String rule(String practice) {
    return vault.index("document-rule", files.rule(practice));
  }

  boolean isOn(String practice) {
    return files.isOn(practice);
  }

  /**
   * How the file of a row stands now.
   *
   * @param row JSON of its columns
   */
  Enclosed look(String practice, String row) {
    return files.look(practice, json(row));
  }

  /**
   * When to look again, in milliseconds of the store's clock; 0 = not by itself.
   *
   * @param tries looks in vain so far
   */
  static long later(Enclosed how, Instant now, int tries) {
    boolean isOver = tries >= MOST_LOOKS && !how.isOfFolder();
    if (!how.heals() || isOver) {
      return 0;
    }
    Duration pause = FIRST_LOOK.multipliedBy(1L << Math.min(tries, MOST_LOOKS));
    return now.plus(pause.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : pause).toEpochMilli();
  }

  /** Once for each reason of a practice: the rest is counted. */
  private void say(Dues.Entry entry, Enclosed how) {
    if (how != Enclosed.JOINED && !how.isByRule() && said.add(entry.practice() + how)) {
      LOG.warn(
          "{} went to {} without its file: {}. {} Others of {} for this reason are counted in"
              + " pontic_documents and not said again.",
          entry.identity(),
          entry.destination(),
          how.words(),
          how.heals() ? "It is looked for again, with growing pauses, and then sent with it." : "",
          entry.practice());
    }
  }

  private static String sha1(byte[] bytes) {
    try {
      // R4 Attachment.hash is SHA-1; it protects nothing here.
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes what it read.
      throw new IllegalStateException("a stored document is no JSON");
    }
  }
}
