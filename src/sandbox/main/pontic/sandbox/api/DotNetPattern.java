package pontic.sandbox.api;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The part of .NET's date patterns that DateFormatString and DateTimeFormatString need
 * (open-dental-api.md 1.4); other signs stand for themselves.
 */
record DotNetPattern(String pattern) {
  private static final List<String> TOKENS =
      List.of(
          "yyyy", "yy", "MMM", "MM", "M", "ddd", "dd", "d", "HH", "H", "hh", "h", "mm", "m", "ss",
          "s", "tt", "zzz");

  String format(ZonedDateTime time) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < pattern.length()) {
      int here = at;
      String token =
          TOKENS.stream()
              .filter(candidate -> pattern.startsWith(candidate, here))
              .findFirst()
              .orElse("");
      if (token.isEmpty()) {
        text.append(pattern.charAt(at));
        at++;
      } else {
        text.append(DateTimeFormatter.ofPattern(java(token), Locale.ROOT).format(time));
        at += token.length();
      }
    }
    return text.toString();
  }

  private static String java(String token) {
    return switch (token) {
      case "yyyy" -> "uuuu";
      case "yy" -> "uu";
      case "ddd" -> "EEE";
      case "tt" -> "a";
      case "zzz" -> "xxx";
      default -> token;
    };
  }
}
