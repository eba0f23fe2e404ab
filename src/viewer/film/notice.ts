import type { Site } from '../api/index.js';
import { element } from '../dom/element.js';
import type { Desk } from './desk.js';

/** The research-use notice: always in sight, can't be closed; a press opens model, licence and limits. */
export function noticeButton(desk: Desk, site: Site): { readonly node: HTMLElement; update(): void; close(): void } {
  const summary = element('span', { class: 'notice-model' });
  const facts = element('dl', { class: 'notice-facts' });
  const sheet = element(
    'div',
    { class: 'notice-sheet', id: 'notice-sheet', hidden: true, role: 'region', 'aria-label': 'Model, licence and limits' },
    element('p', {}, element('strong', {}, 'Research use. Not for diagnosis. Scores are not probabilities.')),
    facts,
  );
  const button = element('button', { type: 'button', class: 'notice', 'aria-expanded': 'false', 'aria-controls': 'notice-sheet', on: { click: () => { open(button.getAttribute('aria-expanded') !== 'true'); } } }, element('strong', {}, 'RESEARCH USE'), summary);
  const node = element('div', { class: 'notice-place' }, button, sheet);
  let shown = '';

  function open(wanted: boolean): void {
    sheet.hidden = !wanted;
    button.setAttribute('aria-expanded', String(wanted));
  }
  const away = (event: Event): void => {
    if (event.target instanceof Node && !node.contains(event.target)) open(false);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || sheet.hidden) return;
    open(false);
    button.focus();
    event.preventDefault();
  };
  document.addEventListener('pointerdown', away);
  node.addEventListener('keydown', escape);

  return {
    node,
    update() {
      const report = desk.film.loaded?.report;
      const model = report?.model ?? site.model;
      const licence = licenceOf(model, site);
      const text = `${model.name} ${model.version} · ${licence}`;
      if (text === shown && facts.childElementCount > 0) return;
      shown = text;
      summary.textContent = text;
      const entries: readonly (readonly [string, string | undefined])[] = [
        ['Model', `${model.name} ${model.version}`],
        ['Licence', licence],
        ['Made for', model.name === site.model.name ? site.model.intendedUse : undefined],
        ['Looked for', report?.lookedFor.join(', ')],
        ['Its notice', report?.notice ?? site.notice],
        ['Ran on', report?.provider ?? undefined],
        ['Network (SHA-256)', report?.model.onnxSha256],
        ['Report', report?.id],
      ];
      facts.replaceChildren(...entries.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [element('dt', {}, name), element('dd', {}, value)])));
    },
    close() {
      document.removeEventListener('pointerdown', away);
    },
  };
}

/** The page knows the licence of the model in use; an earlier report may be another’s. */
function licenceOf(model: { readonly name: string; readonly version: string }, site: Site): string {
  return model.name === site.model.name && model.version === site.model.version ? site.model.licence : 'licence: see its model card';
}
