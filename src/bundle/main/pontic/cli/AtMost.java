package pontic.cli;

import picocli.CommandLine.Option;

/** How many of a list are shown. */
final class AtMost {

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many, up to 1000 (default: ${DEFAULT-VALUE}).")
  private int limit;

  int limit() {
    return limit;
  }
}
