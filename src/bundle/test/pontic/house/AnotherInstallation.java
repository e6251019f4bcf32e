package pontic.house;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import pontic.lane.Lane;
import pontic.lane.Work;
import pontic.sandbox.api.OpenDentalApi;

/** Writes into elm with the house's own keys; and what the house finds out about it. */
public final class AnotherInstallation {
  private final House house;

  public AnotherInstallation(House house) {
    this.house = house;
  }

  /** A request that Open Dental takes. */
  public void writes(String method, String path, String body) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(house.flags().get("practices.elm.api.url") + path))
                    .header(
                        "Authorization",
                        "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + OpenDentalApi.ELM_KEY)
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.statusCode() / 100 == 2, answer.statusCode() + " " + answer.body());
    // Two clients of one key cannot keep their distance.
    house.api().requests().clear();
  }

  /** What the house has counted of it, once an hour has passed. */
  public long counted() {
    long before = lastLook();
    house.ledger().change("update lane set own_log_at = 1 where practice = 'elm'");
    house.bundle().context().getRegistry().lookupByNameAndType("lane", Lane.class).watch();
    House.until("the log is asked for", () -> lastLook() > Math.max(1, before));
    House.until(
        "and read",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from work where practice = 'elm' and event = '"
                            + Work.OWN_LOG
                            + "' and state = 'waiting'")
                == 0);
    return house
        .ledger()
        .count("select coalesce(sum(n), 0) from tally where what = 'foreign' and practice = 'elm'");
  }

  private long lastLook() {
    return house.ledger().count("select own_log_at from lane where practice = 'elm'");
  }
}
