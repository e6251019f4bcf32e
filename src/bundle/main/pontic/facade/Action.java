package pontic.facade;

/** What a client may do with a resource type. */
enum Action {
  CREATE,
  UPDATE
}
