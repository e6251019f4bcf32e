package pontic;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.accept.Accepted;
import pontic.accept.FhirPart;
import pontic.capture.Heard;
import pontic.facade.Facade;
import pontic.generation.Checks;
import pontic.generation.Copies;
import pontic.generation.Copy;
import pontic.generation.Generation;
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
  private volatile State state;
  private int number = 1;

  /** What runs was good before this process began and was not looked at since. */
  private boolean unchecked;

  /** What is told of it: all that belongs together changes at once. */
  private record State(
      Live runs,
      Optional<Report.Refusal> refused,
      boolean lastGood,
      List<String> needsRestart,
      long swaps) {
    State refusing(Report.Refusal refusal) {
      return new State(runs, Optional.of(refusal), lastGood, needsRestart, swaps);
    }

    State refusingNothing() {
      return new State(runs, Optional.empty(), false, needsRestart, swaps);
    }
  }

  private Generations(
      Installation installation,
      Settings process,
      Parts parts,
      Around around,
      Checks checks,
      Live live,
      Optional<Report.Refusal> refused,
      boolean unchecked) {
    this.installation = installation;
    this.process = process;
    this.parts = parts;
    this.around = around;
    this.checks = checks;
    this.copies = new Copies(process.data());
    this.live = live;
    this.unchecked = unchecked;
    this.state = new State(live, refused, refused.isPresent(), List.of(), 0);
    this.listeners =
        new Listeners(
            () -> this.live.reception(), parts.metrics(), around.observer(), around.freePort());
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
    boolean known = isKnown(process, copy);
    Live live =
        known
            ? Live.load(parts, copy, process, around, 1)
            : checked(checks, copy, () -> Live.load(parts, copy, process, around, 1));
    Generations all =
        new Generations(installation, process, parts, around, checks, live, refused, known);
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

  private static boolean isKnown(Settings process, Copy copy) {
    try {
      return new Copies(process.data()).lastGood().filter(copy::equals).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  private interface Loading {
    Live load() throws Refused;
  }

  /**
   * Loads a copy while it is looked at as a whole. What the look finds is told before what keeps it
   * from being loaded, which is often one thing of several.
   */
  private static Live checked(Checks checks, Copy copy, Loading loading) throws Refused {
    FutureTask<List<Problem>> look =
        new FutureTask<>(() -> checks.check(copy.folder(), copy.config()));
    Thread thread = new Thread(look, "generation-check");
    thread.setDaemon(true);
    thread.start();
    Live made;
    try {
      made = loading.load();
    } catch (Refused e) {
      List<Problem> found = found(look);
      throw found.isEmpty() ? e : new Refused(found);
    }
    List<Problem> found = found(look);
    if (!found.isEmpty()) {
      made.close();
      throw new Refused(found);
    }
    return made;
  }

  private static List<Problem> found(FutureTask<List<Problem>> look) {
    try {
      return look.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(notChecked("the process ends"));
    } catch (ExecutionException e) {
      LOG.error("The files could not be checked", e.getCause());
      return List.of(notChecked(e.getCause().getClass().getSimpleName()));
    }
  }

  private static Problem notChecked(String why) {
    return new Problem(
        "generation",
        0,
        "it could not be checked (" + why + ")",
        "see logs/pontic.log of the data folder, then ./pontic reload");
  }

  Live live() {
    return live;
  }

  List<CamelContext> contexts() {
    return Stream.concat(Stream.of(live.camel()), listeners.camel().stream()).toList();
  }

  Report report() {
    List<String> ids;
    State now;
    synchronized (draining) {
      ids = draining.stream().map(drain -> drain.live.copy().id()).toList();
      now = state;
    }
    return new Report(
        now.runs().copy().id(),
        now.runs().made(),
        now.lastGood(),
        now.refused(),
        ids,
        now.needsRestart(),
        now.swaps());
  }

  void start() throws Exception {
    live.start();
    live.context().show(parts.metrics());
    listeners.follow(live.copy(), live.settings());
    copies.good(live.copy());
    copies.tidy(List.of(live.copy().id()));
  }

  List<Accepted> handOver(String practice, String client, List<FhirPart> messages) {
    handing.readLock().lock();
    try {
      return live.handOver(practice, client, messages);
    } finally {
      handing.readLock().unlock();
    }
  }

  Heard.Outcome hint(String practice, String table, byte[] body) {
    handing.readLock().lock();
    try {
      return live.hint(practice, table, body);
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
      if (!forced && state.refused().map(Report.Refusal::id).filter(id::equals).isPresent()) {
        return true;
      }
      if (forced || !id.equals(live.copy().id())) {
        return swap(taken.get(), facade);
      } else if (state.refused().isPresent()) {
        state = state.refusingNothing();
        LOG.info("generation {}: the files on disk are those that run again", id);
      } else if (unchecked) {
        unchecked = false;
        lookAgain();
      }
    } catch (Refused e) {
      if (!isOnDisk(id)) {
        return false;
      }
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

  /**
   * What ran before this process began goes on whatever a newer check says of it. It is loaded on
   * the way, so that the first edit need not wait for it.
   */
  private void lookAgain() {
    Copy copy = live.copy();
    checks
        .check(copy.folder(), copy.config())
        .forEach(problem -> LOG.warn("generation {} runs, although {}", copy.id(), problem));
  }

  private void refuse(String id, List<Problem> problems) {
    state = state.refusing(new Report.Refusal(id, Instant.now(), problems));
    LOG.error(
        "generation {} is refused, {} goes on:\n{}",
        id,
        live.copy().id(),
        new Refused(problems).getMessage());
    tidy();
  }

  /** Whether nothing was written since these files were taken; also if that cannot be told. */
  private boolean isOnDisk(String id) {
    try {
      return id.isEmpty()
          || Generation.of(installation.home(), installation.config()).id().equals(id);
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * @return false if somebody wrote on while the files were looked at: half of an edit does not go
   *     live, even if it checks
   */
  private boolean swap(Copy copy, Facade facade) throws Refused, IOException {
    Instant begun = Instant.now();
    Settings said = settings(installation, copy);
    Settings settings = said.within(process);
    Live next = checked(checks, copy, () -> Live.load(parts, copy, settings, around, ++number));
    List<Problem> problems = listeners.problems(copy, settings);
    if (!problems.isEmpty()) {
      next.close();
      throw new Refused(problems);
    }
    if (!isOnDisk(copy.id())) {
      next.close();
      return false;
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
    copies.good(copy);
    List<String> needsRestart = said.needsRestart(process);
    Drain drain =
        drain(old, new State(next, Optional.empty(), false, needsRestart, state.swaps() + 1));
    LOG.info(
        "generation {} runs in place of {}, {} ms after it was looked at",
        copy.id(),
        old.copy().id(),
        Duration.between(begun, Instant.now()).toMillis());
    needsRestart.forEach(
        key -> LOG.warn("generation {}: {} changed and needs a restart", copy.id(), key));
    try {
      // Hundreds of MBeans: nobody waits for them.
      next.context().follow(old.context(), parts.metrics());
    } finally {
      drain.thread.start();
    }
    return true;
  }

  private void handTo(Live next) {
    handing.writeLock().lock();
    try {
      live = next;
    } finally {
      handing.writeLock().unlock();
    }
  }

  /** What is told changes; its thread is for the caller to start. */
  private Drain drain(Live old, State next) {
    Drain drain = new Drain(old);
    synchronized (draining) {
      state = next;
      draining.add(drain);
      if (draining.size() > MOST_DRAINING) {
        draining.stream()
            .limit(draining.size() - (long) MOST_DRAINING)
            .forEach(oldest -> oldest.hurried = true);
      }
    }
    return drain;
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
