import { Compile } from 'typebox/compile';
import { reportedFloor } from './detect.js';
import { ModelSpecError } from './modelSpecError.js';
import { ModelSpecSchema } from './modelSpecSchema.js';
import type { ModelSpec } from './spec.js';

const validator = Compile(ModelSpecSchema);

/**
 * Parses the content of a model.json.
 *
 * @throws ModelSpecError that names the first field that is wrong
 */
export function parseModelSpec(value: unknown): ModelSpec {
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    throw new ModelSpecError(first?.instancePath ?? '', first?.message ?? 'is not a ModelSpec');
  }
  assertConsistent(value);
  return value;
}

function assertConsistent(spec: ModelSpec): void {
  if (!spec.classes.some((c) => c.role === 'lesion')) {
    throw new ModelSpecError('/classes', 'no class has the role lesion, so nothing could ever be found');
  }
  unique(
    spec.classes.map((c) => c.name),
    '/classes',
    'name',
  );
  unique(
    spec.heads.map((h) => h.tensor),
    '/heads',
    'tensor',
  );
  spec.heads.forEach((head, i) => {
    for (const side of ['width', 'height'] as const) {
      if (spec.input[side] % head.stride !== 0) {
        throw new ModelSpecError(
          `/heads/${i}/stride`,
          `${head.stride} does not divide the input ${side} ${spec.input[side]}`,
        );
      }
    }
  });
  const floor = reportedFloor(spec);
  if (spec.threshold.score < floor) {
    throw new ModelSpecError(
      '/threshold/score',
      `${spec.threshold.score} is below ${floor}, the score of the candidateFloor: ` +
        'boxes between the two would never be reported',
    );
  }
  if (spec.window !== 'none' && spec.window.percentile[0] >= spec.window.percentile[1]) {
    throw new ModelSpecError('/window/percentile', 'the lower percentile must be below the upper');
  }
  if (spec.window !== 'none' && spec.input.colour !== 'grey') {
    throw new ModelSpecError('/window', 'a percentile window is defined on grey levels: input.colour must be grey');
  }
  if (spec.input.channels === 1 && spec.input.colour !== 'grey') {
    throw new ModelSpecError('/input/colour', 'must be grey for a network of one channel');
  }
}

function unique(names: string[], field: string, key: string): void {
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0) throw new ModelSpecError(`${field}/${twice}/${key}`, `"${String(names[twice])}" appears twice`);
}
