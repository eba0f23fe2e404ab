import t from 'tap';
import { ApiFault } from '../../../src/viewer/api/index.js';
import { filmOpener } from '../../../src/viewer/film/filmOpener.js';
import { isMissing } from '../../../src/viewer/film/noSuchFilm.js';
import { madeBox, madeReport } from './made.js';

/** Films of a page are opened alike; operators never ask whose film it is. */

async function opened(role: 'operator' | 'radiologist' | 'submitter') {
  const asked: string[] = [];
  const never = () => Promise.reject(new Error('not here'));
  const open = filmOpener(
    {
      api: {
        detection: (id) => {
          asked.push(`report of ${id}`);
          return Promise.resolve(madeReport([madeBox(1, 0.8)]));
        },
        film: never,
        grey16: never,
        references: (id) => {
          asked.push(`references of ${id}`);
          return Promise.resolve({ patientRef: 'P-1' });
        },
      },
      models: { find: () => Promise.resolve(undefined) },
      user: { role },
    },
    { picture: never, grey16: never, close: () => undefined },
  );
  const film = await new Promise<ReturnType<typeof open>>((resolve) => {
    const shown = open('a film', () => {
      if (shown.loaded !== undefined && shown.pixels.kind === 'absent') resolve(shown);
    });
  });
  return { film, asked };
}

t.test('who may know whose film it is asks for it; an operator does not even ask', async (t) => {
  for (const role of ['radiologist', 'submitter'] as const) {
    const { film, asked } = await opened(role);
    t.strictSame(asked.toSorted(), ['references of a film', 'report of a film'], role);
    t.equal(film.references?.patientRef, 'P-1');
  }
  const { film, asked } = await opened('operator');
  t.strictSame(asked, ['report of a film']);
  t.equal(film.references, undefined);
});

t.test('a film is missing if the server says so, not if it is away or refuses', (t) => {
  const fault = (status: number) => ({ fault: new ApiFault({ status, code: 'x', detail: '' }) });
  t.ok(isMissing(fault(404)));
  for (const other of [fault(403), fault(503), { fault: new Error('404') }, { fault: undefined }])
    t.notOk(isMissing(other));
  t.end();
});
