package pontic.operations;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * Where an exception came from, without what it says: texts of foreign exceptions can quote a URL,
 * a row or a body.
 */
public final class StackWithoutTexts extends ThrowableHandlingConverter {

  private static final int MOST_CAUSES = 10;

  @Override
  public String convert(ILoggingEvent event) {
    StringBuilder text = new StringBuilder();
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int depth = 0; thrown != null && depth < MOST_CAUSES; depth++) {
      text.append(depth == 0 ? "  " : "  caused by ").append(thrown.getClassName()).append('\n');
      StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
      for (int i = 0; i < frames.length - thrown.getCommonFrames(); i++) {
        text.append("    ").append(frames[i].getSTEAsString()).append('\n');
      }
      thrown = thrown.getCause();
    }
    return text.toString();
  }
}
