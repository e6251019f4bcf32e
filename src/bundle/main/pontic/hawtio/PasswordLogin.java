package pontic.hawtio;

import io.hawt.web.auth.RolePrincipal;
import io.hawt.web.auth.UserPrincipal;
import java.io.IOException;
import java.security.Principal;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import pontic.operator.Role;
import pontic.operator.Users;

/**
 * Asks {@link Users}, which stand in the option {@code users}; JAAS makes one of these for each
 * login.
 */
public final class PasswordLogin implements LoginModule {

  static final String USERS = "users";

  private Subject subject = new Subject();
  private Optional<CallbackHandler> handler = Optional.empty();
  private Optional<Users> users = Optional.empty();
  private final Set<Principal> granted = new HashSet<>();

  @Override
  public void initialize(
      Subject who, CallbackHandler asker, Map<String, ?> shared, Map<String, ?> options) {
    subject = who;
    handler = Optional.ofNullable(asker);
    users = Optional.ofNullable((Users) options.get(USERS));
  }

  @Override
  public boolean login() throws LoginException {
    NameCallback name = new NameCallback("user");
    PasswordCallback password = new PasswordCallback("password", false);
    try {
      handler.orElseThrow(FailedLoginException::new).handle(new Callback[] {name, password});
    } catch (IOException | UnsupportedCallbackException e) {
      throw new FailedLoginException("name and password could not be asked for");
    }
    char[] clear = Optional.ofNullable(password.getPassword()).orElse(new char[0]);
    String user = Optional.ofNullable(name.getName()).orElse("");
    Role role =
        users
            .orElseThrow(FailedLoginException::new)
            .login(user, clear)
            .orElseThrow(() -> new FailedLoginException("wrong name or password"));
    password.clearPassword();
    granted.add(new UserPrincipal(user));
    granted.add(new RolePrincipal(role.text()));
    return true;
  }

  @Override
  public boolean commit() {
    subject.getPrincipals().addAll(granted);
    return !granted.isEmpty();
  }

  @Override
  public boolean abort() {
    return logout();
  }

  @Override
  public boolean logout() {
    subject.getPrincipals().removeAll(granted);
    granted.clear();
    return true;
  }
}
