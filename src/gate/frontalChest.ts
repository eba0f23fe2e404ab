import { type Cells, cellsOf } from './cells.js';
import { colouredShare } from './colour.js';
import { readFittedNetwork } from './fittedNetwork.js';
import type { Gate, GateVerdict } from './gate.js';
import { type Network, readNetwork, score } from './network.js';
import { type Thumbnail, thumbnailOf, type Turn, turned } from './thumbnail.js';

/**
 * Passes upright frontal chest films, inverts negatives of them, and refuses everything else: photographs, text,
 * laterals, CT slices, other parts of the body, films on their side. docs/decisions/0004-input-gate.md says how well
 * it does, and on which films that was measured.
 */
export const frontalChest: Gate = {
  name: 'frontal-chest',
  version: '1.0.0',
  judge: (film) => judgeCells(cellsOf(film)),
};

/** A picture with at least this score is a frontal film. */
const frontalFrom = 0.4;

/** From this score on, nothing else is tried. */
const surelyFrontalFrom = 0.95;

/** A negative needs a higher score: a film inverted by mistake would be analysed, not refused. */
const negativeFrom = 0.8;

/** A picture with a larger share in colour is not a film. */
const mostColoured = 0.2;

function judgeCells(cells: Cells): GateVerdict {
  const coloured = colouredShare(cells);
  if (coloured > mostColoured)
    return refused(
      `The picture is in colour (${percent(coloured)} of it): this looks like a photograph or a screenshot.`,
    );
  const upright = thumbnailOf(cells, { inverted: false });
  if (upright === undefined) return refused('The picture is blank: it has one grey level all over.');
  const asItIs = likeFrontal(upright);
  if (asItIs >= surelyFrontalFrom) return { kind: 'passes' };
  const negative = thumbnailOf(cells, { inverted: true });
  const inverted = negative === undefined ? 0 : likeFrontal(negative);
  if (inverted >= negativeFrom && inverted > asItIs) return { kind: 'passes-inverted' };
  if (asItIs >= frontalFrom) return { kind: 'passes' };
  const scores =
    `It scores ${asItIs.toFixed(3)} as an upright frontal chest film, ` + `and ${frontalFrom.toFixed(3)} is needed.`;
  const [best] = turns
    .map(({ turn, words }) => ({ words, score: likeFrontal(turned(upright, turn)) }))
    .sort((a, b) => b.score - a.score);
  if (best !== undefined && best.score >= frontalFrom)
    return refused(`The picture looks like a frontal chest film that ${best.words}; send it upright. ${scores}`);
  return refused(
    'The picture does not look like a frontal chest film: a lateral, a CT slice, another part of the body ' +
      `or no film at all. ${scores}`,
  );
}

/** The turn that sets a film upright, and the words for its present position. */
const turns: readonly { readonly turn: Turn; readonly words: string }[] = [
  { turn: 1, words: 'lies on its side (turned by 90° to the left)' },
  { turn: 2, words: 'is upside down' },
  { turn: 3, words: 'lies on its side (turned by 90° to the right)' },
];

let network: Network | undefined;

function likeFrontal(thumbnail: Thumbnail): number {
  // Loaded for the first film: listing the gates needs no network.
  network ??= readNetwork(readFittedNetwork(new URL('./frontalChest.json', import.meta.url)));
  return score(network, thumbnail);
}

function refused(detail: string): GateVerdict {
  return { kind: 'refused', code: 'not-a-frontal-chest-film', detail };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
