import { element, nodes } from '../../dom/element.js';
import type { References } from '../../api/index.js';
import { identityFacts } from './identityFacts.js';

export interface IdentityLine {
  readonly node: HTMLElement;
  /**
   * @param references undefined if unknown or hidden from this user: then there is no line, unless there is a sender
   */
  show(references: References | undefined, sender: string | undefined): void;
}

/** Above a film: whose it is and which study. Shown only on the page, never in its address or title. */
export function createIdentityLine(): IdentityLine {
  const node = element('p', { class: 'identity' });
  node.hidden = true;
  let shown = '';
  return {
    node,
    show(references, sender) {
      const facts = identityFacts(references).filter(([, value]) => value !== undefined && value !== '');
      const key = JSON.stringify([references === undefined, facts, sender]);
      if (key === shown) return;
      shown = key;
      node.hidden = references === undefined && sender === undefined;
      node.replaceChildren(
        ...nodes(
          ...facts.map(([name, value]) =>
            // A label needs no name.
            element('span', { 'data-fact': name }, name !== 'Label' && `${name} `, element('strong', {}, value)),
          ),
          references !== undefined && facts.length === 0 && element('span', {}, 'No references given'),
          sender !== undefined && element('span', { class: 'sender' }, `sent by ${sender}`),
        ),
      );
    },
  };
}
