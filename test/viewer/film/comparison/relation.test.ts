import t from 'tap';
import { firstToCompare, otherFilmName, relationOf } from '../../../../src/viewer/film/comparison/relation.js';
import { moment } from '../../../../src/viewer/ui/dates.js';

/** Which film was taken first is known by study dates alone: sending them proves nothing. */

const film = { studyDate: '2026-11-21', createdAt: '2026-11-21T10:00:00Z' };
const sentAfter = '2026-11-22T10:00:00Z';
const sentBefore = '2026-11-20T10:00:00Z';

t.test('an old film that was sent today is a prior; without study dates, only the sending is told', (t) => {
  t.equal(relationOf({ studyDate: '2024-03-12', createdAt: sentAfter }, film), 'prior');
  t.equal(relationOf({ studyDate: '2026-11-22', createdAt: sentBefore }, film), 'later');
  t.equal(relationOf({ studyDate: '2026-11-21', createdAt: sentAfter }, film), 'same day');
  t.equal(relationOf({ createdAt: sentAfter }, film), 'sent later');
  t.equal(relationOf({ createdAt: sentBefore }, film), 'sent earlier');
  t.equal(relationOf({ studyDate: '2024-03-12', createdAt: sentAfter }, { createdAt: film.createdAt }), 'sent later');
  t.end();
});

t.test('compared first: the newest that is not later; a later one only if there is no other', (t) => {
  const later = { id: 'later', studyDate: '2026-12-01', createdAt: sentAfter };
  const prior = { id: 'prior', studyDate: '2025-01-01', createdAt: sentAfter };
  const older = { id: 'older', studyDate: '2020-01-01', createdAt: sentBefore };
  t.equal(firstToCompare([later, prior, older], film)?.id, 'prior');
  t.equal(firstToCompare([later], film)?.id, 'later');
  t.equal(firstToCompare([{ id: 'unknown', createdAt: sentAfter }, older], film)?.id, 'older');
  t.equal(firstToCompare<typeof prior>([], film), undefined);
  t.end();
});

t.test('a film is called by its date, and says so if it is not earlier', (t) => {
  t.equal(
    otherFilmName({ studyDate: '2024-03-12', createdAt: sentAfter, label: 'supine' }, film),
    '2024-03-12, supine',
  );
  t.equal(otherFilmName({ studyDate: '2026-11-22', createdAt: sentAfter }, film), '2026-11-22 (later)');
  t.equal(otherFilmName({ studyDate: '2026-11-21', createdAt: sentAfter }, film), '2026-11-21 (same day)');
  t.equal(otherFilmName({ createdAt: sentBefore }, film), `sent ${moment(sentBefore)}`);
  t.equal(otherFilmName({ createdAt: sentAfter }, film), `sent ${moment(sentAfter)}`);
  t.end();
});
