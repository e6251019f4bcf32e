package pontic.house;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import pontic.operations.Fixture;

/** One that both practices of a house let send to their façades. */
public final class FacadeClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final House house;
  private final String name;
  private final String token;
  private final AtomicInteger sent = new AtomicInteger();

  /**
   * @param name begins the numbers of its requests
   */
  public FacadeClient(House house, String name) {
    this(house, name, "");
  }

  /**
   * @param token by which it is known everywhere; "" for those of the hospital
   */
  public FacadeClient(House house, String name, String token) {
    this.house = house;
    this.name = name;
    this.token = token;
  }

  /**
   * @param path behind the practice's own address
   */
  public HttpResponse<String> send(String practice, String method, String path, String body)
      throws Exception {
    return Fixture.request(
        method,
        base() + "/fhir/" + practice + path,
        body,
        "Content-Type",
        "application/fhir+json",
        "Authorization",
        token(practice),
        "X-Request-Id",
        name + "-" + sent.incrementAndGet());
  }

  /** What became of a request that was accepted, once it has its end. */
  public JsonNode untilEnded(String practice, HttpResponse<String> accepted) throws Exception {
    return untilEnded(practice, accepted.headers().firstValue("Content-Location").orElseThrow());
  }

  /**
   * @param status its address, as Content-Location told it
   */
  public JsonNode untilEnded(String practice, String status) throws Exception {
    HttpResponse<?>[] last = new HttpResponse<?>[1];
    House.until(
        status + " has ended",
        () -> {
          try {
            last[0] = Fixture.request("GET", base() + status, "", "Authorization", token(practice));
            return last[0].statusCode() == 200;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return JSON.readTree(last[0].body().toString());
  }

  private String base() {
    return "http://127.0.0.1:" + house.flags().get("pontic.facade.port");
  }

  private String token(String practice) {
    String hospital = practice.equals("elm") ? "ElmFacadeToken01" : "OakFacadeToken01";
    return "Bearer " + (token.isEmpty() ? hospital : token);
  }
}
