import type { ModelSpec } from '../../detector/index.js';

/** What has to be known of a model before its boxes are believed, and to name what it said. */
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
