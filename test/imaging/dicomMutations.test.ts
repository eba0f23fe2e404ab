import t from 'tap';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { FilmError } from '../../src/imaging/index.js';
import { mutate, wholeFilms } from './dicomMutations.js';

/** A few hundred of the files of `npm run bench -- --only dicom-mutations`, without the service. */

const options = { maxPixels: 4_000_000, secondaryCapture: true };

t.test('every film is read before it is damaged', async (t) => {
  for (const { syntax, bytes } of await wholeFilms()) await t.resolves(decodeFilm(bytes, options), syntax);
});

t.test('a damaged DICOM file is a film or a coded refusal, never anything else', { timeout: 300_000 }, async (t) => {
  const films = await wholeFilms();
  const outcomes = new Map<string, number>();
  const wrong: string[] = [];
  for (let seed = 1; seed <= 400; seed++) {
    const { kind, syntax, bytes } = mutate(seed, films);
    const outcome = await decodeFilm(bytes, options).catch((error: unknown) => error);
    if (outcome instanceof Error && !(outcome instanceof FilmError))
      wrong.push(`${seed} ${kind} ${syntax} ${outcome.message}`);
    const name = outcome instanceof FilmError ? outcome.code : outcome instanceof Error ? 'other' : 'film';
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  }
  t.strictSame(wrong, []);
  t.ok((outcomes.get('film') ?? 0) > 20 && (outcomes.get('broken-image') ?? 0) > 100, JSON.stringify([...outcomes]));
});
