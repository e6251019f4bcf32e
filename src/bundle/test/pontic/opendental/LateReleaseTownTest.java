package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pontic.audit.SqlAudit;
import pontic.lane.ParkedMessages;
import pontic.opendental.Families.Human;
import pontic.retention.Retention;
import pontic.store.EmbeddedStore;
import pontic.store.Store;

/** A message that was parked for longer than the receipts of others are kept, and is let go on. */
final class LateReleaseTownTest {
  private static final Human ASH = Human.nora(1, "Ash");

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private final Town.Office office = new Town.Office();

  @Test
  void itIsSupersededByANewerOneThatIsStillKept() throws Exception {
    Town town = new Town(embedded.store(), office, Duration.ofSeconds(1));
    String older = parked(town);
    String newer = said(town);
    letGoOn(town, older);
    assertEquals(newer, reason(town, older));
  }

  @Test
  void itIsSupersededAndStopsNobodyIfTheNewerOneIsNoLongerKept() throws Exception {
    Store store = embedded.store();
    Town town = new Town(store, office, Duration.ofSeconds(1));
    String older = parked(town);
    String newer = said(town);
    town.say(Human.nora(2, "Larch"), "NORTH");
    town.serve();
    store.write(
        tx -> tx.sql("update message set ended_at = 1 where id = ?").params(newer).update());
    Retention retention = new Retention(store, new SqlAudit());
    assertEquals(1, retention.contents(90));
    assertEquals(1, retention.receipts(400));

    letGoOn(town, older);
    assertEquals("a newer message, whose receipt is no longer kept", reason(town, older));
    String other = town.say(Human.nora(3, "Rowan"), "NORTH");
    town.serve();
    assertEquals("landed", town.end(other), "the lane goes on");
  }

  /** It says a phone that another message has changed since. */
  private static String parked(Town town) throws Exception {
    String registered = town.say(ASH, "NORTH");
    town.serve();
    assertEquals("landed", town.end(registered));
    return town.stumbles(calling("5035551111"), "NORTH");
  }

  private static String said(Town town) throws Exception {
    String newer = town.say(calling("5035552222"), "NORTH");
    town.serve();
    assertEquals("landed", town.end(newer));
    return newer;
  }

  private void letGoOn(Town town, String older) throws Exception {
    assertEquals(ParkedMessages.Outcome.DONE, town.release(older));
    town.reads("update");
    town.serve();
    assertEquals("superseded by", town.end(older), reason(town, older));
    assertEquals("5035552222", office.rows.get(1L).path("HmPhone").asText().replaceAll("\\D", ""));
  }

  private static String reason(Town town, String message) {
    return town.text("select receipt_reason from message where id = ?", message);
  }

  private static Human calling(String phone) {
    return ASH.reached(phone, ASH.email(), ASH.street(), ASH.ssn());
  }
}
