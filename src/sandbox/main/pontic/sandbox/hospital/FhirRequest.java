package pontic.sandbox.hospital;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.EncodingEnum;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import pontic.sandbox.hospital.FhirFault.Target;

/**
 * A request as it came, read whole.
 *
 * @param url below the base, without a leading slash, with its query: {@code Patient/a-1}; empty
 *     for the base itself
 * @param ifMatch header, empty if there is none
 * @param ifNoneMatch header, empty if there is none
 */
record FhirRequest(String method, String url, String ifMatch, String ifNoneMatch, byte[] body) {

  static FhirRequest read(HttpServletRequest request) throws IOException {
    String path = Optional.ofNullable(request.getPathInfo()).orElse("").replaceFirst("^/", "");
    String query = Optional.ofNullable(request.getQueryString()).map(text -> "?" + text).orElse("");
    return new FhirRequest(
        request.getMethod(),
        path + query,
        header(request, Constants.HEADER_IF_MATCH),
        header(request, Constants.HEADER_IF_NONE_MATCH),
        request.getInputStream().readAllBytes());
  }

  /** Asks what the server can do and not for a resource. */
  boolean isMetadata() {
    return url.split("[?]")[0].equals("metadata");
  }

  /** The resources that it names; none if it cannot be understood. */
  List<Target> targets(FhirContext fhir) {
    if (!url.isEmpty()) {
      return List.of(target(url));
    }
    return parsed(fhir)
        .filter(Bundle.class::isInstance)
        .map(
            bundle ->
                ((Bundle) bundle)
                    .getEntry().stream()
                        .filter(entry -> entry.getRequest().hasUrl())
                        .map(entry -> target(entry.getRequest().getUrl()))
                        .toList())
        .orElse(List.of());
  }

  /** The same as a Bundle to apply; empty if it writes nothing or cannot be understood. */
  Optional<Bundle> writes(FhirContext fhir) {
    Optional<IBaseResource> body =
        method.equals("POST") || method.equals("PUT") ? parsed(fhir) : Optional.empty();
    if (url.isEmpty()) {
      return body.filter(Bundle.class::isInstance).map(Bundle.class::cast);
    }
    return body.map(
        resource -> {
          Bundle bundle = new Bundle().setType(Bundle.BundleType.TRANSACTION);
          Bundle.BundleEntryComponent entry = bundle.addEntry().setResource((Resource) resource);
          entry.getRequest().setMethod(Bundle.HTTPVerb.valueOf(method)).setUrl(url);
          if (!ifMatch.isEmpty()) {
            entry.getRequest().setIfMatch(ifMatch);
          }
          if (!ifNoneMatch.isEmpty()) {
            entry.getRequest().setIfNoneMatch(ifNoneMatch);
          }
          return bundle;
        });
  }

  private Optional<IBaseResource> parsed(FhirContext fhir) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      return Optional.ofNullable(EncodingEnum.detectEncodingNoDefault(text))
          .map(encoding -> encoding.newParser(fhir).parseResource(text));
    } catch (DataFormatException e) {
      return Optional.empty();
    }
  }

  private static Target target(String url) {
    String[] parts = url.split("[?]")[0].split("/");
    return new Target(parts[0], parts.length > 1 ? parts[1] : "");
  }

  private static String header(HttpServletRequest request, String name) {
    return Optional.ofNullable(request.getHeader(name)).orElse("");
  }
}
