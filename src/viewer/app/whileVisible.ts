/**
 * Repeats something while the page is visible, and immediately when it becomes visible again, until the returned
 * function is called. A round never starts before the last one has finished.
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
