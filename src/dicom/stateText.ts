import type { Report } from '../report/index.js';

/** The state in words. None of them says, or may be taken to say, that a film is normal. */
export function stateText(report: Report): string {
  if (report.state === 'not-analysed') return `Not analysed (${report.reason.code}). ${report.reason.detail}`;
  const looked = `Looked for: ${report.lookedFor.join(', ')}.`;
  const threshold = `the threshold of ${report.threshold}`;
  if (report.state === 'below-threshold')
    return `No region at or above ${threshold}. This does not say that the film is normal. ${looked}`;
  const n = report.detections.length;
  return `${n} ${n === 1 ? 'region' : 'regions'} at or above ${threshold}. ${looked}`;
}
