package pontic.sandbox.api;

import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One practice behind the API.
 *
 * @param id practice id
 * @param zone zone of the office's wall clock
 * @param database its database
 * @param customerKey 16 signs that select the practice in the Authorization header
 * @param settings may change while requests run
 * @param lane where its requests wait in Remote and Local mode
 * @param subscriptions which events it sends where
 */
record Office(
    String id,
    ZoneId zone,
    Database database,
    String customerKey,
    AtomicReference<OfficeSettings> settings,
    Lane lane,
    Subscriptions subscriptions) {}
