package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "edit",
    description = {
      "Put another text in the place of a parked message and read it from the beginning.",
      "What it was stays beside it (show --original 1). Needs the role admin."
    })
final class ParkedEdit implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(paramLabel = "ID", description = "As in ./pontic parked: m-…")
  private String id;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      required = true,
      description = "The whole message, as show --clear prints it; - is the standard input.")
  private String file;

  ParkedEdit(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post("/control/parked/edit?id=" + Ask.encoded(id), body(), this::print);
  }

  private String body() {
    try {
      byte[] bytes =
          file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read", e);
    }
  }

  private void print(JsonNode answer, PrintWriter out) {
    out.println(answer.path("message").asText() + " is read again; see ./pontic receipts");
  }
}
