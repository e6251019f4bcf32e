package pontic.operations;

/**
 * What {@code ./pontic} does, for JMX: {@code pontic:type=Operations}. Answers are JSON as those of
 * the control endpoint (docs/operations.md). No body comes out here, whatever the role: what shows
 * one masks it.
 */
public interface OperationsMBean {

  String status();

  String capabilities();

  /**
   * @param practice "" = all
   */
  String unmapped(String practice, int limit);

  String generation();

  /**
   * @param practice "" = all
   * @param end "" = any
   */
  String receipts(String practice, String end, int limit);

  String receipt(String message);

  String parked(String practice, int limit);

  /**
   * @param original 0: as it is; 1: as its sender sent it; 2: after the first edit ...
   */
  String showMasked(String id, int original);

  /**
   * Not through Jolokia, whatever the role: there it could stand in a URL.
   *
   * @param text HL7 v2 by lines, or JSON
   */
  String edit(String id, String text);

  String release(String id);

  /**
   * Not through Jolokia: it writes a file.
   *
   * @param file whole path of a file that does not exist yet
   */
  String backup(String file);

  /**
   * @param patient PatNum, or new
   */
  String match(String id, String patient);

  /**
   * @param id of a message whose sender's answer was given up; or practice/destination: all there
   */
  String answer(String id);

  /**
   * @param cause part of the reason
   * @param practice "" = all
   */
  String resubmit(String cause, String practice);

  String drop(String id, String reason);

  /**
   * @param what reads, writes, sends, joined by commas; "" = all
   */
  String pause(String id, String what);

  String resume(String id, String what);

  /**
   * @param since a day such as 2026-01-31; "" = all rows
   * @param tables joined by commas; "" = all
   */
  String load(String practice, String since, String tables);

  String loadStop(String practice, String tables);

  String loads(String practice);

  /**
   * Parameters that are "" stand for all.
   *
   * @param dryRun compares only
   * @param manyDeletes goes on though many rows are gone
   */
  String reconcile(
      String practice, String table, String destination, boolean dryRun, boolean manyDeletes);

  String reconcileStop(String practice, String table, String destination);

  /**
   * @param history what was found before, too
   */
  String reconciles(String practice, String table, String destination, boolean history);

  String reload();

  String stop();
}
