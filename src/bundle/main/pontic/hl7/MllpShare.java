package pontic.hl7;

import java.net.SocketAddress;

/**
 * What one connection has of the {@link MllpRoom}. The first 64 KiB are its own, so that usual
 * frames touch nothing that others touch too; what is more it takes in steps.
 *
 * <p>Whose it is tells the address of the other machine: who opens more connections has no more.
 */
final class MllpShare {
  static final int OWN = 64 * 1024;
  private static final int STEP = 64 * 1024;

  private final MllpRoom room;
  private final String sender;
  private long taken;

  MllpShare(MllpRoom room, SocketAddress remote) {
    this.room = room;
    this.sender = MllpConnection.sender(remote);
  }

  /**
   * So much is held from now on.
   *
   * @return whether there is room for it
   */
  boolean holds(long bytes) {
    long beyond = Math.max(0, bytes - OWN);
    long wanted = (beyond + STEP - 1) / STEP * STEP;
    if (wanted > taken) {
      room.take(sender, wanted - taken);
    } else if (wanted < taken) {
      room.giveBack(sender, taken - wanted);
    }
    taken = wanted;
    return taken == 0 || room.isEnough(sender);
  }
}
