import { element, setAttributes } from '../../dom/element.js';
import { choiceOf, type Reading, verdictOf } from '../state/reading.js';
import { scoreText } from '../../report/stateWords.js';

/** One step of the slider. */
const step = 0.01;
/** A slider dropped this close to the report's threshold snaps to it. */
const snap = 0.008;

export interface ThresholdControl {
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
  update(): void;
}

/** The slider over the candidates already loaded: it works immediately, without the server. */
export function createThresholdControl(reading: Reading): ThresholdControl {
  const input = element('input', {
    type: 'range',
    id: 'view-threshold',
    min: 0,
    max: 1,
    step: 'any',
    on: {
      input: () => {
        set(Number(input.value));
      },
      keydown: byKey,
    },
  });
  const value = element('output', { for: 'view-threshold' });
  const mark = element('span', { class: 'threshold-mark', 'aria-hidden': 'true' });
  const ends = element('p', { class: 'threshold-ends' });
  const node = element(
    'div',
    { class: 'threshold' },
    element('label', { for: 'view-threshold' }, 'Show boxes from'),
    value,
    element('div', { class: 'threshold-track' }, input, mark),
    ends,
  );

  function verdict(): { readonly threshold: number; readonly floor: number } | undefined {
    const film = verdictOf(reading.film);
    return film === undefined || film.state === 'not-analysed' ? undefined : film;
  }
  function set(score: number): void {
    const film = verdict();
    if (film === undefined) return;
    const wanted = Math.min(1, Math.max(film.floor, score));
    reading.change({ minScore: Math.abs(wanted - film.threshold) < snap ? undefined : Math.round(wanted * 100) / 100 });
  }
  /** Steps of a hundredth from the current position, stopping at the report's threshold on the way. */
  function byKey(event: KeyboardEvent): void {
    const film = verdict();
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: 10,
      PageDown: -10,
    };
    const by = steps[event.key];
    if (film === undefined || by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const from = reading.state.minScore ?? film.threshold;
    const to = from + by * step;
    const passes = (from - film.threshold) * (to - film.threshold) < -1e-9;
    set(passes ? film.threshold : to);
  }

  return {
    node,
    input,
    update() {
      const film = verdict();
      node.hidden = film === undefined;
      input.disabled = film === undefined;
      if (film === undefined) return;
      const { minScore } = choiceOf(reading.state, film.threshold);
      setAttributes(input, {
        min: film.floor,
        'aria-valuetext':
          minScore === film.threshold ? `${scoreText(minScore)}, the report's threshold` : scoreText(minScore),
      });
      // Not while it is dragged: the thumb would jump under the finger.
      if (Number(input.value) !== minScore && !input.matches(':active')) input.value = String(minScore);
      value.textContent = scoreText(minScore);
      mark.style.setProperty('--at', String((film.threshold - film.floor) / (1 - film.floor)));
      const [report, floor] = [film.threshold, film.floor].map(scoreText);
      ends.textContent = `Report: ${report ?? ''}. Candidates below ${floor ?? ''} were not kept.`;
    },
  };
}
