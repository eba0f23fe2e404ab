import { element } from '../../dom/element.js';
import { boxesOf, type Reading, verdictOf } from '../state/reading.js';

/** A toggle for each class that was looked for, with its number of boxes in the list. */
export function createClassToggles(reading: Reading): { readonly node: HTMLElement; update(): void } {
  const list = element('div', { class: 'class-list' });
  const node = element('fieldset', { class: 'classes' }, element('legend', {}, 'Classes'), list);
  const toggles = new Map<string, { readonly box: HTMLInputElement; readonly count: HTMLElement }>();

  function toggle(name: string, on: boolean): void {
    const classesOff = new Set(reading.state.classesOff);
    if (on) classesOff.delete(name);
    else classesOff.add(name);
    reading.change({ classesOff });
  }
  function build(names: readonly string[]): void {
    toggles.clear();
    list.replaceChildren(
      ...names.map((name) => {
        const box = element('input', {
          type: 'checkbox',
          'data-class': name,
          on: {
            change: () => {
              toggle(name, box.checked);
            },
          },
        });
        const count = element('span', { class: 'count' });
        toggles.set(name, { box, count });
        return element('label', {}, box, element('span', {}, `${reading.film.titleOf(name)} `), count);
      }),
    );
  }

  return {
    node,
    update() {
      const verdict = verdictOf(reading.film);
      const names = reading.film.loaded?.report.lookedFor ?? [];
      // With a single class there is nothing to choose: B hides its boxes.
      node.hidden = verdict === undefined || verdict.state === 'not-analysed' || names.length < 2;
      if (node.hidden) return;
      if (names.length !== toggles.size || names.some((name) => !toggles.has(name))) build(names);
      const boxes = boxesOf(reading.film, reading.state);
      for (const [name, { box, count }] of toggles) {
        box.checked = !reading.state.classesOff.has(name);
        count.textContent = String(boxes.filter((shown) => shown.box.class === name).length);
      }
    },
  };
}
