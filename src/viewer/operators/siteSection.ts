import type { Site } from '../api/index.js';
import { element } from '../dom/element.js';
import type { PageContext } from '../app/page.js';
import { scoreText } from '../report/stateWords.js';
import { faultText } from '../ui/form.js';
import { keepingText } from '../app/keepingText.js';

/** Settings of the whole site: who may request an account, whether films are kept. */
export function siteSection({ api, site: atStart, say }: PageContext): {
  readonly node: HTMLElement;
  readonly close: () => void;
} {
  const stop = new AbortController();
  const tick = element('input', {
    type: 'checkbox',
    id: 'site-sign-up',
    on: {
      change: () => {
        void set(tick.checked);
      },
    },
  });
  const facts = element('dl', { class: 'facts' });
  const node = element(
    'section',
    {},
    element('h2', {}, 'Accounts'),
    element(
      'p',
      { class: 'tick' },
      tick,
      element('label', { for: tick.id }, 'Anyone who can reach this page may request an account'),
    ),
    element('p', { class: 'muted' }, 'A requested account can do nothing until an operator approves it under Users.'),
    element('h2', {}, 'This service'),
    facts,
  );
  show(atStart);
  void api.site(stop.signal).then(show, () => undefined);
  return {
    node,
    close: () => {
      stop.abort();
    },
  };

  function show(site: Site): void {
    tick.checked = site.signUp;
    const { model } = site;
    facts.replaceChildren(
      ...[
        [
          'Films',
          [
            `${keepingText(site)}.`,
            ...(site.imageStore === 'none' ? [] : ['They are re-encoded without headers; the setting is IMAGE_STORE.']),
          ].join(' '),
        ],
        ['Sessions', `end after ${site.sessionMinutes} minutes without use`],
        ['Largest file', `${Math.round(site.maxUploadBytes / 1024 / 1024)} MiB`],
        ['Model', `${model.name} ${model.version}, licence ${model.licence}`],
        [
          'Looks for',
          model.classes
            .filter(({ role }) => role === 'lesion')
            .map(({ title }) => title)
            .join(', '),
        ],
        ['Threshold', `${scoreText(model.threshold)}; candidates are kept from ${scoreText(model.candidateFloor)}`],
        ['Intended use', model.intendedUse],
        ['Notice', site.notice],
        ['Version', site.version],
      ].flatMap(([term = '', text = '']) => [element('dt', {}, term), element('dd', {}, text)]),
    );
  }

  async function set(signUp: boolean): Promise<void> {
    try {
      show(await api.setSignUp(signUp));
      say(signUp ? 'Anyone can now request an account.' : 'Accounts can no longer be requested.');
    } catch (error) {
      tick.checked = !signUp;
      say(`Not changed: ${faultText(error)}`);
    }
  }
}
