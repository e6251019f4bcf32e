package pontic.cli;

import picocli.CommandLine.Option;

/** The choice of one practice among all. */
final class OfPractice {

  @Option(
      names = "--practice",
      paramLabel = "ID",
      defaultValue = "",
      description = "Only of this practice.")
  private String practice;

  /** For a URL's query: its id, or "" for all. */
  String encoded() {
    return Ask.encoded(practice);
  }
}
