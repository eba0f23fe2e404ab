import type { FilmReport } from '../api/index.js';
import { element } from '../dom/element.js';
import { stateSign } from './stateSign.js';
import { reasonTitle, scoreText } from './stateWords.js';

/** A film's state in a list: sign, fill, edge and words all differ, so that no two can be confused. */
export function stateBadge(report: FilmReport): HTMLElement {
  return element(
    'span',
    { class: 'state-tag', 'data-state': report.state, title: badgeWords(report) },
    stateSign(report.state),
    element('span', {}, badgeWords(report)),
  );
}

function badgeWords(report: FilmReport): string {
  switch (report.state) {
    case 'findings':
      return `FINDINGS ≥ ${scoreText(report.threshold)}`;
    case 'below-threshold':
      return `NO BOX ≥ ${scoreText(report.threshold)}`;
    case 'not-analysed':
      return `NOT ANALYSED: ${reasonTitle(report.reason.code)}`;
  }
}
