import { readdirSync, readFileSync } from 'node:fs';

/** What a process is for, e.g. `serving` or `runner`. */
export type ProcessKind = 'serving' | 'decoder' | 'runner' | 'film writer' | 'worker';

export interface ProcessFigures {
  readonly kind: ProcessKind;
  readonly pid: number;
  /** Of all its threads, since it started. */
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** Clock ticks of Linux's /proc in a second (USER_HZ, a constant of its interface). */
const ticksPerSecond = 100;

/** A process and its descendants; empty if there is no /proc. */
export function processesBelow(root: number): readonly ProcessFigures[] {
  const all = everyProcess();
  const found: ProcessFigures[] = [];
  const visit = (pid: number, isRoot: boolean): void => {
    const own = all.find((process) => process.pid === pid);
    if (own === undefined) return;
    found.push({ kind: isRoot ? 'serving' : kindOf(own.command), pid, cpuMs: own.cpuMs, rssMiB: rssOf(pid) });
    for (const child of all) if (child.parent === pid) visit(child.pid, false);
  };
  visit(root, true);
  return found;
}

/** CPU ms of each kind of process between two looks; a process that started in between counts from its start. */
export function cpuBetween(
  before: readonly ProcessFigures[],
  after: readonly ProcessFigures[],
): Partial<Record<ProcessKind, number>> {
  const spent: Partial<Record<ProcessKind, number>> = {};
  for (const { kind, pid, cpuMs } of after) {
    const earlier = before.find((process) => process.pid === pid)?.cpuMs ?? 0;
    spent[kind] = (spent[kind] ?? 0) + cpuMs - earlier;
  }
  return spent;
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
  readonly command: string;
}

function everyProcess(): Listed[] {
  return names('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = text(`/proc/${name}/stat`);
      // The name in brackets may contain spaces and brackets.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [, parent, ...rest] = fields;
      const ticks = Number(rest[9]) + Number(rest[10]);
      if (parent === undefined || Number.isNaN(ticks)) return [];
      const command = text(`/proc/${name}/cmdline`).replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: Number(parent), cpuMs: (ticks * 1000) / ticksPerSecond, command }];
    });
}

function kindOf(command: string): ProcessKind {
  if (command.includes('engine/decoder/main.')) return 'decoder';
  if (command.includes('engine/runner/main.')) return 'runner';
  if (command.includes('films/writer/main.')) return 'film writer';
  return 'worker';
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** The greatest RSS that a running process has had; 0 where there is no /proc. */
export function peakRssMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Empty if the process has ended meanwhile. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
