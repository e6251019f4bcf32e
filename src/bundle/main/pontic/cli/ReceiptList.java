package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "receipts", description = "Show what became of messages, newest first.")
final class ReceiptList implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Mixin private OfPractice practice;

  @Option(
      names = "--end",
      paramLabel = "END",
      defaultValue = "",
      description = "Only with this end: landed, \"no change\", refused, parked …, or open.")
  private String end;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many, up to 1000 (default: ${DEFAULT-VALUE}).")
  private int limit;

  ReceiptList(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.get(
        "/control/receipts?practice="
            + practice.encoded()
            + "&end="
            + Ask.encoded(end)
            + "&limit="
            + limit,
        ReceiptList::print);
  }

  private static void print(JsonNode answer, PrintWriter out) {
    Table table =
        new Table("MESSAGE", "PRACTICE", "TYPE", "ACCEPTED", "END", "MS", "KEYS", "REASON");
    for (JsonNode receipt : answer) {
      String ended = receipt.path("end").asText();
      table.row(
          receipt.path("message").asText(),
          receipt.path("practice").asText(),
          receipt.path("type").asText(),
          receipt.path("acceptedAt").asText(),
          ended.isEmpty() ? "(" + receipt.path("state").asText() + ")" : ended,
          ended.isEmpty() ? "" : receipt.path("millis").asText(),
          keys(receipt.path("keys")),
          receipt.path("reason").asText());
    }
    table.print(out);
  }

  private static String keys(JsonNode keys) {
    StringJoiner text = new StringJoiner(" ");
    keys.properties().forEach(key -> text.add(key.getKey() + "=" + key.getValue().asText()));
    return text.toString();
  }
}
