package pontic.cli;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import pontic.Pontic;
import pontic.house.ChildJvm;
import pontic.house.House;

/**
 * Starts the real process, as the launcher does.
 *
 * @param folder for its data
 */
record Terminal(Path folder) {

  Ended pontic(List<String> arguments) throws Exception {
    return pontic(arguments, Map.of());
  }

  Ended pontic(List<String> arguments, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command(arguments));
    builder.environment().putAll(environment);
    return Ended.of(builder);
  }

  Process start(List<String> arguments, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command(arguments));
    builder.environment().putAll(environment);
    return builder.redirectError(folder.resolve("err.txt").toFile()).start();
  }

  static List<String> command(List<String> arguments) throws Exception {
    List<String> command = ChildJvm.command("-Dpontic.home=" + House.home());
    command.add(Pontic.class.getName());
    command.addAll(arguments);
    return command;
  }

  List<String> run() {
    List<String> run = new ArrayList<>(withoutPorts());
    for (String port : List.of("--facade-port", "--hawtio-port", "--management-port")) {
      run.addAll(List.of(port, "0"));
    }
    for (String practice : List.of("elm", "oak")) {
      run.addAll(List.of("--set", "practices." + practice + ".hl7.port=0"));
    }
    return run;
  }

  List<String> withoutPorts() {
    return List.of(
        "run",
        "--data",
        folder.toString(),
        "--set",
        "practices.elm.database.enabled=false",
        "--set",
        "practices.oak.database.enabled=false");
  }

  Map<String, String> keyFile(String password) throws Exception {
    Path file = folder.resolve("keys.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (String alias : List.of("k1", "index")) {
      byte[] key = new byte[32];
      new SecureRandom().nextBytes(key);
      store.setEntry(
          alias,
          new KeyStore.SecretKeyEntry(new SecretKeySpec(key, "AES")),
          new KeyStore.PasswordProtection(password.toCharArray()));
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password.toCharArray());
    }
    return Map.of("PONTIC_KEY_FILE", file.toString(), "PONTIC_KEY_FILE_PASSWORD", password);
  }
}
