import type { ModelSpec } from '../../detector/index.js';

/** What to know about a model before trusting its boxes, and how to name what it found. */
export function modelFacts({ name, version, licence, intendedUse, threshold, classes }: ModelSpec) {
  return {
    name,
    version,
    licence,
    intendedUse,
    threshold: threshold.score,
    classes: classes.map(({ name, title, colour, role }) => ({ name, title, colour, role })),
  };
}
