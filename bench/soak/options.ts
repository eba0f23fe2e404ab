import { parseArgs } from 'node:util';

export type LogPlace = 'postgres' | 'embedded';

export interface SoakOptions {
  readonly places: readonly LogPlace[];
  /** Requests, not counting resends. The run ends after them, or when the time is up. */
  readonly films: number;
  readonly minutes: number;
  readonly kills: number;
  readonly clients: number;
  /** Determines the moments and victims of the kills. */
  readonly seed: number;
  /** Writes the section of docs/performance.md. */
  readonly write: boolean;
}

const usage = `npm run soak -- [--log postgres,embedded] [--films 5000] [--minutes 10] [--kills 12] [--clients 16]
  [--seed 1] [--write]
  Minutes are for each log. --write puts the table into docs/performance.md.`;

/** Reads the command line; if it is wrong, prints the usage and ends the process. */
export function readSoakOptions(): SoakOptions {
  try {
    return parse();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

function parse(): SoakOptions {
  const { values } = parseArgs({
    options: {
      log: { type: 'string', default: 'postgres,embedded' },
      films: { type: 'string', default: '5000' },
      minutes: { type: 'string', default: '10' },
      kills: { type: 'string', default: '12' },
      clients: { type: 'string', default: '16' },
      seed: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
    },
  });
  return {
    places: values.log.split(',').map(placeOf),
    films: number('--films', values.films),
    minutes: number('--minutes', values.minutes),
    kills: number('--kills', values.kills),
    clients: number('--clients', values.clients),
    seed: number('--seed', values.seed),
    write: values.write,
  };
}

function placeOf(text: string): LogPlace {
  if (text !== 'postgres' && text !== 'embedded') throw new Error(`--log: ${text} is neither postgres nor embedded`);
  return text;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new Error(`${option} ${text} is not a number of 0 or more`);
  return value;
}
