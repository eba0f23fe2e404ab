import t from 'tap';
import { filmName } from '../../../src/viewer/app/filmName.js';
import { moment } from '../../../src/viewer/ui/dates.js';
import { labelOf } from '../../../src/viewer/films/uploadStrip.js';

/** What a film is called: never half an id, which tells no two films apart for anybody. */

const image = {
  sha256: '',
  width: 2500,
  height: 3000,
  format: 'png',
  bits: 16,
  preparation: { window: null, inverted: false, orientation: 1 },
};
const film = {
  id: '0198f0c2-a3c8-7e9f-a1b2-c3d42dafbb05',
  createdAt: '2026-11-30T21:50:07.000Z',
  externalId: undefined,
  image,
} as const;
const none = new Map<string, string>();

t.test('a film is called by its label, its file, its references, in this order', (t) => {
  const all = { label: 'bed 4, supine', externalId: 'exam-7', accessionNumber: 'A-1', patientRef: 'P-17' };
  const { label: _label, ...withoutLabel } = all;
  t.equal(filmName({ ...film, references: all }, new Map([[film.id, 'here.jpg']])), 'bed 4, supine');
  t.equal(filmName({ ...film, references: withoutLabel }, new Map([[film.id, 'here.jpg']])), 'here.jpg');
  t.equal(filmName({ ...film, references: withoutLabel }, none), 'exam-7');
  t.equal(filmName({ ...film, externalId: 'exam-8' }, none), 'exam-8', 'as an operator hears it');
  t.equal(filmName({ ...film, references: { accessionNumber: 'A-1', patientRef: 'P-17' } }, none), 'accession A-1');
  t.equal(filmName({ ...film, references: { patientRef: 'P-17' } }, none), 'patient P-17');
  t.end();
});

t.test('a film without a name is called by its second and its size', (t) => {
  const name = filmName(film, none);
  t.equal(name, `film of ${moment(film.createdAt)}:07, 2500 × 3000`);
  t.equal(filmName({ ...film, image: null }, none), `film of ${moment(film.createdAt)}:07`);
  t.notMatch(name, film.id.slice(-8));
  t.end();
});

t.test("a file's name becomes a label that the server takes", (t) => {
  t.equal(labelOf(' Thorax p.a.\u0007 07.png '), 'Thorax p.a.  07.png');
  t.equal(Array.from(labelOf('𝄞'.repeat(200))).length, 128, 'cut between characters, not within one');
  t.end();
});
