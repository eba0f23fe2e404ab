import type { DrawnBox } from '../boxes/layer.js';
import { boxesOf, type Reading, verdictOf } from './reading.js';
import { scoreBeside, scoreText } from '../../report/stateWords.js';

/** Boxes as drawn; the label of the box in focus says more. */
export function drawnBoxes(reading: Reading): readonly DrawnBox[] {
  const { film, state } = reading;
  const verdict = verdictOf(film);
  if (verdict === undefined || verdict.state === 'not-analysed') return [];
  return boxesOf(film, state).map((shown): DrawnBox => {
    const { box, rank, status } = shown;
    const emphasis = box.id === state.selected ? 'selected' : box.id === state.hovered ? 'hover' : 'none';
    const score = scoreBeside(box.score, verdict.threshold);
    const below = status === 'below' ? `below ${scoreText(verdict.threshold)}` : '';
    // Scores are in the list beside the film: on the film, they would be read before the film is.
    const short = below === '' ? `${rank} ${box.class}` : String(rank);
    const attributes = Object.entries(box.attributes).map(([name, its]) => `${film.titleOf(name)} ${scoreText(its)}`);
    const model = film.loaded?.report.model;
    const more = [
      `${film.titleOf(box.class)}, score ${score}${below === '' ? '' : `, ${below}`}`,
      ...attributes,
      `${model?.name ?? ''} ${model?.version ?? ''}`,
    ];
    return {
      ...shown,
      emphasis,
      prior: false,
      label: emphasis === 'none' ? [short] : [`${rank} ${more[0] ?? ''}`, ...more.slice(1)],
    };
  });
}
