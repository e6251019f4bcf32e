package pontic.sandbox.hospital;

import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;

/**
 * What a write demands of the version that is there.
 *
 * @param ifMatch {@code W/"3"}: exactly this version; {@code *}: any; empty: no demand
 * @param ifNoneMatch {@code *}: there must be none yet; empty: no demand
 */
record Precondition(String ifMatch, String ifNoneMatch) {

  Precondition {
    ifMatch = ifMatch == null ? "" : ifMatch.strip();
    ifNoneMatch = ifNoneMatch == null ? "" : ifNoneMatch.strip();
    if (!ifMatch.matches("|\\*|(W/)?\"\\d{1,18}\"")) {
      throw new InvalidRequestException("If-Match takes W/\"version\" or *");
    }
    if (!ifNoneMatch.matches("|\\*")) {
      throw new InvalidRequestException("If-None-Match takes * on a write");
    }
  }

  static Precondition none() {
    return new Precondition("", "");
  }

  /**
   * @param what type and id
   * @param current the newest version, 0 if there is none
   * @throws PreconditionFailedException (412) if the demand is not met
   */
  void check(String what, long current) {
    if (!ifNoneMatch.isEmpty() && current > 0) {
      throw new PreconditionFailedException(what + " exists, at version " + current);
    }
    if (ifMatch.isEmpty()) {
      return;
    }
    String found = current == 0 ? " does not exist" : " is at version " + current;
    boolean met =
        current > 0
            && (ifMatch.equals("*") || Long.parseLong(ifMatch.replaceAll("\\D", "")) == current);
    if (!met) {
      throw new PreconditionFailedException(
          what + found + ", which is not what If-Match asks: " + ifMatch);
    }
  }
}
