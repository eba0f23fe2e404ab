const open = '<!-- figures -->';
const close = '<!-- /figures -->';

/**
 * A card with the text between the two marks replaced.
 *
 * @throws Error if the marks are missing
 */
export function withCardFigures(card: string, figures: string): string {
  const [start, end] = marks(card);
  return `${card.slice(0, start)}\n${figures}${card.slice(end)}`;
}

/**
 * The figures on a card.
 *
 * @throws Error if the marks are missing
 */
export function figuresOnCard(card: string): string {
  const [start, end] = marks(card);
  return card.slice(start, end).replace(/^\n/, '');
}

function marks(card: string): [start: number, end: number] {
  const start = card.indexOf(open);
  const end = card.indexOf(close);
  if (start < 0 || end < start)
    throw new Error(`the card has no place for figures: a line ${open} and a line ${close} below it`);
  return [start + open.length, end];
}
