/** How long before the end the user is told, ms (WCAG 2.2.1 wants 20 s at least). */
export const warnAheadMs = 120_000;

/** What to do now about the end of a session. */
export type ExpiryStep =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'warn'; readonly endsInMs: number }
  | { readonly kind: 'ended' };

export function expiryStep(expiresAtMs: number, nowMs: number): ExpiryStep {
  const left = expiresAtMs - nowMs;
  if (left <= 0) return { kind: 'ended' };
  return left <= warnAheadMs ? { kind: 'warn', endsInMs: left } : { kind: 'wait', ms: left - warnAheadMs };
}
