import t from 'tap';
import { chordOf, chordText, type KeyPress } from '../../src/viewer/keys/chord.js';
import { type KeyCommand, Keys } from '../../src/viewer/keys/keys.js';

/** What a key press does, and when it does nothing. */

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
  return { key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more };
}

function storage(): { getItem(name: string): string | null; setItem(name: string, value: string): void } {
  const kept = new Map<string, string>();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value) };
}

/** A command that writes down what it did. */
function command(id: string, keys: readonly string[], done: string[], more: Partial<KeyCommand> = {}): KeyCommand {
  return { id, keys, help: id, press: () => void done.push(id), ...more };
}

t.test('a chord has one name on every keyboard', (t) => {
  t.equal(chordOf(press('i')), 'i');
  t.equal(chordOf(press('I', { shiftKey: true })), 'Shift+I');
  t.equal(chordOf(press('I')), 'i', 'with Caps Lock on');
  t.equal(chordOf(press('?', { shiftKey: true })), '?', 'Shift is how it is typed there');
  t.equal(chordOf(press(' ')), 'Space');
  t.equal(chordOf(press('ArrowLeft', { shiftKey: true })), 'Shift+ArrowLeft');
  t.equal(chordOf(press('z', { metaKey: true })), 'Ctrl+z', 'Cmd is Ctrl');
  t.equal(chordOf(press('ш', { code: 'KeyI' })), 'i', 'Cyrillic: the place of the key');
  t.equal(chordOf(press('ϋ', { code: 'KeyB', shiftKey: true })), 'Shift+B');
  t.equal(
    chordOf(press('@', { ctrlKey: true, altKey: true, getModifierState: (name) => name === 'AltGraph' })),
    undefined,
    'AltGr types a character',
  );
  t.equal(chordOf(press('Shift', { shiftKey: true })), undefined);
  t.equal(chordText('Shift+ArrowLeft'), 'Shift + ←');
  t.equal(chordText('+'), '+');
  t.equal(chordText('i'), 'I');
  t.end();
});

t.test('keys that the focused control needs never reach a command', (t) => {
  const done: string[] = [];
  const keys = new Keys();
  keys.register('Film', [
    command('hide', ['h'], done),
    command('reset', ['Space'], done),
    command('right', ['ArrowRight'], done),
    command('cancel', ['Escape'], done),
  ]);
  t.equal(keys.press(press('h'), 'text'), false, 'typing h in a comment types h');
  t.equal(keys.press(press(' '), 'button'), false, 'Space presses the button');
  t.equal(keys.press(press('ArrowRight'), 'range'), false, 'the slider moves');
  t.strictSame(done, []);
  t.ok(keys.press(press('h'), 'button'));
  t.ok(keys.press(press('h'), 'range'));
  t.ok(keys.press(press('Escape'), 'text'));
  t.strictSame(done, ['hide', 'hide', 'cancel']);
  t.end();
});

t.test('a held key ends with the key, with the window, and with its page', (t) => {
  const done: string[] = [];
  const keys = new Keys();
  const held = command('hide', ['h'], done, { release: () => void done.push('shown') });
  const close = keys.register('Film', [held]);
  keys.press(press('h'), 'none');
  t.ok(keys.press(press('h'), 'none', true), 'the repeats are taken and do nothing');
  t.strictSame(done, ['hide']);
  keys.release('KeyH');
  t.strictSame(done, ['hide', 'shown']);
  keys.press(press('h'), 'none');
  keys.releaseAll();
  keys.releaseAll();
  t.strictSame(done, ['hide', 'shown', 'hide', 'shown'], 'the window lost the focus: once');
  keys.press(press('h'), 'none');
  close();
  t.equal(done.at(-1), 'shown');
  t.equal(keys.press(press('h'), 'none'), false, 'a closed page has no keys');
  t.end();
});

t.test('only commands that say so repeat', (t) => {
  const done: string[] = [];
  const keys = new Keys();
  keys.register('Film', [command('pan', ['ArrowUp'], done, { repeats: true }), command('invert', ['i'], done)]);
  for (const again of [false, true, true]) {
    keys.press(press('ArrowUp'), 'none', again);
    keys.press(press('i'), 'none', again);
  }
  t.strictSame(done, ['pan', 'invert', 'pan', 'pan']);
  t.end();
});

t.test('the scope opened last is asked first, and a dialog lets nothing through', (t) => {
  const done: string[] = [];
  const keys = new Keys();
  keys.register('Page', [command('help', ['?'], done), command('page-escape', ['Escape'], done)]);
  keys.register('Film', [command('film-escape', ['Escape'], done)]);
  keys.press(press('Escape'), 'none');
  keys.press(press('?', { shiftKey: true }), 'none');
  t.strictSame(done, ['film-escape', 'help']);
  const close = keys.register('Key list', [command('close', ['Escape'], done)], { modal: true });
  t.equal(keys.press(press('?', { shiftKey: true }), 'none'), false);
  keys.press(press('Escape'), 'none');
  close();
  keys.press(press('Escape'), 'none');
  t.strictSame(done.slice(2), ['close', 'film-escape']);
  t.end();
});

t.test("a user's own keys, and single characters switched off, are kept", (t) => {
  const done: string[] = [];
  const kept = storage();
  const commands = [command('invert', ['i'], done), command('next', ['PageDown'], done)];
  const keys = new Keys();
  keys.remember(kept);
  keys.register('Film', commands);
  keys.choose('invert', ['v']);
  t.equal(keys.press(press('i'), 'none'), false);
  t.ok(keys.press(press('v'), 'none'));
  t.strictSame(keys.help(), [
    {
      title: 'Film',
      gestures: [],
      entries: [
        { id: 'invert', keys: ['v'], help: 'invert' },
        { id: 'next', keys: ['PageDown'], help: 'next' },
      ],
    },
  ]);
  keys.charactersOn = false;

  const later = new Keys();
  later.remember(kept);
  later.register('Film', commands);
  t.equal(later.press(press('v'), 'none'), false, 'characters are off');
  t.ok(later.press(press('PageDown'), 'none'), 'named keys are not');
  later.charactersOn = true;
  later.choose('invert', undefined);
  t.ok(later.press(press('i'), 'none'), 'its own key is back');
  t.end();
});

t.test("settings that can't be read are ignored", (t) => {
  for (const text of ['{', 'null', '7', '{"chosen":7}', '{"chosen":{"invert":"x"}}']) {
    const done: string[] = [];
    const keys = new Keys();
    keys.remember({ getItem: () => text, setItem: () => undefined });
    keys.register('Film', [command('invert', ['i'], done)]);
    t.ok(keys.press(press('i'), 'none'), text);
  }
  t.end();
});
