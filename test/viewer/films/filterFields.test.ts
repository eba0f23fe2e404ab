import t from 'tap';
import { isNarrowed, noFilter, noSearch } from '../../../src/viewer/app/filmFilter.js';
import { asksTheSame } from '../../../src/viewer/films/filterFields.js';
import { lesionTitles } from '../../../src/viewer/films/modelFilters.js';

/** The list asks again only if the answer may differ. */

t.test('choosing what to search by asks nothing while there is nothing to search for', (t) => {
  const nothing = { filter: noFilter, search: noSearch };
  t.ok(asksTheSame(nothing, { filter: noFilter, search: { by: 'sha256', text: ' ' } }));
  t.notOk(asksTheSame(nothing, { filter: noFilter, search: { by: 'patientRef', text: 'P-1' } }));
  const found = { filter: noFilter, search: { by: 'patientRef', text: 'P-1' } } as const;
  t.notOk(asksTheSame(found, { filter: noFilter, search: { by: 'accessionNumber', text: 'P-1' } }));
  t.ok(asksTheSame(found, { ...found, filter: { ...noFilter } }));
  for (const change of [{ state: 'findings' }, { from: '2026-11-21' }, { minScore: '0.5' }, { class: 'x' }] as const)
    t.notOk(asksTheSame(nothing, { filter: { ...noFilter, ...change }, search: noSearch }), JSON.stringify(change));
  t.end();
});

t.test('a search for blanks narrows nothing: the list is whole, and does not say otherwise', (t) => {
  t.notOk(isNarrowed(noFilter, { by: 'patientRef', text: '  ' }));
  t.ok(isNarrowed(noFilter, { by: 'patientRef', text: 'P-1' }));
  t.end();
});

t.test('lesions are offered once, whichever model looks for them; attributes are not', (t) => {
  const one = (name: string, role: 'lesion' | 'attribute') => ({ name, title: name.toUpperCase(), colour: '', role });
  t.strictSame(
    [...lesionTitles([{ classes: [one('a', 'lesion'), one('b', 'attribute')] }, { classes: [one('a', 'lesion')] }])],
    [['a', 'A']],
  );
  t.end();
});
