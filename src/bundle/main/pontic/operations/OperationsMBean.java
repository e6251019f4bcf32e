package pontic.operations;

/**
 * What {@code ./pontic} does, for JMX: {@code pontic:type=Operations}. Answers are JSON as those of
 * the control endpoint (docs/operations.md). Bodies come neither out nor in here, whatever the
 * role: what shows one masks it.
 */
public interface OperationsMBean {

  String status();

  String capabilities();

  String generation();

  /**
   * @param practice "" = all
   * @param end "" = any
   */
  String receipts(String practice, String end, int limit);

  String receipt(String message);

  String parked(String practice, int limit);

  String showMasked(String id);

  String release(String id);

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

  String reload();

  String stop();
}
