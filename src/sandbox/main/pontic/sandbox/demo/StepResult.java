package pontic.sandbox.demo;

/**
 * One line of the report.
 *
 * @param step number and name
 * @param ok whether all of it held
 * @param millis how long it took
 * @param detail what was seen, or what did not hold
 */
record StepResult(String step, boolean ok, long millis, String detail) {}
