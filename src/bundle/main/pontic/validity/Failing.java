package pontic.validity;

import java.util.regex.Pattern;

/**
 * One rule that a resource fails. Nothing of it is taken from the resource but the names of
 * elements.
 *
 * @param rule the key of a constraint ({@code us-core-6}), or the validator's own name of its
 *     message ({@code Validation_VAL_Profile_Minimum})
 * @param at FHIRPath, {@code Patient.name[0].given}
 * @param words the validator's, without any value
 */
public record Failing(String rule, String at, String words) {
  private static final Pattern POSITION = Pattern.compile("\\[[^\\]]*\\]");

  /** Where, whichever of a list: {@code Patient.name.given}. */
  public String path() {
    return POSITION.matcher(at).replaceAll("");
  }

  @Override
  public String toString() {
    return at + ": " + words + " (" + rule + ")";
  }
}
