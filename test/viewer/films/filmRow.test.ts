import t from 'tap';
import type { ListItem } from '../../../src/viewer/api/index.js';
import { moreOf } from '../../../src/viewer/films/filmRow.js';
import { moment } from '../../../src/viewer/ui/dates.js';
import { madeBox, madeReport, notAnalysedReport } from '../film/made.js';

/** What a narrow screen says below a film's name, in one line whose end may be cut. */

const film = { status: 'kept' } as ListItem['film'];

t.test('the score stands first: it is missed most where there are no columns', (t) => {
  const report = madeReport([madeBox(1, 0.816)], 0.816);
  const references = { patientRef: 'MRN-0042117', accessionNumber: 'A-100602', studyDate: '2026-11-21' };
  t.equal(
    moreOf({ ...report, film, references } as ListItem),
    'score 0.816 · patient MRN-0042117 · accession A-100602 · study 2026-11-21 · ' +
      `sent ${moment(report.createdAt)} · m 1.0.0 · ris`,
  );
  t.match(moreOf({ ...report, film } as ListItem), /^score 0\.816 · sent /, 'as an operator sees it');
  t.end();
});

t.test('a film that was not analysed has no score, and one below the threshold never rounds up to it', (t) => {
  t.match(moreOf({ ...notAnalysedReport, film } as ListItem), /^score – · /);
  t.match(moreOf({ ...madeReport([], 0.3096), film } as ListItem), /^score 0\.309 · /);
  t.end();
});
