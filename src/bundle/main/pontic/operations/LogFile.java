package pontic.operations;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.secretfile.OwnerFile;

/**
 * {@code <data>/logs/pontic.log}: what the console says, with threads and stacks; a new file each
 * day or 20 MB, 14 days.
 */
public final class LogFile {

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger: %replace(%msg){'[\\r\\n]+',' '}%n%stack%nopex";

  private LogFile() {}

  /** Adds the file to the log of this process. */
  public static void open(Path data) throws IOException {
    Path folder = OwnerFile.folder(data.resolve("logs"));
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

    RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
    file.setContext(context);
    file.setName("file");
    file.setFile(folder.resolve("pontic.log").toString());

    SizeAndTimeBasedRollingPolicy<ILoggingEvent> rolling = new SizeAndTimeBasedRollingPolicy<>();
    rolling.setContext(context);
    rolling.setParent(file);
    rolling.setFileNamePattern(folder.resolve("pontic.%d{yyyy-MM-dd}.%i.log.gz").toString());
    rolling.setMaxFileSize(FileSize.valueOf("20MB"));
    rolling.setMaxHistory(14);
    rolling.setTotalSizeCap(FileSize.valueOf("1GB"));
    rolling.start();

    PatternLayout rules = new PatternLayout();
    rules.setContext(context);
    rules.getInstanceConverterMap().put("stack", StackWithoutTexts::new);
    rules.setPattern(PATTERN);
    rules.start();
    LayoutWrappingEncoder<ILoggingEvent> lines = new LayoutWrappingEncoder<>();
    lines.setContext(context);
    lines.setLayout(rules);
    lines.start();

    file.setEncoder(lines);
    file.setRollingPolicy(rolling);
    file.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(file);
  }
}
