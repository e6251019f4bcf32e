package pontic.chart;

import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * HTML in the form of XML. All that is not a name of an element or attribute is escaped by the
 * platform's XML writer; there is no way to write markup as text.
 */
final class Page {
  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter xml;
  private final Deque<String> open = new ArrayDeque<>();

  Page() {
    try {
      // The platform's own: another library's might shorten <b></b> to <b/>, which HTML does not
      // know.
      xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeDTD("<!DOCTYPE html>");
    } catch (XMLStreamException e) {
      throw new IllegalStateException("this Java platform writes no XML", e);
    }
  }

  private interface Writing {
    void write() throws XMLStreamException;
  }

  private Page write(Writing writing) {
    try {
      writing.write();
      return this;
    } catch (XMLStreamException e) {
      // Without the cause: its text may quote what was written.
      throw new IllegalStateException("the page could not be written");
    }
  }

  /**
   * Begins an element.
   *
   * @param attributes names and values in turn
   */
  Page open(String name, String... attributes) {
    return write(
        () -> {
          xml.writeStartElement(name);
          open.push(name);
          for (int at = 0; at < attributes.length; at += 2) {
            xml.writeAttribute(attributes[at], attributes[at + 1]);
          }
        });
  }

  /** An element that has no content in HTML: meta, br. */
  Page bare(String name, String... attributes) {
    return write(
        () -> {
          xml.writeEmptyElement(name);
          for (int at = 0; at < attributes.length; at += 2) {
            xml.writeAttribute(attributes[at], attributes[at + 1]);
          }
        });
  }

  Page text(String words) {
    return write(() -> xml.writeCharacters(words));
  }

  Page close() {
    return write(
        () -> {
          open.pop();
          xml.writeEndElement();
        });
  }

  /** An element with words in it. */
  Page one(String name, String words, String... attributes) {
    return open(name, attributes).text(words).close();
  }

  /** Closes what is open and gives all of it. */
  String html() {
    while (!open.isEmpty()) {
      close();
    }
    write(xml::writeEndDocument);
    return text.toString();
  }
}
