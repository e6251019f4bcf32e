package pontic.sandbox.database;

/** The storage engine of a practice's tables; the vendor's default is MyISAM. */
public enum Engine {
  MYISAM("MyISAM"),
  INNODB("InnoDB");

  private final String sqlName;

  Engine(String sqlName) {
    this.sqlName = sqlName;
  }

  /** The name as MariaDB writes it, e.g. in {@code information_schema.tables.ENGINE}. */
  public String sqlName() {
    return sqlName;
  }
}
