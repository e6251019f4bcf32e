package pontic.facade;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether a file begins as files of its media type do. Types whose files begin in many ways (text,
 * XML, older Word, DICOM without a preamble) are believed.
 */
final class MediaSigns {
  /** A PDF may begin within so many bytes (ISO 32000-1 Annex H, implementation note 13). */
  static final int LOOKED_AT = 1024;

  private static final Map<String, List<byte[]>> BEGINNINGS =
      Map.of(
          "image/png", List.of(new byte[] {(byte) 0x89, 'P', 'N', 'G'}),
          "image/jpeg", List.of(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}),
          "image/gif", List.of(ascii("GIF8")),
          "image/bmp", List.of(ascii("BM")),
          "image/tiff",
              List.of(
                  new byte[] {'I', 'I', 42, 0},
                  new byte[] {'M', 'M', 0, 42},
                  new byte[] {'I', 'I', 43, 0},
                  new byte[] {'M', 'M', 0, 43}),
          "application/rtf", List.of(ascii("{\\rt")),
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
              List.of(ascii("PK")));

  private MediaSigns() {}

  /** The type without its parameters, in lower case. */
  static String plain(String contentType) {
    return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /**
   * @param contentType as it was sent
   * @param first up to {@link #LOOKED_AT} bytes
   */
  static boolean fit(String contentType, byte[] first) {
    String type = plain(contentType);
    if (type.equals("application/pdf")) {
      return new String(first, StandardCharsets.ISO_8859_1).contains("%PDF-");
    }
    return !BEGINNINGS.containsKey(type)
        || BEGINNINGS.get(type).stream().anyMatch(beginning -> begins(first, beginning));
  }

  private static boolean begins(byte[] file, byte[] beginning) {
    return file.length >= beginning.length
        && Arrays.equals(file, 0, beginning.length, beginning, 0, beginning.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
