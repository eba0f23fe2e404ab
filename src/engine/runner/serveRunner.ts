import { performance } from 'node:perf_hooks';
import { messageOf, serveParent } from '../../children/index.js';
import { detect, HeadValueError, packTensor } from '../../detector/index.js';
import type { FailedMessage, RanMessage, RunMessage, RunnerStart, RunOutcome } from '../messages.js';
import { collectGarbage } from './collectGarbage.js';
import { headsOfFilm, type NetworkOutput, type OpenNetwork } from './network.js';
import { type OpenedModels, openModels } from './openModels.js';
import type { OpenedModel } from './openOnProvider.js';

/** The runner child: inputs of one network → detections for each film. */
export function serveRunner(open: OpenNetwork): void {
  let opened: OpenedModels | undefined;

  serveParent<RunnerStart, RunMessage, RanMessage | FailedMessage>({
    async start(message) {
      opened = await openModels(message, open);
      collectGarbage();
      return { kind: 'ready', provider: opened.provider, notes: opened.notes };
    },
    async work({ job, model, films, wide }) {
      try {
        const loaded = opened?.models.get(model);
        if (loaded === undefined) throw new Error(`the runner knows no model "${model}"`);
        const began = performance.now();
        const outputs = await run(loaded, films, wide);
        const inferMs = performance.now() - began;
        return {
          kind: 'ran',
          job,
          inferMs,
          outcomes: films.map((film, i) => outcomeOf(loaded, outputs, film, i, films.length)),
        };
      } catch (error) {
        return { kind: 'failed', job, message: messageOf(error) };
      }
    },
  });
}

function run(
  { spec, network, wide }: OpenedModel,
  films: RunMessage['films'],
  alone: boolean,
): Promise<ReadonlyMap<string, NetworkOutput>> {
  const { channels, height, width } = spec.input;
  const tensor = packTensor(
    films.map(({ input }) => input),
    spec.input,
  );
  return (alone ? (wide ?? network) : network).run(tensor, [films.length, channels, height, width]);
}

/** If only one film's heads hold NaN, only that film fails. */
function outcomeOf(
  { spec }: OpenedModel,
  outputs: ReadonlyMap<string, NetworkOutput>,
  { input, floor }: RunMessage['films'][number],
  index: number,
  films: number,
): RunOutcome {
  const began = performance.now();
  try {
    const heads = headsOfFilm(outputs, spec, index, films);
    const detection = detect(heads, spec, input.plan, floor === undefined ? {} : { floor });
    return { detection, postMs: performance.now() - began };
  } catch (error) {
    if (!(error instanceof HeadValueError)) throw error;
    return { error: error.message, postMs: performance.now() - began };
  }
}
