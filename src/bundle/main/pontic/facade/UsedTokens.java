package pontic.facade;

import java.time.Instant;
import pontic.store.Store;

/** Remembers tokens that may be shown once, as long as they would be good. */
final class UsedTokens {
  private final Store store;

  UsedTokens(Store store) {
    this.store = store;
  }

  /**
   * @param token issuer and jti
   * @return false if it was shown before, to whatever process of this store
   */
  boolean first(String practice, String token, Instant expires) {
    String index = store.vault().index("token", token);
    return store.write(
        tx -> {
          tx.sql("delete from token_used where expires_at < :now")
              .param("now", tx.now().toEpochMilli())
              .update();
          return tx.sql(
                      """
                      insert into token_used (practice, token, expires_at) values (:practice, :token, :expires)
                      on conflict (practice, token) do nothing
                      """)
                  .param("practice", practice)
                  .param("token", index)
                  .param("expires", expires.toEpochMilli())
                  .update()
              == 1;
        });
  }
}
