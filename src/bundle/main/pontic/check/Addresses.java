package pontic.check;

import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;

/**
 * Puts together what Camel puts together: an address may stand in {@code uri}, or its parts below
 * {@code parameters} beside a {@code uri} that is the component alone, as Kaoto's forms write it.
 */
final class Addresses {
  private final CamelCatalog catalog;

  Addresses(CamelCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * @param options those that are parts of the address are taken out of it
   * @return the address; as it stood, if it is whole or cannot be made so
   */
  String whole(String uri, Map<String, RouteFile.Option> options) {
    ComponentModel model = uri.contains(":") ? null : catalog.componentModel(uri);
    if (model == null) {
      return uri;
    }
    Map<String, String> parts = new LinkedHashMap<>();
    model.getEndpointPathOptions().stream()
        .map(BaseOptionModel::getName)
        .filter(options::containsKey)
        .forEach(name -> parts.put(name, options.get(name).text()));
    if (parts.isEmpty()) {
      return uri;
    }
    try {
      String whole = catalog.asEndpointUri(uri, parts, false);
      options.keySet().removeAll(parts.keySet());
      return whole;
    } catch (URISyntaxException e) {
      return uri;
    }
  }
}
