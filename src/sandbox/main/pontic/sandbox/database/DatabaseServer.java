package pontic.sandbox.database;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.sandbox.FreePorts;

/**
 * A private MariaDB on loopback with its own folder and port. It has the vendor's settings where
 * they matter to a reader (empty sql_mode, MyISAM, utf8mb3; open-dental-schema.md section 7). It
 * ends with this process; where this process was killed, the next start on the folder ends what was
 * left over.
 */
public final class DatabaseServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseServer.class);
  private static final String ACCOUNT = "sandbox";
  private static final String PASSWORD = "sandbox";
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final int LONGEST_SOCKET_PATH = 100;

  private final Path folder;
  private final ServerBinaries binaries;
  private final int port;
  private final FileChannel lockFile;
  private final Thread endWithThisProcess;
  private Optional<Process> process = Optional.empty();
  private final List<Runnable> afterHalt = new CopyOnWriteArrayList<>();
  private boolean closed;

  private DatabaseServer(Path folder, ServerBinaries binaries, int port, FileChannel lockFile) {
    this.folder = folder;
    this.binaries = binaries;
    this.port = port;
    this.lockFile = lockFile;
    this.endWithThisProcess = new Thread(this::halt, "database-end");
  }

  /**
   * Starts the installed server, or the one on the class path where none is installed.
   *
   * @param folder where it keeps everything; made if it is not there
   * @param port on 127.0.0.1; 0 takes a free one
   * @throws IOException if the port is taken, the folder is in use, or the server does not start;
   *     the message says which
   */
  public static DatabaseServer start(Path folder, int port) throws IOException {
    return start(folder, port, ServerBinaries.find(folder.toAbsolutePath()));
  }

  /** Starts this server rather than the one that would be found. */
  public static DatabaseServer start(Path folder, int port, ServerBinaries binaries)
      throws IOException {
    Path home = folder.toAbsolutePath().normalize();
    Files.createDirectories(home);
    FileChannel lockFile = lock(home);
    DatabaseServer server;
    try {
      stopLeftovers(home);
      server = new DatabaseServer(home, binaries, freePort(port), lockFile);
      server.install();
      Runtime.getRuntime().addShutdownHook(server.endWithThisProcess);
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
    try {
      server.resume();
    } catch (IOException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Where it keeps everything. */
  Path folder() {
    return folder;
  }

  /** JDBC address of a database, without account. Small integers stay numbers. */
  public String jdbcUrl(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?tinyInt1isBit=false";
  }

  /** Name of the account with all rights. */
  String account() {
    return ACCOUNT;
  }

  /** Password of the account with all rights. */
  String password() {
    return PASSWORD;
  }

  /** A connection with all rights; an empty name means no current database. */
  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), ACCOUNT, PASSWORD);
  }

  /** Whether the server runs now. */
  public synchronized boolean isRunning() {
    return process.map(Process::isAlive).orElse(false);
  }

  /**
   * Starts the server again on the same port after {@link #halt()}; does nothing while it runs.
   *
   * @throws IOException if it does not answer in time, with the last error of its log
   */
  public synchronized void resume() throws IOException {
    if (closed) {
      throw new IOException("The sandbox database is closed");
    }
    if (isRunning()) {
      return;
    }
    Path log = data().resolveSibling(binaries.kind() + ".log");
    List<String> command = new ArrayList<>();
    command.add(binaries.server().toString());
    command.add("--no-defaults");
    command.addAll(binaries.options());
    command.addAll(
        List.of(
            "--user=" + System.getProperty("user.name"),
            "--datadir=" + data(),
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--port=" + port,
            "--socket=" + socket(),
            "--tmpdir=" + temporary(),
            "--pid-file=" + folder.resolve(binaries.kind() + ".pid"),
            "--init-file=" + accounts(),
            "--sql-mode=",
            "--default-storage-engine=MyISAM",
            "--myisam-recover-options=FORCE",
            "--explicit-defaults-for-timestamp=1",
            "--character-set-server=utf8mb3",
            "--collation-server=utf8mb3_general_ci",
            "--default-time-zone=+00:00",
            "--max-allowed-packet=40M",
            "--max-connections=1000",
            "--optimizer-switch=split_materialized=off",
            "--performance-schema=OFF",
            "--loose-sync-frm=0",
            // A killed server loses nothing by it, and making tables waits for the disk otherwise.
            "--loose-debug-no-sync=1",
            "--innodb-buffer-pool-size=64M",
            "--innodb-flush-log-at-trx-commit=2"));
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(folder.toFile())
            .start();
    process = Optional.of(started);
    awaitAnswer(started, log);
    LOG.info("Database server of the sandbox ({}) on 127.0.0.1:{}", binaries.kind(), port);
  }

  /** Stops the server as a shut-down machine would; the data stays. */
  public synchronized void halt() {
    process.ifPresent(p -> end(p.toHandle()));
    process = Optional.empty();
    afterHalt.forEach(Runnable::run);
  }

  /** Runs this after each halt, for whoever keeps connections. */
  void afterHalt(Runnable task) {
    afterHalt.add(task);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    halt();
    closed = true;
    try {
      Runtime.getRuntime().removeShutdownHook(endWithThisProcess);
    } catch (IllegalStateException e) {
      LOG.debug("This process is ending already");
    }
    try {
      lockFile.close();
    } catch (IOException e) {
      LOG.warn("The lock of the sandbox database's folder could not be given back");
    }
  }

  private void awaitAnswer(Process started, Path log) throws IOException {
    Instant limit = Instant.now().plus(START_LIMIT);
    while (true) {
      try (Connection connection = connect("")) {
        if (connection.isValid(5)) {
          return;
        }
      } catch (SQLException e) {
        if (Instant.now().isAfter(limit)) {
          halt();
          throw new IOException(
              "The sandbox database did not answer on port "
                  + port
                  + " within "
                  + START_LIMIT.toSeconds()
                  + " s"
                  + lastError(log),
              e);
        }
      }
      try {
        if (started.waitFor(50, TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "The sandbox database ended at its start (exit "
                  + started.exitValue()
                  + ")"
                  + lastError(log));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        halt();
        throw new IOException("Interrupted while the sandbox database was starting", e);
      }
    }
  }

  /** Of its own: a server that starts deletes what others have begun in a shared one. */
  private Path temporary() throws IOException {
    return Files.createDirectories(folder.resolve("tmp"));
  }

  private void install() throws IOException {
    if (Files.isDirectory(data().resolve("mysql"))) {
      return;
    }
    Path log = data().resolveSibling(binaries.kind() + "-install.log");
    Path laidOut = folder.resolve(binaries.kind() + "-new");
    Leftovers.delete(laidOut);
    Leftovers.delete(data());
    List<String> command = new ArrayList<>();
    command.add(binaries.installer().toString());
    command.add("--no-defaults");
    command.addAll(binaries.options());
    command.addAll(
        List.of(
            "--user=" + System.getProperty("user.name"),
            "--datadir=" + laidOut,
            "--skip-test-db",
            "--auth-root-authentication-method=socket"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(folder.toFile());
    builder.environment().put("TMPDIR", temporary().toString());
    Process installing = builder.start();
    try {
      if (!installing.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        installing.destroyForcibly();
        throw new IOException("The sandbox database could not be laid out in time; see " + log);
      }
    } catch (InterruptedException e) {
      installing.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while the sandbox database was laid out", e);
    }
    if (installing.exitValue() != 0) {
      throw new IOException(
          "The sandbox database could not be laid out (exit "
              + installing.exitValue()
              + "); see "
              + log);
    }
    // A name that appears only when complete: a kill in the middle is laid out anew.
    Files.move(laidOut, data());
  }

  /** Run by the server with all rights at each start, before it takes connections. */
  private Path accounts() throws IOException {
    Path file = folder.resolve("accounts.sql");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        file,
        List.of(
            "DROP USER IF EXISTS ''@'localhost';",
            "CREATE OR REPLACE USER '"
                + ACCOUNT
                + "'@'127.0.0.1' IDENTIFIED BY '"
                + PASSWORD
                + "';",
            "GRANT ALL ON *.* TO '" + ACCOUNT + "'@'127.0.0.1' WITH GRANT OPTION;"));
    return file;
  }

  private Path data() {
    return folder.resolve(binaries.kind());
  }

  /** The kernel allows about 107 bytes for a socket's path; a deep folder's socket goes to /tmp. */
  private Path socket() throws IOException {
    Path near = folder.resolve("mariadb.sock");
    if (near.toString().length() <= LONGEST_SOCKET_PATH) {
      return near;
    }
    Path far = Files.createTempDirectory("pontic-");
    far.toFile().deleteOnExit();
    return far.resolve("mariadb.sock");
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("sandbox.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      LOG.debug("The folder is in use by this same process");
    }
    channel.close();
    throw new IOException(
        "The folder "
            + folder
            + " is in use by another sandbox; stop it or choose another folder with --data");
  }

  /**
   * Ends the servers that a killed sandbox left on this folder. They are found by their command
   * line, not by the pid file, which a server writes late and a pid that is used again makes wrong.
   */
  private static void stopLeftovers(Path folder) {
    String ours = "--datadir=" + folder + "/";
    List<ProcessHandle> leftovers =
        ProcessHandle.allProcesses()
            .filter(
                p ->
                    Stream.of(p.info().arguments().orElse(new String[0]))
                        .anyMatch(argument -> argument.startsWith(ours)))
            .toList();
    for (ProcessHandle leftover : leftovers) {
      LOG.info(
          "Stopping the database server that an earlier sandbox left (pid {})", leftover.pid());
      end(leftover);
    }
  }

  private static void end(ProcessHandle process) {
    process.destroy();
    try {
      process.onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The database server did not stop in {} s; killed", STOP_LIMIT.toSeconds());
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  private static int freePort(int port) throws IOException {
    if (port == 0) {
      return new FreePorts().next();
    }
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (BindException e) {
      throw new IOException(
          "Port "
              + port
              + " (sandbox database) is taken; free it or choose another with --database-port",
          e);
    }
  }

  private static String lastError(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("[ERROR]"))
        .reduce((a, b) -> b)
        .map(line -> ": " + line.substring(line.indexOf("[ERROR]") + 8))
        .orElse("; see " + log);
  }
}
