import type { Random } from '../random.js';

/** A new array in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [result[i], result[j]];
    if (a === undefined || b === undefined) throw new Error('shuffled: the items may not be undefined');
    [result[i], result[j]] = [b, a];
  }
  return result;
}
