package pontic.send;

import com.fasterxml.jackson.databind.JsonNode;

/** The files behind the documents of offices; only ever read. */
public interface OfficeFiles {

  /**
   * Reads the file.
   *
   * @param row columns of the document's row
   */
  File read(String practice, JsonNode row);

  /** As {@link #read} would end now, without reading. */
  Enclosed look(String practice, JsonNode row);

  /** Whether the practice lets any file leave. */
  boolean isOn(String practice);

  /** What of the practice's settings decides; another text is another rule. */
  String rule(String practice);

  /** Most bytes of all files in one request. */
  long most(String practice);

  /**
   * A file as it was read.
   *
   * @param bytes none unless {@code how} is JOINED
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double what is bounded
  record File(Enclosed how, byte[] bytes) {
    public static File without(Enclosed how) {
      return new File(how, new byte[0]);
    }

    /** Without the bytes: they are a patient's. */
    @Override
    public String toString() {
      return how.text();
    }
  }

  /** No office lets a file leave. */
  OfficeFiles NONE =
      new OfficeFiles() {
        @Override
        public File read(String practice, JsonNode row) {
          return File.without(Enclosed.OFF);
        }

        @Override
        public Enclosed look(String practice, JsonNode row) {
          return Enclosed.OFF;
        }

        @Override
        public boolean isOn(String practice) {
          return false;
        }

        @Override
        public String rule(String practice) {
          return "";
        }

        @Override
        public long most(String practice) {
          return 0;
        }
      };
}
