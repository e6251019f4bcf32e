package pontic.send;

import java.util.List;
import java.util.Optional;
import pontic.practice.Destination;
import pontic.validity.Exceptions;
import pontic.validity.Failing;
import pontic.validity.Validator;
import pontic.validity.Validators;

/** What is judged before it goes to a destination, by which rules, and what is excepted. */
public final class Validity {
  private final Validators validators;
  private final Exceptions exceptions;

  public Validity(Validators validators, Exceptions exceptions) {
    this.validators = validators;
    this.exceptions = exceptions;
  }

  /**
   * Whether a destination's resources can be judged.
   *
   * @param wanted nothing of it is judged otherwise
   * @param validator once it is made
   * @param failure why it cannot be, for people; empty unless it cannot
   */
  record State(boolean wanted, Optional<Validator> validator, String failure) {
    boolean isMaking() {
      return wanted && validator.isEmpty() && failure.isEmpty();
    }
  }

  /** Of a destination that wants it, the validator is begun when it is first asked for. */
  State of(Destination destination) {
    return destination
        .validity()
        .map(each -> validators.of(each.packages()))
        .map(state -> new State(true, state.validator(), state.failure()))
        .orElse(new State(false, Optional.empty(), ""));
  }

  /** Begins to make what these destinations want, so that it is there when something is due. */
  public void begin(List<Destination> destinations) {
    destinations.stream().filter(Destination::enabled).forEach(this::of);
  }

  List<Failing> failing(Validator validator, String resource) {
    return validator.failing(resource).stream().filter(each -> !exceptions.cover(each)).toList();
  }
}
