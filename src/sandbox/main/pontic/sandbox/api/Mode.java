package pontic.sandbox.api;

/**
 * Where the API is asked (open-dental-api.md 1.1): decides throttle, page size, location header and
 * the look of an unreachable office.
 */
public enum Mode {
  /** Through headquarters: throttled, 100 rows a page, an unreachable office answers 400. */
  REMOTE,
  /** The Windows service in the office: not throttled, 1000 rows a page. */
  SERVICE,
  /**
   * Inside a workstation's program: one request at a time, no location header, 1000 rows a page.
   */
  LOCAL
}
