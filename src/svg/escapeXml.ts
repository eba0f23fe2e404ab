/**
 * Text as content of an element or value of an attribute, in XML (SVG included) and in HTML.
 *
 * Control characters that XML 1.0 forbids (section 2.2) and lone surrogates become U+FFFD: a single one in a file
 * name would make the whole document unreadable. A carriage return is escaped, since a parser would read it as a line
 * feed.
 *
 * @example
 * escapeXml('<b> & "c"'); // '&lt;b&gt; &amp; &quot;c&quot;'
 */
export function escapeXml(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"'\r]/g, (character) => entities[character] ?? character);
}

const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#13;',
};
