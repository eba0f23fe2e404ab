import { element, setAttributes } from '../../dom/element.js';
import type { Reading } from '../state/reading.js';
import type { Tool } from '../pane/gestureActions.js';
import { icon, type IconName } from '../../ui/icon.js';
import { type PresetName, presets } from '../pixels/windowLevel.js';

export interface ToolbarActions {
  invert(): void;
  fit(): void;
  oneToOne(): void;
  compare(): void;
  preset(name: PresetName): void;
  showWaysOut(): void;
}

export interface Toolbar {
  readonly node: HTMLElement;
  update(comparing: boolean): void;
}

const dragTools: readonly {
  readonly tool: Tool;
  readonly text: string;
  readonly key: string;
  readonly says: string;
}[] = [
  { tool: 'window', text: 'Window', key: 'W', says: 'Drag sets window and level' },
  { tool: 'zoom', text: 'Zoom', key: 'Z', says: 'Drag zooms' },
  { tool: 'move', text: 'Move', key: 'M', says: 'Drag moves the film' },
  { tool: 'measure', text: 'Distance', key: 'D', says: 'Two clicks measure a distance' },
];

/** Tools for the left button or one finger, and actions that need no drag. */
export function createToolbar(reading: Reading, actions: ToolbarActions): Toolbar {
  const toolButtons = dragTools.map(({ tool, text, key, says }) => ({
    tool,
    button: button(tool, text, key, says, () => {
      reading.change({ tool, draft: undefined });
    }),
  }));
  const invert = button('invert', 'Invert', 'I', 'Invert grey levels', () => {
    actions.invert();
  });
  const fit = button('fit', 'Fit', '=', 'Show the whole film', () => {
    actions.fit();
  });
  const actual = button('actual', 'Actual', '0, double click', 'One film pixel per screen pixel', () => {
    actions.oneToOne();
  });
  const boxes = button('boxes', 'Boxes', 'B', 'Show or hide all boxes', () => {
    reading.change({ boxesOff: !reading.state.boxesOff });
  });
  const compare = button('compare', 'Prior', 'P', 'Compare with another film of the same patient', () => {
    actions.compare();
  });
  const out = button('out', 'Save', 'O', 'Copy, save or print', () => {
    actions.showWaysOut();
  });
  out.setAttribute('aria-haspopup', 'menu');
  const preset = element(
    'select',
    { 'aria-label': 'Window preset', title: 'Window preset (1–4)', on: { change: choosePreset } },
    ...presets.map(({ name, says }, i) => element('option', { value: name }, `${i + 1} ${says}`)),
    element('option', { value: '', hidden: true }, 'Custom'),
  );
  const tools = element(
    'div',
    { class: 'film-tools', role: 'toolbar', 'aria-label': 'Film tools' },
    element('div', { class: 'group' }, ...toolButtons.map(({ button: node }) => node)),
    element('div', { class: 'group' }, invert, preset),
    element('div', { class: 'group' }, fit, actual),
    element('div', { class: 'group' }, boxes, compare, out),
  );
  const node = element('div', { class: 'film-tools-place' }, tools);

  function choosePreset(): void {
    const chosen = presets.find(({ name }) => name === preset.value);
    if (chosen !== undefined) actions.preset(chosen.name);
  }

  return {
    node,
    update(comparing) {
      const { film, state } = reading;
      const tool = state.tool ?? (matchMedia('(pointer: coarse)').matches ? 'move' : 'window');
      for (const { tool: its, button: node } of toolButtons) node.setAttribute('aria-pressed', String(its === tool));
      setAttributes(invert, { 'aria-pressed': String(film.inverted) });
      const boxable = film.loaded !== undefined && film.loaded.verdict.state !== 'not-analysed';
      setAttributes(boxes, { 'aria-pressed': String(boxable && !state.boxesOff), disabled: !boxable });
      setAttributes(compare, { 'aria-pressed': String(comparing) });
      preset.value = film.preset ?? '';
      const pixels = film.shown !== undefined;
      for (const control of [invert, preset, fit, actual]) control.disabled = !pixels;
    },
  };
}

function button(image: IconName, text: string, key: string, says: string, act: () => void): HTMLButtonElement {
  return element(
    'button',
    { type: 'button', class: 'tool', title: `${says} (${key})`, 'data-tool': image, on: { click: act } },
    icon(image),
    element('span', { class: 'tool-text' }, text),
  );
}
