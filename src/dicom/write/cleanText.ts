/** The most characters of a value (PS3.5, table 6.2-1). For PN it applies to each of three component groups. */
const mostCharacters: Readonly<Record<string, number>> = {
  CS: 16,
  DS: 16,
  IS: 12,
  LO: 64,
  LT: 10240,
  PN: 64,
  SH: 16,
  ST: 1024,
  UI: 64,
};

/** VRs whose text may have lines, and a backslash that doesn't separate values. */
const paragraphs: ReadonlySet<string> = new Set(['LT', 'ST', 'UT']);

/**
 * A text as its VR allows it: control characters become spaces, a backslash becomes a slash where it would separate
 * values, and what is too long ends with three dots. Names of persons are cut without one.
 */
export function cleanText(vr: string, text: string): string {
  const plain = paragraphs.has(vr)
    ? text.replace(/[^\P{Cc}\t\n\f\r]/gu, ' ')
    : text.replace(/\p{Cc}/gu, ' ').replaceAll('\\', '/');
  if (vr === 'PN')
    return plain
      .split('=')
      .slice(0, 3)
      .map((group) => firstOf(group, 64))
      .join('=');
  const most = mostCharacters[vr];
  if (most === undefined || Array.from(plain).length <= most) return plain;
  // One less than the most: some readers count the padding.
  return `${firstOf(plain, most - 4)}...`;
}

function firstOf(text: string, characters: number): string {
  return Array.from(text).slice(0, characters).join('');
}
