package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.opendental.Families.Family;
import pontic.opendental.Families.Human;
import pontic.opendental.Likeness.Result;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/**
 * Nothing that is said of one human being is ever written to another's row. {@code
 * -Dpontic.families.seed=N} plays other families; a seed that fails is in the message.
 */
final class FamiliesTest {
  private static final long SEED = Long.getLong("pontic.families.seed", 20261122L);
  private static final int FAMILIES = Integer.getInteger("pontic.families", 10_000);
  private static final int STORED = Math.min(FAMILIES, 40);

  @TempDir Path folder;

  @Test
  void ofTenThousandFamiliesNobodyIsTakenForAnother() {
    Families families = new Families(SEED);
    Town.Office office = new Town.Office();
    List<Human> messages = new ArrayList<>();
    for (int i = 0; i < FAMILIES; i++) {
      Family family = families.next(i);
      family.desk().forEach(human -> office.add(fields(human), human.id()));
      messages.addAll(family.messages());
    }
    Map<String, Integer> ends = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (Human said : messages) {
      Result result =
          Likeness.find(Town.RULES.matching(), fields(said), office.born(said.birth()), Set.of());
      if (result instanceof Result.Same same) {
        boolean right = office.of.get(same.patNum()) == said.id();
        ends.merge(right ? "found" : "WRONG", 1, Integer::sum);
        if (!right) {
          wrong.add(
              said.id()
                  + " taken for "
                  + office.of.get(same.patNum())
                  + ": "
                  + fields(said)
                  + office.rows.get(same.patNum()));
        }
      } else if (result instanceof Result.Doubtful) {
        ends.merge("held", 1, Integer::sum);
      } else {
        boolean second = office.known.contains(said.id());
        ends.merge(second ? "second row" : "new", 1, Integer::sum);
        office.add(fields(said), said.id());
      }
    }
    System.out.printf(
        "families %d, seed %d, messages %d: %s, held %.1f %%%n",
        FAMILIES, SEED, messages.size(), ends, 100.0 * ends.get("held") / messages.size());
    assertEquals(List.of(), wrong, "seed " + SEED);
    // Holding everybody would be right as well, and of no use.
    assertTrue(ends.get("found") + ends.get("new") > messages.size() / 2, ends.toString());
  }

  /**
   * With numbers, waiting creates, the store and the lane; only the wire and the office are not
   * real.
   */
  @Test
  void norWithNumbersThatAreRememberedAndPatientsThatStillWait() throws Exception {
    try (Store store =
        Stores.open(
            StoreSettings.embedded(folder), KeyVault.createDemo(folder.resolve("keys")).vault())) {
      Town town = new Town(store, new Town.Office(), Duration.ofSeconds(60));
      town.serve();
      Families families = new Families(SEED);
      for (int i = 0; i < STORED; i++) {
        Family family = families.next(i);
        family.desk().forEach(human -> town.office.add(fields(human), human.id()));
        for (int m = 0; m < family.messages().size(); m++) {
          Human said = family.messages().get(m);
          town.say(said, m % 2 == 0 ? "NORTH" : "SOUTH");
          // The same hospital says the same number again, and the name as it pleases.
          town.say(
              said.named("Changed", said.first(), said.middle()), m % 2 == 0 ? "NORTH" : "SOUTH");
        }
        if (i % 3 == 0) {
          town.serve();
        }
      }
      town.serve();
      System.out.printf("families %d by the store: %s%n", STORED, town.ends());
      assertEquals(List.of(), town.wrong, "seed " + SEED);
      assertTrue(town.writes > STORED, "writes " + town.writes);
      assertEquals(0L, town.ends().getOrDefault("", 0L), "none is left open");
    }
  }

  private static ObjectNode fields(Human human) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("LName", human.last())
        .put("FName", human.first())
        .put("MiddleI", human.middle())
        .put("Birthdate", human.birth())
        .put("Gender", human.sex())
        .put("HmPhone", human.phone())
        .put("Email", human.email())
        .put("Address", human.street())
        .put("Zip", human.zip())
        .put("SSN", human.ssn());
  }
}
