package pontic.sandbox.demo;

/** What must hold in a step, or else the step has failed. */
final class Expect {
  private Expect() {}

  /**
   * @throws StepFailed if it is another
   */
  static void same(String what, String wanted, String seen) {
    check(what + " is " + wanted, wanted.equals(seen), seen);
  }

  /**
   * @param wanted for the person who reads that it does not hold
   * @param seen what is there instead
   * @throws StepFailed if it does not hold
   */
  static void check(String wanted, boolean holds, String seen) {
    if (!holds) {
      throw new StepFailed("does not hold: " + wanted + "; there is " + seen);
    }
  }
}
