package pontic.bench.converter;

import io.github.linuxforhealth.hl7.ConverterOptions;
import io.github.linuxforhealth.hl7.HL7ToFHIRConverter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads lines {@code SECONDS MESSAGE...}, messages in Base64, and converts these in turn for as
 * many seconds of processor time. Answers {@code rate MESSAGES PER_SECOND}: how many of them it can
 * take at all, and how many it converts in a second of processor time of this process.
 */
public final class Main {
  private static final double NANOS = 1e9;

  private Main() {}

  public static void main(String[] arguments) throws IOException {
    HL7ToFHIRConverter converter = new HL7ToFHIRConverter();
    ConverterOptions options = new ConverterOptions.Builder().build();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      List<String> messages = new ArrayList<>();
      for (int i = 1; i < words.length; i++) {
        String message = new String(Base64.getDecoder().decode(words[i]), StandardCharsets.UTF_8);
        if (isTaken(converter, options, message)) {
          messages.add(message);
        }
      }
      double rate =
          messages.isEmpty() ? 0 : rate(converter, options, messages, Double.parseDouble(words[0]));
      System.out.println("rate " + messages.size() + " " + rate);
    }
  }

  private static boolean isTaken(
      HL7ToFHIRConverter converter, ConverterOptions options, String message) {
    try {
      return !converter.convert(message, options).isEmpty();
    } catch (RuntimeException refused) {
      System.err.println("not taken: " + refused);
      return false;
    }
  }

  private static double rate(
      HL7ToFHIRConverter converter,
      ConverterOptions options,
      List<String> messages,
      double seconds) {
    long begin = processorNanos();
    long until = begin + (long) (seconds * NANOS);
    int done = 0;
    do {
      converter.convert(messages.get(done % messages.size()), options);
      done++;
    } while (processorNanos() < until);
    return done / ((processorNanos() - begin) / NANOS);
  }

  private static long processorNanos() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      return system.getProcessCpuTime();
    }
    throw new IllegalStateException("this Java does not tell its processor time");
  }
}
