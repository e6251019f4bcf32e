package pontic.facade;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.accept.Accepted;
import pontic.facade.FhirFault.Flaw;
import pontic.understand.Kinds;

/**
 * The interactions of one base. Which resource types are taken is data, so they are told apart here
 * and not by classes.
 */
final class FhirServlet extends HttpServlet {
  private static final Logger LOG = LoggerFactory.getLogger(FhirServlet.class);
  private static final long serialVersionUID = 1L;
  private static final int DEEPEST = 64;
  private static final int LONGEST_NUMBER = 100;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(LONGEST_NUMBER)
                          .maxTokenCount(Reading.MOST)
                          // The body is bounded, whatever stands in it.
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final String practice;
  private final transient Set<String> practices;
  private final transient Supplier<Kinds> kinds;
  private final transient Offers offers;
  private final transient Structure structure;
  private final transient Reading reading;
  private final transient HandOver handOver;
  private final transient Landing landing;
  private final transient Statement statement;
  private final transient Tasks tasks;
  private final transient Faults faults;
  private final transient Duration patience;
  private final int largest;

  /**
   * @param practices all that there are
   * @param patience how long an answer waits for what it accepted to land
   * @param largest bytes of a body
   */
  FhirServlet(
      String practice,
      Set<String> practices,
      Supplier<Kinds> kinds,
      Offers offers,
      Structure structure,
      Reading reading,
      HandOver handOver,
      Landing landing,
      Statement statement,
      Tasks tasks,
      Faults faults,
      Duration patience,
      int largest) {
    this.practice = practice;
    this.practices = practices;
    this.kinds = kinds;
    this.offers = offers;
    this.structure = structure;
    this.reading = reading;
    this.handOver = handOver;
    this.landing = landing;
    this.statement = statement;
    this.tasks = tasks;
    this.faults = faults;
    this.patience = patience;
    this.largest = largest;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      String path = Optional.ofNullable(request.getPathInfo()).orElse("/").substring(1);
      if (request.getMethod().equals("GET") && path.equals("metadata")) {
        faults.answer(response, 200, statement.of(kinds.get()));
        return;
      }
      acceptable(request);
      if (request.getMethod().equals("GET") && Tasks.are(path)) {
        tasks.read(
            Gate.caller(request).client(), path, decoded(request.getQueryString()), response);
        return;
      }
      read(request, response, path).run();
    } catch (FhirFault fault) {
      faults.answer(response, fault.status(), fault.outcome());
    } catch (RuntimeException e) {
      LOG.warn(
          "facade: a request to {} failed with {} at {}; nothing was accepted",
          practice,
          e.getClass().getSimpleName(),
          e.getStackTrace().length == 0 ? "?" : e.getStackTrace()[0]);
      faults.answer(response, 500, "Pontic failed on this request; nothing was accepted");
    }
  }

  private static void acceptable(HttpServletRequest request) {
    List<String> accept = Collections.list(request.getHeaders("Accept"));
    boolean json =
        accept.isEmpty()
            || accept.stream()
                .map(each -> each.toLowerCase(Locale.ROOT))
                .anyMatch(
                    each ->
                        each.contains("json")
                            || each.contains("*/*")
                            || each.contains("application/*"));
    if (!json) {
      throw new FhirFault(
          406, IssueType.NOTSUPPORTED, "", "Answers are application/fhir+json, nothing else");
    }
    if (request.getHeader("If-Match") != null || request.getHeader("If-None-Match") != null) {
      throw new FhirFault(
          412, IssueType.NOTSUPPORTED, "", "Versions of resources are not kept here");
    }
  }

  /** What is left to do when a body is read; it holds nothing of the tree that was read. */
  @FunctionalInterface
  private interface Rest {
    void run() throws IOException;
  }

  /** Has its room while it reads: neither the store nor a client is waited for with it. */
  private Rest read(HttpServletRequest request, HttpServletResponse response, String path) {
    Reading.Held room = reading.hold(Gate.body(request));
    try {
      return serve(request, response, path);
    } finally {
      room.close();
    }
  }

  private Rest serve(HttpServletRequest request, HttpServletResponse response, String path) {
    String[] parts = path.split("/", -1);
    boolean post = request.getMethod().equals("POST");
    String query = decoded(request.getQueryString());
    Caller caller = Gate.caller(request);
    Intake intake =
        new Intake(
            kinds.get(), offers.now(), structure, practice, caller.client(), practices, largest);
    String requestId = Gate.requestId(request);
    byte[] sent = Gate.body(request);
    if (post && path.endsWith("$validate") && parts.length <= 2) {
      OperationOutcome told =
          validate(caller, intake, parts.length == 2 ? parts[0] : "", query, sent);
      return () -> faults.answer(response, 200, told);
    } else if (post && path.isEmpty()) {
      ObjectNode bundle = bundle(sent, "transaction");
      Cut cut = intake.transaction(bundle, requestId);
      return () -> accept(request, caller, requestId, cut, JSON.createObjectNode());
    } else if (post && path.equals("$process-message")) {
      ObjectNode bundle = bundle(sent, "message");
      // Of all that it holds, the header alone is answered.
      JsonNode header = bundle.at("/entry/0").deepCopy();
      Cut cut = intake.message(bundle, requestId);
      return () -> accept(request, caller, requestId, cut, header);
    } else if (parts.length == 1
        && !path.isEmpty()
        && !path.startsWith("$")
        && (post || !query.isEmpty())) {
      intake.taken(path, 404, "");
      String condition =
          post ? condition(request.getHeader("If-None-Exist")) : Intake.searched(query, "");
      Action action = post ? Action.CREATE : Action.UPDATE;
      intake.offered(path, action, 405, "");
      return one(request, intake, caller, sent, new Intake.Wish(path, action, "", condition));
    } else if (parts.length == 2 && !post && Intake.isId(parts[1])) {
      intake.taken(parts[0], 404, "");
      intake.offered(parts[0], Action.UPDATE, 405, "");
      return one(
          request, intake, caller, sent, new Intake.Wish(parts[0], Action.UPDATE, parts[1], ""));
    } else {
      throw new FhirFault(
          404, IssueType.NOTFOUND, "", "There is no such address here; see /metadata");
    }
  }

  private Rest one(
      HttpServletRequest request, Intake intake, Caller caller, byte[] sent, Intake.Wish wish) {
    ObjectNode resource = resource(sent);
    String requestId = Gate.requestId(request);
    sound(resource);
    Cut cut = intake.alone(resource, sent, wish, requestId);
    return () -> accept(request, caller, requestId, cut, MissingNode.getInstance());
  }

  private static String condition(String header) {
    return header == null || header.isBlank()
        ? ""
        : Intake.searched(decoded(header.trim().replaceFirst("^[^?]*\\?", "")), "");
  }

  private static String decoded(String query) {
    try {
      return query == null ? "" : URLDecoder.decode(query, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new FhirFault(400, IssueType.INVALID, "", "The address cannot be read");
    }
  }

  /**
   * JSON within bounds, of which no key is there twice: two readers might believe different ones.
   */
  private static ObjectNode resource(byte[] sent) {
    JsonNode read;
    try {
      read = JSON.readTree(sent);
    } catch (JsonProcessingException e) {
      throw new FhirFault(
          400,
          IssueType.STRUCTURE,
          "",
          "The body is not JSON from line "
              + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
              + " on, has a key twice, or is nested deeper than "
              + DEEPEST);
    } catch (IOException e) {
      throw new FhirFault(400, IssueType.STRUCTURE, "", "The body cannot be read");
    }
    if (read instanceof ObjectNode object) {
      return object;
    }
    throw new FhirFault(
        400, IssueType.STRUCTURE, "", "The body is not a FHIR resource, which is a JSON object");
  }

  private void sound(ObjectNode resource) {
    String kind = resource.path("resourceType").asText();
    List<Flaw> flaws = structure.flaws(resource, structure.knows(kind) ? kind : "");
    if (!flaws.isEmpty()) {
      throw new FhirFault(400, flaws);
    }
    List<Flaw> unknown = Modifiers.unknown(resource, kind);
    if (!unknown.isEmpty()) {
      throw new FhirFault(422, unknown);
    }
  }

  private ObjectNode bundle(byte[] sent, String type) {
    ObjectNode bundle = resource(sent);
    if (!bundle.path("resourceType").asText().equals("Bundle")) {
      throw new FhirFault(400, IssueType.INVALID, "", "What is sent to this address is a Bundle");
    }
    sound(bundle);
    if (!bundle.path("type").asText().equals(type)) {
      throw new FhirFault(
          422,
          IssueType.NOTSUPPORTED,
          "Bundle.type",
          "taken are transaction at the base and message at $process-message");
    }
    return bundle;
  }

  /** Whether it would be taken; nothing is kept of it. */
  private OperationOutcome validate(
      Caller caller, Intake intake, String kind, String query, byte[] sent) {
    ObjectNode given = resource(sent);
    JsonNode inner = given;
    if (given.path("resourceType").asText().equals("Parameters")) {
      for (JsonNode each : given.path("parameter")) {
        inner = each.path("name").asText().equals("resource") ? each.path("resource") : inner;
      }
    }
    if (!kind.isEmpty()) {
      intake.taken(kind, 404, "");
    }
    List<Flaw> flaws = new ArrayList<>();
    if (query.contains("profile=")
        || given.path("parameter").findValuesAsText("name").contains("profile")) {
      flaws.add(
          new Flaw(
              IssueType.NOTSUPPORTED,
              "",
              "profiles are not looked at here, only R4 itself and what is taken"));
    }
    String said = inner.path("resourceType").asText();
    try {
      flaws.addAll(structure.flaws(inner, structure.knows(said) ? said : ""));
      if (flaws.isEmpty()) {
        flaws.addAll(Modifiers.unknown(inner, said));
      }
      if (flaws.isEmpty()) {
        ObjectNode resource = (ObjectNode) inner;
        Cut cut =
            switch (resource.path("resourceType").asText() + resource.path("type").asText("")) {
              case "Bundletransaction" -> intake.transaction(resource, "validate");
              case "Bundlemessage" -> intake.message(resource, "validate");
              default ->
                  intake.alone(
                      resource,
                      sent,
                      new Intake.Wish(kind.isEmpty() ? said : kind, Action.CREATE, "", ""),
                      "validate");
            };
        flaws.addAll(forbidden(caller, cut));
      }
    } catch (FhirFault fault) {
      flaws.addAll(fault.flaws());
    }
    return flaws.isEmpty()
        ? Faults.outcome(
            OperationOutcome.IssueSeverity.INFORMATION,
            IssueType.INFORMATIONAL,
            "This would be taken; nothing was accepted")
        : FhirFault.outcome(flaws);
  }

  /** What of a request this caller may not do. */
  private static List<Flaw> forbidden(Caller caller, Cut cut) {
    List<Flaw> flaws = new ArrayList<>();
    for (Part part : cut.parts()) {
      forbidden(caller, part.kind(), part.action()).ifPresent(flaws::add);
      part.brings().forEach(kind -> forbidden(caller, kind, part.action()).ifPresent(flaws::add));
    }
    cut.carried()
        .forEach(each -> forbidden(caller, each.kind(), each.action()).ifPresent(flaws::add));
    return flaws;
  }

  private static Optional<Flaw> forbidden(Caller caller, String kind, Action action) {
    return caller.rights().allow(kind, action)
        ? Optional.empty()
        : Optional.of(
            new Flaw(
                IssueType.FORBIDDEN,
                "",
                "Your system may not "
                    + action.name().toLowerCase(Locale.ROOT)
                    + " "
                    + kind
                    + " here; it needs the scope system/"
                    + kind
                    + (action == Action.CREATE ? ".c" : ".u")));
  }

  private void accept(
      HttpServletRequest request, Caller caller, String requestId, Cut cut, JsonNode asked) {
    List<Flaw> forbidden = forbidden(caller, cut);
    if (!forbidden.isEmpty()) {
      throw new FhirFault(403, List.of(forbidden.get(0)));
    }
    List<Told> told = told(cut, stored(caller, cut.parts()));
    Answers answers = new Answers(practice, requestId, told, asked);
    boolean later =
        Collections.list(request.getHeaders("Prefer")).stream()
            .anyMatch(each -> each.toLowerCase(Locale.ROOT).contains("respond-async"));
    // What was sent is on disk: nothing of it is held while the answer waits.
    Gate.forget(request);
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    if (later || patience.isZero()) {
      LateAnswer.write(async, new Telling(answers, Map.of()));
      return;
    }
    landing.await(
        told.stream().flatMap(each -> each.messages().stream()).distinct().toList(),
        patience,
        // By a thread of the listener: the one that tells of all receipts has others to tell.
        ended -> LateAnswer.start(async, new Telling(answers, ended)));
  }

  /** What is told of what was accepted, whatever fails after that. */
  private final class Telling implements LateAnswer.Making {
    private final Answers answers;
    private final Map<String, Receipt> ended;

    Telling(Answers answers, Map<String, Receipt> ended) {
      this.answers = answers;
      this.ended = ended;
    }

    @Override
    public byte[] begin(HttpServletResponse response) {
      return answers.begin(response, ended, faults);
    }

    @Override
    public byte[] failed(HttpServletResponse response, Exception why) {
      LOG.warn(
          "facade: an answer for {} could not be sent ({})",
          practice,
          why.getClass().getSimpleName());
      return answers.failed(response, faults);
    }
  }

  private List<Accepted> stored(Caller caller, List<Part> parts) {
    try {
      return handOver.handOver(
          practice, caller.client(), parts.stream().map(Part::message).toList());
    } catch (RuntimeException e) {
      LOG.warn(
          "facade: a message for {} could not be stored ({}); the client was told so",
          practice,
          e.getClass().getSimpleName());
      throw new FhirFault(503, IssueType.TRANSIENT, "", Faults.NOT_STORED);
    }
  }

  /** Entries in the order of the request, each with the messages that it is in. */
  private static List<Told> told(Cut cut, List<Accepted> accepted) {
    Map<Integer, String> messages = new HashMap<>();
    List<Told> told = new ArrayList<>();
    for (int i = 0; i < cut.parts().size(); i++) {
      Part part = cut.parts().get(i);
      messages.put(part.entry(), accepted.get(i).firstId());
      told.add(new Told(part.entry(), part.action(), List.of(accepted.get(i).firstId())));
    }
    for (Cut.Carried each : cut.carried()) {
      told.add(
          new Told(each.entry(), each.action(), each.into().stream().map(messages::get).toList()));
    }
    told.sort(Comparator.comparingInt(Told::entry));
    return told;
  }

  /**
   * An entry that was stored.
   *
   * @param messages in which it is; more than one if others share it
   */
  record Told(int entry, Action action, List<String> messages) {
    /**
     * The one that it is told by: the first that landed, else the first that still may, else any.
     */
    String message(Map<String, Receipt> ended) {
      return messages.stream()
          .filter(each -> ended.containsKey(each) && ended.get(each).end().equals("landed"))
          .findFirst()
          .or(
              () ->
                  messages.stream()
                      .filter(each -> !ended.containsKey(each) || !ended.get(each).isFinal())
                      .findFirst())
          .orElse(messages.get(0));
    }
  }
}
