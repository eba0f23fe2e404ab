import t from 'tap';
import { ApiFault, type FilmPicture, type PictureForm } from '../../../src/viewer/api/index.js';
import { filmPixels } from '../../../src/viewer/film/pixels/levels.js';
import { loadPixels } from '../../../src/viewer/film/state/loadPixels.js';
import type { FilmSource } from '../../../src/viewer/film/state/filmSource.js';
import type { PixelState } from '../../../src/viewer/film/state/pixelState.js';

/** A film comes in steps: something to look at at once, marked as a preview, and all of its pixels last. */

const size = { width: 400, height: 200 };

interface Server {
  readonly bits?: number;
  readonly channels?: number;
  readonly without?: readonly (PictureForm | 'grey16')[];
  readonly gone?: boolean;
  readonly kept?: { readonly width: number; readonly height: number };
  readonly deepSize?: { readonly width: number; readonly height: number };
}

/** What is heard of a film that such a server has, step by step. */
async function heardOf({ bits = 8, channels = 1, without = [], gone = false, kept = size, deepSize = kept }: Server) {
  const asked: string[] = [];
  const states: PixelState[] = [];
  const told: number[] = [];
  const answer = <T>(name: PictureForm | 'grey16', value: T): Promise<T> => {
    asked.push(name);
    if (gone)
      return Promise.reject(new ApiFault({ status: 404, code: 'film-not-kept', detail: 'The film was deleted.' }));
    return without.includes(name) ? Promise.reject(new Error(`no ${name}`)) : Promise.resolve(value);
  };
  const sides = { thumbnail: 256, preview: 1500, film: Infinity };
  const shown = (form: PictureForm) => {
    const scale = Math.min(1, sides[form] / Math.max(kept.width, kept.height));
    const [width, height] = [Math.round(kept.width * scale), Math.round(kept.height * scale)];
    return filmPixels({ width, height, planes: [new Uint8Array(width * height)] }, 255);
  };
  let last: PictureForm = 'film';
  const source: FilmSource = {
    api: {
      detection: () => Promise.reject(new Error('not asked here')),
      film: (_, form, query): Promise<FilmPicture> => {
        last = form;
        query?.progress?.(0.5);
        return answer(form, { blob: new Blob(), ...kept, bits, channels, window: [1000, 3000] });
      },
      grey16: (_, query) => {
        query?.progress?.(0.25);
        return answer('grey16', { values: new Uint16Array(0), ...deepSize });
      },
    },
    models: { find: () => Promise.resolve(undefined) },
    reader: {
      picture: () => Promise.resolve(shown(last)),
      grey16: () =>
        Promise.resolve(
          filmPixels({ ...deepSize, planes: [new Uint16Array(deepSize.width * deepSize.height)] }, 65535),
        ),
      close: () => undefined,
    },
  };
  const image = { ...size, preparation: { window: [900, 3100] as const, inverted: false, orientation: 1 } };
  const request = { id: 'f', signal: new AbortController().signal, image };
  const fault = await loadPixels(request, source, {
    become: (state) => states.push(state),
    progressed: (share) => told.push(share),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const qualities = states.map((state) => (state.kind === 'shown' ? state.quality : state.kind));
  return { asked, states, qualities, told, fault };
}

t.test('a film of 8 bits: thumbnail, preview, all pixels, and how far all of them are', async (t) => {
  const { asked, qualities, told, states } = await heardOf({});
  t.strictSame(asked, ['thumbnail', 'preview', 'film']);
  t.strictSame(qualities, ['preview', 'preview', 'full']);
  t.strictSame(told, [0.5], 'the small ones are not counted');
  t.match(states[0], { pixels: { film: size, sizes: [{ width: 256, height: 128 }] } }, 'in small, for the whole film');
});

t.test('a film of 16 bits: its pixels are asked for once, at their full depth', async (t) => {
  const { asked, qualities, told, states } = await heardOf({ bits: 12 });
  t.strictSame(asked, ['thumbnail', 'preview', 'grey16']);
  t.strictSame(qualities, ['preview', 'preview', 'full']);
  t.strictSame(told, [0.25]);
  t.match(states[1], { stands: [1000, 3000] }, "the preview's black and white are those of its window");
  t.match(states[2], { stands: [0, 65535], bits: 12 });
});

t.test('a thumbnail or preview that fails is skipped', async (t) => {
  t.strictSame((await heardOf({ without: ['thumbnail'] })).qualities, ['preview', 'full']);
  t.strictSame((await heardOf({ without: ['thumbnail', 'preview'] })).qualities, ['full']);
  t.strictSame(
    (await heardOf({ bits: 16, without: ['thumbnail', 'preview'] })).asked.slice(2),
    ['film', 'grey16'],
    'without either the film itself says how deep it is',
  );
});

t.test('if the rest does not arrive, the preview stays, and stays marked', async (t) => {
  for (const bits of [8, 16]) {
    const { states, fault } = await heardOf({ bits, without: ['film', 'grey16'] });
    t.match(states.at(-1), { kind: 'shown', quality: 'preview', fault: /^no / });
    t.equal(fault, undefined);
  }
  t.match((await heardOf({ without: ['thumbnail', 'preview', 'film'] })).fault, { message: 'no film' });
});

t.test('a film that is not kept is asked for once', async (t) => {
  const { asked, fault, states } = await heardOf({ gone: true });
  t.strictSame(asked, ['thumbnail']);
  t.match(fault, { code: 'film-not-kept' });
  t.strictSame(states, []);
});

t.test("a film whose size differs from the report's is not shown, not even its thumbnail", async (t) => {
  const { states, fault } = await heardOf({ kept: { width: 401, height: 200 } });
  t.strictSame(states, []);
  t.match(fault, { message: /differs in size from the one that was analysed/ });
});

t.test('full depth that differs in size from the preview is not shown', async (t) => {
  const { states } = await heardOf({ bits: 16, deepSize: { width: 200, height: 400 } });
  t.match(states.at(-1), { quality: 'preview', fault: /differs in size from its preview/ });
});
