import type { Report } from '../report/index.js';

/** How a film's job ended, if it is done. */
export type Outcome =
  /** Analysed, and its results are in the PACS (`stored` of them). */
  | { readonly outcome: Report['state']; readonly detectionId: string; readonly stored: number }
  /** The service doesn't take this film; the audit log says so, too. */
  | { readonly outcome: 'refused'; readonly code: string };
