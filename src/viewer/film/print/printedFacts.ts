import { wholeNotice } from '../../report/notice.js';
import { scoreBeside, scoreText, stateWords, whatToDo } from '../../report/stateWords.js';
import { when } from '../../ui/dates.js';
import { viewChips } from '../boxes/shown.js';
import { identityFacts } from '../identity/identityFacts.js';
import { widthAndLevel } from '../pixels/windowLevel.js';
import { boxesOf, choiceOf, type Reading, thresholdOf } from '../state/reading.js';
import { titlesOf } from '../state/titles.js';

export type Fact = readonly [name: string, value: string];

/** What a sheet says beside the film. */
export interface PrintedFacts {
  readonly headline: string;
  readonly detail: string;
  /** What the reader's view hides or adds: the sheet shows what the screen showed. */
  readonly differences: readonly string[];
  readonly facts: readonly Fact[];
  /** Boxes on the sheet, in words. */
  readonly boxes: readonly string[];
  readonly notice: string;
}

/** Everything a sheet must say to be read without the page; undefined while there is no report. */
export function printedFacts(reading: Reading, comparing: boolean): PrintedFacts | undefined {
  const { film, state } = reading;
  if (film.loaded === undefined) return undefined;
  const { report, verdict, model } = film.loaded;
  const { headline, detail } = stateWords(verdict, titlesOf(film));
  const threshold = thresholdOf(film);
  const boxes = boxesOf(film, state);
  const chips = threshold === undefined ? [] : viewChips(boxes, threshold, choiceOf(state, threshold));
  const facts: readonly (readonly [string, string | undefined])[] = [
    ...identityFacts(film.references),
    ['Sent', `${when(report.createdAt)} by ${report.submitter}`],
    ['Film', filmWords(reading)],
    ['Window', windowWords(reading)],
    ['Threshold', threshold === undefined ? undefined : scoreText(threshold)],
    ['Model', `${report.model.name} ${report.model.version}${model === undefined ? '' : `, ${model.licence}`}`],
    ['Report', report.id],
  ];
  return {
    headline,
    detail: verdict.state === 'not-analysed' ? `${verdict.detail} ${whatToDo(verdict.code)}` : detail,
    differences: [
      ...chips.map(({ says }) => says),
      ...(comparing ? ['The other film on the screen is not on this sheet.'] : []),
    ],
    facts: facts.flatMap(([name, value]): Fact[] => (value === undefined || value === '' ? [] : [[name, value]])),
    boxes:
      threshold === undefined
        ? []
        : boxes
            .filter(({ hiddenBy }) => hiddenBy === null)
            .map(
              ({ rank, box, status }) =>
                `${rank} ${film.titleOf(box.class)} ` +
                `${scoreBeside(box.score, threshold)}${status === 'below' ? ', below the threshold' : ''}`,
            ),
    notice: wholeNotice,
  };
}

function filmWords({ film }: Reading): string {
  const { size, pixels } = film;
  const image = film.loaded?.report.image;
  const known = [
    size === undefined ? '' : `${size.width} × ${size.height}`,
    image === null || image === undefined ? '' : `${image.bits}-bit ${image.format.toUpperCase()}`,
  ].filter((part) => part !== '');
  if (pixels.kind === 'absent') return [...known, 'pixels not available'].join(', ');
  if (pixels.kind === 'shown' && pixels.quality !== 'full') return [...known, 'PREVIEW, not the full film'].join(', ');
  return known.join(', ');
}

function windowWords({ film }: Reading): string | undefined {
  if (film.shown === undefined) return undefined;
  const { width, level } = widthAndLevel(film.window);
  return `W ${Math.round(width)} L ${Math.round(level)}${film.inverted ? ', inverted' : ''}`;
}
