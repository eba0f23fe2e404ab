/** Who sent a film: a patient's reference is its sender's, so two films called one patient's say whose they are. */
export function sentBy(submitter = ''): string {
  return submitter === '' ? '' : `by ${submitter}`;
}
