package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "parked",
    description = "Show messages and deliveries that wait for a person, oldest first.")
final class ParkedList implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Mixin private OfPractice practice;

  @Mixin private AtMost most;

  ParkedList(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.get(
        "/control/parked?practice=" + practice.encoded() + "&limit=" + most.limit(),
        ParkedList::print);
  }

  private static void print(JsonNode answer, PrintWriter out) {
    Table table = new Table("ID", "PRACTICE", "TYPE", "PARKED", "CANDIDATES", "REASON");
    for (JsonNode receipt : answer) {
      table.row(
          receipt.path("message").asText(receipt.path("delivery").asText()),
          receipt.path("practice").asText(),
          receipt.path("type").asText(),
          receipt.path("endedAt").asText(),
          receipt.has("delivery") ? "" : receipt.path("candidates").toString(),
          receipt.path("reason").asText());
    }
    table.print(out);
  }
}
