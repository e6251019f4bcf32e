package pontic.proof;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.Marker;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Ends the process inside the store's unit that acknowledges a delivery: its first statement is
 * carried out, the one that ends what is due is about to be, nothing is committed. Spring tells its
 * log of each statement before it carries it out; this listens there and lets nothing be written.
 */
final class HaltInUnit extends TurboFilter {
  private static final String ENDS_WHAT_IS_DUE = "delete from due";

  private volatile boolean armed;

  /** From now on the next such statement is the last one. */
  void arm() {
    armed = true;
  }

  @Override
  public FilterReply decide(
      Marker marker,
      Logger logger,
      Level level,
      String format,
      Object[] parameters,
      Throwable failure) {
    if (!armed || !logger.getName().equals(JdbcTemplate.class.getName())) {
      return FilterReply.NEUTRAL;
    }
    if (format == null) {
      return FilterReply.ACCEPT;
    }
    if (format.contains(ENDS_WHAT_IS_DUE)) {
      Runtime.getRuntime().halt(HaltAtStep.KILLED);
    }
    return FilterReply.DENY;
  }
}
