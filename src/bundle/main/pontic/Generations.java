package pontic;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.facade.Facade;
import pontic.facade.HandedOver;
import pontic.generation.Checks;
import pontic.generation.Copies;
import pontic.generation.Copy;
import pontic.generation.Installation;
import pontic.generation.Refused;
import pontic.generation.Report;
import pontic.practice.Problem;
import pontic.practice.Settings;
import pontic.practice.SettingsException;

/**
 * The generation that runs, those that still end their work, and the way from one to the next
 * (decision 0115).
 */
final class Generations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Generations.class);
  private static final Duration LONGEST_DRAIN = Duration.ofMinutes(2);
  private static final int MOST_DRAINING = 3;

  private final Installation installation;
  private final Settings process;
  private final Parts parts;
  private final Around around;
  private final Checks checks;
  private final Copies copies;
  private final Listeners listeners;
  private final Deque<Drain> draining = new ArrayDeque<>();

  /** Held while something is handed to the one that runs, so that it is not given up meanwhile. */
  private final ReadWriteLock handing = new ReentrantReadWriteLock();

  private volatile Live live;
  private volatile Optional<Report.Refusal> refused;
  private volatile List<String> needsRestart = List.of();
  private volatile boolean lastGood;
  private volatile long swaps;
  private int number = 1;

  private Generations(
      Installation installation,
      Settings process,
      Parts parts,
      Around around,
      Checks checks,
      Live live,
      Optional<Report.Refusal> refused) {
    this.installation = installation;
    this.process = process;
    this.parts = parts;
    this.around = around;
    this.checks = checks;
    this.copies = new Copies(process.data());
    this.live = live;
    this.refused = refused;
    this.lastGood = refused.isPresent();
    this.listeners = new Listeners(() -> this.live.reception(), parts.metrics());
  }

  /**
   * Makes the first one; nothing of it runs yet.
   *
   * @param process what does not change while the process runs
   * @param refused what stands on disk, if it is not what the copy holds
   */
  static Generations first(
      Installation installation,
      Settings process,
      Parts parts,
      Around around,
      Checks checks,
      Copy copy,
      Optional<Report.Refusal> refused)
      throws Refused {
    Live live = Live.load(parts, copy, process, around, 1);
    Generations all = new Generations(installation, process, parts, around, checks, live, refused);
    List<Problem> problems = all.listeners.problems(copy, process);
    if (!problems.isEmpty()) {
      live.close();
      throw new Refused(problems);
    }
    return all;
  }

  static Settings settings(Installation installation, Copy copy) throws Refused {
    try {
      return installation.settings(copy);
    } catch (SettingsException e) {
      throw new Refused(e.problems());
    }
  }

  static void check(Checks checks, Copy copy) throws Refused {
    List<Problem> problems = checks.check(copy.folder(), copy.config());
    if (!problems.isEmpty()) {
      throw new Refused(problems);
    }
  }

  Live live() {
    return live;
  }

  List<CamelContext> contexts() {
    return Stream.concat(Stream.of(live.camel()), listeners.camel().stream()).toList();
  }

  Report report() {
    List<String> ids;
    synchronized (draining) {
      ids = draining.stream().map(drain -> drain.live.copy().id()).toList();
    }
    Live now = live;
    return new Report(now.copy().id(), now.made(), lastGood, refused, ids, needsRestart, swaps);
  }

  void start() throws Exception {
    live.start();
    live.context().show(parts.metrics());
    listeners.follow(live.copy(), live.settings());
    copies.good(live.copy());
    copies.tidy(List.of(live.copy().id()));
  }

  HandedOver handOver(String practice, String client, String type, byte[] body, String requestId) {
    handing.readLock().lock();
    try {
      return live.handOver(practice, client, type, body, requestId);
    } finally {
      handing.readLock().unlock();
    }
  }

  /**
   * Takes what stands on disk, and runs it if it checks.
   *
   * @param forced also what runs already: what its secrets name may have changed, or was refused
   *     before
   * @return false if somebody writes there just now
   */
  boolean look(Facade facade, boolean forced) {
    String id = "";
    try {
      Optional<Copy> taken = copies.take(installation.home(), installation.config());
      if (taken.isEmpty()) {
        return false;
      }
      id = taken.get().id();
      if (!forced && refused.map(Report.Refusal::id).filter(id::equals).isPresent()) {
        return true;
      }
      if (forced || !id.equals(live.copy().id())) {
        swap(taken.get(), facade);
      } else if (refused.isPresent()) {
        LOG.info("generation {}: the files on disk are those that run again", id);
      }
      refused = Optional.empty();
      lastGood = false;
    } catch (Refused e) {
      refuse(id, e.problems());
    } catch (IOException e) {
      refuse(
          id,
          List.of(
              new Problem(
                  "generations",
                  0,
                  "the files could not be copied to the data folder ("
                      + e.getClass().getSimpleName()
                      + ")",
                  "look for room and rights there, then ./pontic reload")));
    } catch (RuntimeException e) {
      LOG.error("generation {} could not be looked at", id, e);
      refuse(
          id,
          List.of(
              new Problem(
                  "generation",
                  0,
                  "it could not be looked at (" + e.getClass().getSimpleName() + ")",
                  "see logs/pontic.log of the data folder")));
    }
    return true;
  }

  private void refuse(String id, List<Problem> problems) {
    refused = Optional.of(new Report.Refusal(id, Instant.now(), problems));
    LOG.error(
        "generation {} is refused, {} goes on:\n{}",
        id,
        live.copy().id(),
        new Refused(problems).getMessage());
    tidy();
  }

  private void swap(Copy copy, Facade facade) throws Refused, IOException {
    Settings said = settings(installation, copy);
    check(checks, copy);
    Settings settings = said.within(process);
    Live next = Live.load(parts, copy, settings, around, ++number);
    List<Problem> problems = listeners.problems(copy, settings);
    if (!problems.isEmpty()) {
      next.close();
      throw new Refused(problems);
    }
    Live old = live;
    old.hold();
    handTo(next);
    try {
      next.start();
      listeners.follow(copy, settings);
      facade.follow(settings);
    } catch (Exception e) {
      handTo(old);
      old.resume();
      next.close();
      throw new Refused(
          List.of(
              new Problem(
                  "generation",
                  0,
                  "it could not be started: " + e.getMessage(),
                  "what ran before goes on; put right what is said, then ./pontic reload")));
    }
    old.context().hide(parts.metrics());
    next.context().show(parts.metrics());
    copies.good(copy);
    swaps++;
    needsRestart = said.needsRestart(process);
    LOG.info("generation {} runs in place of {}", copy.id(), old.copy().id());
    needsRestart.forEach(
        key -> LOG.warn("generation {}: {} changed and needs a restart", copy.id(), key));
    drain(old);
  }

  private void handTo(Live next) {
    handing.writeLock().lock();
    try {
      live = next;
    } finally {
      handing.writeLock().unlock();
    }
  }

  private void drain(Live old) {
    Drain drain = new Drain(old);
    synchronized (draining) {
      draining.add(drain);
      if (draining.size() > MOST_DRAINING) {
        draining.stream()
            .limit(draining.size() - (long) MOST_DRAINING)
            .forEach(oldest -> oldest.hurried = true);
      }
    }
    drain.thread.start();
  }

  private final class Drain {
    private final Live live;
    private final Thread thread;
    private volatile boolean hurried;

    Drain(Live live) {
      this.live = live;
      this.thread = new Thread(this::run, "generation-drain");
    }

    private void run() {
      try {
        live.drain(LONGEST_DRAIN, () -> hurried);
        Generations.this.live.follows(live);
      } catch (RuntimeException e) {
        LOG.error(
            "generation {} did not end in order ({})",
            live.copy().id(),
            e.getClass().getSimpleName());
      }
      synchronized (draining) {
        draining.remove(this);
      }
      tidy();
    }
  }

  /** Copies that nobody needs go; one that cannot be deleted stays until the next time. */
  private void tidy() {
    List<String> needed = new ArrayList<>(report().draining());
    needed.add(live.copy().id());
    try {
      copies.tidy(needed);
    } catch (IOException e) {
      LOG.warn("generations: an old copy could not be deleted ({})", e.getClass().getSimpleName());
    }
  }

  @Override
  public void close() throws Exception {
    listeners.close();
    List<Drain> drains;
    synchronized (draining) {
      drains = List.copyOf(draining);
    }
    drains.forEach(drain -> drain.hurried = true);
    live.close();
    for (Drain drain : drains) {
      drain.thread.join();
    }
  }
}
