package pontic.operations;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogFileTest {

  @TempDir Path data;

  @Test
  void theFileHoldsWhereAnExceptionCameFromButNotWhatItSays() throws Exception {
    LogFile.open(data);
    Logger log = LoggerFactory.getLogger("pontic.test");
    log.warn(
        "event\nsecond",
        new IllegalStateException("Zwetschgenmann", new IllegalArgumentException("Pflaumenfrau")));
    ((LoggerContext) LoggerFactory.getILoggerFactory())
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .detachAppender("file");
    String text = Files.readString(data.resolve("logs/pontic.log"));
    assertTrue(text.contains("event second"), text);
    assertTrue(text.contains("java.lang.IllegalStateException"), text);
    assertTrue(text.contains("caused by java.lang.IllegalArgumentException"), text);
    assertTrue(text.contains("LogFileTest.java"), text);
    assertFalse(text.contains("Zwetschgenmann"), text);
    assertFalse(text.contains("Pflaumenfrau"), text);
  }
}
