/**
 * The page with this section in place of the one with the same heading, or at the end.
 *
 * @param lines of Markdown, the first of them the heading
 */
export function withSection(page: string, lines: readonly string[]): string {
  const [heading = ''] = lines;
  const old = sectionOf(page, heading);
  const text = `${lines.join('\n').trimEnd()}\n`;
  return old === undefined ? `${page.trimEnd()}\n\n${text}` : page.replace(old, () => text);
}

/** The text of a section, from its heading to the next of the same depth, without blank lines at the end. */
export function sectionOf(page: string, heading: string): string | undefined {
  const from = page.indexOf(`${heading}\n`);
  if (from < 0) return undefined;
  const next = page.indexOf('\n## ', from);
  return `${page.slice(from, next < 0 ? undefined : next).trimEnd()}\n`;
}
