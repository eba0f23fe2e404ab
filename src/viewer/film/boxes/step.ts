/** The box that a click selects: the one after the selected box in the stack under the pointer, cyclically. */
export function nextInStack(ids: readonly string[], selected: string | undefined): string | undefined {
  const before = ids.findIndex((id) => id === selected);
  return ids[(before + 1) % Math.max(ids.length, 1)];
}

/** The neighbour of the selected entry, cyclically; without a selection the first or, backwards, the last. */
export function neighbour<Entry extends { readonly box: { readonly id: string } }>(
  entries: readonly Entry[],
  selected: string | undefined,
  direction: 1 | -1,
): Entry | undefined {
  if (entries.length === 0) return undefined;
  const at = entries.findIndex(({ box }) => box.id === selected);
  if (at < 0) return entries.at(direction > 0 ? 0 : -1);
  return entries[(at + direction + entries.length) % entries.length];
}
