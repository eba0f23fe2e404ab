import { element } from '../../dom/element.js';
import { boxesOf, type Desk, judgedOf } from '../desk.js';

/** One toggle for each class that was looked for, with the number of its boxes in the list. */
export function createClassToggles(desk: Desk): { readonly node: HTMLElement; update(): void } {
  const list = element('div', { class: 'class-list' });
  const node = element('fieldset', { class: 'classes' }, element('legend', {}, 'Classes'), list);
  const toggles = new Map<string, { readonly box: HTMLInputElement; readonly count: HTMLElement }>();

  function toggle(name: string, on: boolean): void {
    const classesOff = new Set(desk.state.classesOff);
    if (on) classesOff.delete(name);
    else classesOff.add(name);
    desk.change({ classesOff });
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
        return element('label', {}, box, element('span', {}, `${desk.film.titleOf(name)} `), count);
      }),
    );
  }

  return {
    node,
    update() {
      const judged = judgedOf(desk.film);
      node.hidden = judged === undefined || judged.state === 'not-analysed';
      if (node.hidden) return;
      const names = desk.film.loaded?.report.lookedFor ?? [];
      if (names.length !== toggles.size || names.some((name) => !toggles.has(name))) build(names);
      const boxes = boxesOf(desk.film, desk.state);
      for (const [name, { box, count }] of toggles) {
        box.checked = !desk.state.classesOff.has(name);
        count.textContent = String(boxes.filter((shown) => shown.box.class === name).length);
      }
    },
  };
}
