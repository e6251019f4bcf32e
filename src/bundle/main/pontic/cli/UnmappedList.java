package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "unmapped",
    description =
        "Show codes of the practices' own lists that their code tables have no entry for, what most rows miss first.")
final class UnmappedList implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Mixin private OfPractice practice;

  @Mixin private AtMost most;

  UnmappedList(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.get(
        "/control/unmapped?practice=" + practice.encoded() + "&limit=" + most.limit(),
        UnmappedList::print);
  }

  private static void print(JsonNode answer, PrintWriter out) {
    Table table = new Table("PRACTICE", "SYSTEM", "CODE", "ROWS", "LAST SEEN", "TEXT", "OF");
    for (JsonNode code : answer) {
      String words = code.path("code").asText();
      String text = code.path("text").asText();
      StringJoiner types = new StringJoiner(", ");
      code.path("types").forEach(type -> types.add(type.asText()));
      table.row(
          code.path("practice").asText(),
          code.path("system").asText(),
          words,
          code.path("count").asText(),
          code.path("lastSeen").asText(),
          text.equals(words) ? "-" : text,
          types.toString());
    }
    table.print(out);
  }
}
