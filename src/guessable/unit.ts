/** The shortest text that, repeated, makes this one; its last repetition may be cut. */
export function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length++)
    if (text.slice(length) === text.slice(0, -length)) return text.slice(0, length);
  return text;
}
