import type { FilmReport, Site } from '../../api/index.js';
import { element } from '../../dom/element.js';
import { wholeNotice } from '../../report/notice.js';
import type { Reading } from '../state/reading.js';

/** The research-use notice: always visible, can't be closed; a click opens model, licence and limits. */
export function noticeButton(
  reading: Reading,
  site: Site,
): { readonly node: HTMLElement; update(): void; close(): void } {
  const summary = element('span', { class: 'notice-model' });
  const list = element('dl', { class: 'notice-facts' });
  const sheet = element(
    'div',
    {
      class: 'notice-sheet',
      id: 'notice-sheet',
      hidden: true,
      role: 'region',
      tabindex: 0,
      'aria-label': 'Model, licence and limits',
    },
    element('p', {}, element('strong', {}, wholeNotice)),
    list,
  );
  const button = element(
    'button',
    {
      type: 'button',
      class: 'notice',
      'aria-expanded': 'false',
      'aria-controls': 'notice-sheet',
      on: {
        click: () => {
          open(button.getAttribute('aria-expanded') !== 'true');
        },
      },
    },
    element('strong', {}, 'RESEARCH USE'),
    summary,
  );
  const node = element('div', { class: 'notice-place' }, button, sheet);
  let shown = '';
  let told: FilmReport | undefined;

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
      const { loaded } = reading.film;
      const report = loaded?.report;
      // Until the report arrives, its model is unknown: the default model is shown instead.
      const facts = loaded === undefined ? site.model : loaded.model;
      const { name, version } = report?.model ?? site.model;
      const text = `${name} ${version} · ${facts?.licence ?? 'licence unknown'}`;
      if (text === shown && report === told) return;
      shown = text;
      told = report;
      summary.textContent = text;
      const entries: readonly (readonly [string, string | undefined])[] = [
        ['Model', `${name} ${version}`],
        ['Licence', facts?.licence ?? 'Unknown: this model is no longer served. See its card.'],
        ['Intended use', facts?.intendedUse],
        ['Looked for', report?.lookedFor.map((one) => reading.film.titleOf(one)).join(', ')],
        ['Notice', report?.notice ?? site.notice],
        ['Ran on', report?.provider ?? undefined],
        ['Network (SHA-256)', report?.model.onnxSha256],
        ['Report', report?.id],
      ];
      list.replaceChildren(
        ...entries.flatMap(([name, value]) =>
          value === undefined || value === '' ? [] : [element('dt', {}, name), element('dd', {}, value)],
        ),
      );
    },
    close() {
      document.removeEventListener('pointerdown', away);
    },
  };
}
