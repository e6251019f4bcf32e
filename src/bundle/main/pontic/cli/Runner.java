package pontic.cli;

import pontic.generation.Installation;

/** The process itself: everything between the start and the end. */
public interface Runner {

  /** Runs until the process is asked to stop; what it throws ends the process with one line. */
  void run(Installation installation) throws Exception;
}
