/** What HL7 v2 senders are told of the end of their messages, by messages of our own. */
package pontic.answer;
