import { tokenSection } from '../account/tokenSection.js';
import { element } from '../dom/element.js';
import type { Page, PageContext } from '../app/page.js';
import type { OperatorTab } from '../app/route.js';
import { liveTail } from './liveTail.js';
import { siteSection } from './siteSection.js';
import { statisticsSection } from './statisticsSection.js';
import { userSection } from './userSection.js';

interface Section {
  readonly node: HTMLElement;
  readonly close: () => void;
}

const tabs: Readonly<Record<OperatorTab, readonly [title: string, open: (context: PageContext) => Section]>> = {
  statistics: ['Statistics', statisticsSection],
  live: ['Live', liveTail],
  users: ['Users', userSection],
  tokens: ['Tokens', (context) => tokenSection(context, { everybody: true })],
  site: ['Site', siteSection],
};

/** The operators' page. Each tab has its own address. */
export function operatorsPage(host: HTMLElement, tab: OperatorTab, context: PageContext): Page {
  const [title, open] = tabs[tab];
  const section = open(context);
  const links = Object.entries(tabs).map(([name, [text]]) =>
    element(
      'a',
      { href: `/operators/${name}`, 'aria-current': name === tab ? 'page' : undefined },
      text,
      name === 'users' && context.waiting?.badge(),
    ),
  );
  host.append(
    element(
      'div',
      { class: 'sheet wide' },
      element('h1', {}, 'Operations'),
      element('nav', { class: 'tabs', 'aria-label': 'Operations' }, ...links),
      section.node,
    ),
  );
  return { title, close: section.close };
}
