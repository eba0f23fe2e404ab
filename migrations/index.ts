import type { Migration } from 'kysely';
import * as detections from './0001_detections.js';
import * as accounts from './0002_accounts.js';
import * as audit from './0003_audit.js';
import * as sessions from './0004_sessions.js';
import * as keptFilms from './0005_kept_films.js';
import * as databaseIdentity from './0006_database_identity.js';
import * as filmTallies from './0007_film_tallies.js';
import * as sealedReferences from './0008_sealed_references.js';
import * as filmIdentity from './0009_film_identity.js';
import * as replicas from './0010_replicas.js';
import * as listedFilms from './0011_listed_films.js';
import * as seriesUid from './0012_series_uid.js';
import * as logTree from './0013_log_tree.js';
import * as reviews from './0014_reviews.js';

/** Every step, in order. A map instead of a folder scan: the same from dist/, under tap and in a bundle. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_detections': detections,
  '0002_accounts': accounts,
  '0003_audit': audit,
  '0004_sessions': sessions,
  '0005_kept_films': keptFilms,
  '0006_database_identity': databaseIdentity,
  '0007_film_tallies': filmTallies,
  '0008_sealed_references': sealedReferences,
  '0009_film_identity': filmIdentity,
  '0010_replicas': replicas,
  '0011_listed_films': listedFilms,
  '0012_series_uid': seriesUid,
  '0013_log_tree': logTree,
  '0014_reviews': reviews,
};
