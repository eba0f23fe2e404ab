/**
 * Does something again and again while somebody can see the page, and at once when it comes back into sight; until the
 * returned function is called. A round that is under way is waited for.
 */
export function whileVisible(everyMs: number, act: () => Promise<void>): () => void {
  const stop = new AbortController();
  let underWay = false;
  const round = async (): Promise<void> => {
    if (document.hidden || underWay) return;
    underWay = true;
    try {
      await act();
    } finally {
      underWay = false;
    }
  };
  const timer = setInterval(() => void round(), everyMs);
  document.addEventListener('visibilitychange', () => void round(), { signal: stop.signal });
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}
