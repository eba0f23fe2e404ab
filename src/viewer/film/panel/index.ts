import { element } from '../../dom/element.js';
import { type Reading, verdictOf } from '../state/reading.js';
import { scoreBeside } from '../../report/stateWords.js';
import { createAppearance } from './appearance.js';
import { createBoxList } from './boxList.js';
import { createClassToggles } from './classes.js';
import { createDistanceList } from './distances.js';
import { createThresholdControl } from './threshold.js';

export interface FilmPanel {
  readonly node: HTMLElement;
  update(): void;
  focusThreshold(): void;
  /** On a screen too narrow for the panel: a sheet at the lower edge that slides up and down. */
  toggle(): void;
}

/** Beside the film: the controls, and the boxes in words. */
export function createPanel(reading: Reading, choose: (id: string) => void): FilmPanel {
  const threshold = createThresholdControl(reading);
  const classes = createClassToggles(reading);
  const boxes = createBoxList(reading, choose);
  const distances = createDistanceList(reading);
  const appearance = createAppearance(reading);
  const score = element('p', { class: 'film-score' });
  const handle = element(
    'button',
    { type: 'button', class: 'sheet-handle', 'aria-expanded': 'false', on: { click: toggle } },
    'Boxes and threshold',
  );
  const content = element(
    'div',
    { class: 'panel-content' },
    threshold.node,
    classes.node,
    boxes.node,
    appearance.node,
    distances.node,
    score,
  );
  const node = element('aside', { class: 'film-panel', 'aria-label': 'Boxes and threshold' }, handle, content);

  function toggle(): void {
    const open = node.dataset['open'] !== 'true';
    node.dataset['open'] = String(open);
    handle.setAttribute('aria-expanded', String(open));
  }

  return {
    node,
    toggle,
    focusThreshold() {
      if (node.dataset['open'] !== 'true' && handle.offsetParent !== null) toggle();
      threshold.input.focus();
    },
    update() {
      threshold.update();
      classes.update();
      boxes.update();
      appearance.update();
      distances.update();
      const verdict = verdictOf(reading.film);
      const count = verdict === undefined || verdict.state === 'not-analysed' ? '–' : verdict.reported;
      handle.textContent = `Boxes (${count}) and threshold`;
      const report = reading.film.loaded?.report;
      score.hidden = true;
      if (
        verdict === undefined ||
        verdict.state === 'not-analysed' ||
        report === undefined ||
        report.state === 'not-analysed'
      )
        return;
      score.hidden = false;
      const filmScore = scoreBeside(report.filmScore, verdict.threshold);
      score.textContent = `Film score ${filmScore}: the highest score anywhere on the film. Not a probability.`;
    },
  };
}
