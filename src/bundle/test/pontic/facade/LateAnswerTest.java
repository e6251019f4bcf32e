package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.junit.jupiter.api.Test;
import pontic.http.Listener;

class LateAnswerTest {
  private static final Faults FAULTS = new Faults(FhirContext.forR4());

  /** Whose making fails when all but the body is set. */
  private static final LateAnswer.Making FAILS = new Made(true);

  private static final LateAnswer.Making GOOD = new Made(false);

  private record Made(boolean fails) implements LateAnswer.Making {
    @Override
    public byte[] begin(HttpServletResponse response) {
      response.setHeader("Location", "/somewhere");
      response.setStatus(201);
      if (fails) {
        throw new IllegalStateException("Zwetschgenmann");
      }
      return "good".getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] failed(HttpServletResponse response, Exception why) {
      return FAULTS.begin(
          response,
          500,
          new FhirFault(500, IssueType.EXCEPTION, "", why.getClass().getSimpleName()).outcome());
    }
  }

  /** What is started is refused, as of a listener that stops. */
  private record Stopping(AsyncContext open) implements AsyncContext {
    @Override
    public void start(Runnable task) {
      throw new RejectedExecutionException();
    }

    @Override
    public ServletRequest getRequest() {
      return open.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
      return open.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
      return open.hasOriginalRequestAndResponse();
    }

    @Override
    public void dispatch() {
      open.dispatch();
    }

    @Override
    public void dispatch(String path) {
      open.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext context, String path) {
      open.dispatch(context, path);
    }

    @Override
    public void complete() {
      open.complete();
    }

    @Override
    public void addListener(AsyncListener listener) {
      open.addListener(listener);
    }

    @Override
    public void addListener(
        AsyncListener listener, ServletRequest request, ServletResponse response) {
      open.addListener(listener, request, response);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> kind) throws ServletException {
      return open.createListener(kind);
    }

    @Override
    public void setTimeout(long timeout) {
      open.setTimeout(timeout);
    }

    @Override
    public long getTimeout() {
      return open.getTimeout();
    }
  }

  /** Answers as its path says. */
  private static final class Answering extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
      AsyncContext async = request.startAsync();
      async.setTimeout(0);
      switch (Optional.ofNullable(request.getPathInfo()).orElse("")) {
        case "/stopping" -> new Thread(() -> LateAnswer.start(new Stopping(async), GOOD)).start();
        case "/fails" -> LateAnswer.write(async, FAILS);
        case "/fails-later" -> LateAnswer.start(async, FAILS);
        default -> LateAnswer.start(async, GOOD);
      }
    }
  }

  private static HttpResponse<String> get(Listener listener, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(listener.url() + path))
                .timeout(Duration.ofSeconds(10))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void assertFailed(String path, String why) throws Exception {
    Paths paths = new Paths();
    paths.serve("answering", new Answering(), "/a/*");
    try (Listener listener =
        Listener.open("a test", "pontic.facade.port", "127.0.0.1", 0, paths.context())) {
      assertEquals("good", get(listener, "/a/good").body());
      HttpResponse<String> answer = get(listener, path);
      assertEquals(500, answer.statusCode(), answer.body());
      assertEquals(
          why,
          new ObjectMapper().readTree(answer.body()).at("/issue/0/diagnostics").asText(),
          answer.body());
      assertEquals(Optional.empty(), answer.headers().firstValue("Location"));
    }
  }

  @Test
  void anAnswerForWhichThereIsNoThreadIsAFaultAndEnds() throws Exception {
    assertFailed("/a/stopping", "RejectedExecutionException");
  }

  @Test
  void anAnswerThatCannotBeMadeIsAFaultAndNotAnEmptySuccess() throws Exception {
    assertFailed("/a/fails", "IllegalStateException");
    assertFailed("/a/fails-later", "IllegalStateException");
  }
}
