package pontic.store;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process to be killed: writes two rows per unit with four threads and prints each id once it is
 * acknowledged.
 */
final class StoreChild {
  static final int REFUSED = 3;

  private StoreChild() {}

  public static void main(String[] args) {
    Store store;
    try {
      store =
          Stores.open(
              StoreSettings.embedded(Path.of(args[0])), KeyVault.fromText(StoreContract.KEYS));
    } catch (StoreException e) {
      System.out.println(e.getMessage());
      System.exit(REFUSED);
      return;
    }
    store.write(
        tx ->
            tx.sql("create table if not exists scratch (id integer primary key, n bigint not null)")
                .update());
    store.write(
        tx -> tx.sql("create table if not exists twin (n bigint not null primary key)").update());
    AtomicInteger next =
        new AtomicInteger(
            store.read(
                tx ->
                    tx.sql("select coalesce(max(id), 0) from scratch")
                        .query(Integer.class)
                        .single()));
    for (int i = 0; i < 4; i++) {
      new Thread(
              () -> {
                while (true) {
                  int id = next.incrementAndGet();
                  store.write(
                      tx ->
                          StoreContract.insert(tx, id, id)
                              + tx.sql("insert into twin values (?)").param(id).update());
                  System.out.println(id + ".");
                }
              })
          .start();
    }
  }
}
