package pontic.hl7;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.model.AbstractSegment;
import ca.uhn.hl7v2.model.Group;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.model.Segment;
import ca.uhn.hl7v2.model.Structure;
import ca.uhn.hl7v2.model.Type;
import ca.uhn.hl7v2.parser.EncodingCharacters;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.parser.UnexpectedSegmentBehaviourEnum;
import ca.uhn.hl7v2.validation.builder.support.DefaultValidationBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * HAPI's parser as strictly as it can: its default validation, no segment that the structure has
 * not at that place, every required field there, none repeated oftener than allowed.
 */
public final class Strictly {
  private static final HapiContext CONTEXT = context();

  private Strictly() {}

  private static HapiContext context() {
    HapiContext context = new DefaultHapiContext(new DefaultValidationBuilder());
    context
        .getParserConfiguration()
        .setUnexpectedSegmentBehaviour(UnexpectedSegmentBehaviourEnum.THROW_HL7_EXCEPTION);
    context.getParserConfiguration().setValidating(true);
    return context;
  }

  /**
   * @param text segments ended by carriage returns
   */
  public static Message parsed(String text) throws HL7Exception {
    Message message = CONTEXT.getPipeParser().parse(text);
    if (message.getClass().getSimpleName().startsWith("Generic")) {
      throw new HL7Exception("no structure: " + message.getName());
    }
    List<String> wrong = new ArrayList<>();
    look(message, wrong);
    if (!wrong.isEmpty()) {
      throw new HL7Exception(wrong.toString());
    }
    return message;
  }

  /**
   * Fields of which a repetition, as it stands in the message, is longer than the standard's table
   * says; those of MSH-1 and MSH-2 are what they are.
   *
   * @return field, such as {@code AL1-5}, to the length that the table gives it
   */
  public static Map<String, Integer> tooLong(Message message) throws HL7Exception {
    Map<String, Integer> found = new TreeMap<>();
    lengths(message, found);
    return found;
  }

  private static void lengths(Group group, Map<String, Integer> found) throws HL7Exception {
    for (String name : group.getNames()) {
      for (Structure one : group.getAll(name)) {
        if (one instanceof Group inner) {
          lengths(inner, found);
        } else if (one instanceof AbstractSegment segment) {
          lengths(segment, found);
        }
      }
    }
  }

  private static void lengths(AbstractSegment segment, Map<String, Integer> found)
      throws HL7Exception {
    EncodingCharacters characters = EncodingCharacters.defaultInstance();
    for (int field = segment.getName().equals("MSH") ? 3 : 1;
        field <= segment.numFields();
        field++) {
      int longest = segment.getLength(field);
      for (Type repetition : segment.getField(field)) {
        if (longest > 0 && PipeParser.encode(repetition, characters).length() > longest) {
          found.put(segment.getName() + "-" + field, longest);
        }
      }
    }
  }

  private static void look(Group group, List<String> wrong) throws HL7Exception {
    for (String name : group.getNames()) {
      Structure[] all = group.getAll(name);
      boolean isEmpty = all.length == 0 || all[0].isEmpty();
      if (group.isRequired(name) && isEmpty && !group.isGroup(name)) {
        wrong.add(group.getName() + " lacks " + name);
      }
      for (Structure one : all) {
        if (one instanceof Group inner && !one.isEmpty()) {
          look(inner, wrong);
        } else if (one instanceof AbstractSegment segment && !one.isEmpty()) {
          fields(segment, wrong);
        }
      }
    }
  }

  private static void fields(Segment segment, List<String> wrong) throws HL7Exception {
    for (int field = 1; field <= segment.numFields(); field++) {
      int times = segment.getField(field).length;
      boolean isEmpty = times == 0 || segment.getField(field, 0).isEmpty();
      String name = segment.getName() + "-" + field;
      AbstractSegment known = (AbstractSegment) segment;
      if (known.isRequired(field) && isEmpty) {
        wrong.add(name + " is required");
      }
      int most = known.getMaxCardinality(field);
      if (most > 0 && times > most) {
        wrong.add(name + " is there " + times + " times");
      }
    }
  }
}
