import { execFileSync } from 'node:child_process';

/** The decoder and runner processes of a running service, by their command lines. */
export function childrenOf(pid: number): { readonly decoder: readonly number[]; readonly runner: readonly number[] } {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const children = table.split('\n').flatMap((line) => {
    const [, id, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === pid ? [{ pid: Number(id), args }] : [];
  });
  const running = (module: string) =>
    children.filter(({ args }) => args.includes(`engine/${module}/main.`)).map((child) => child.pid);
  return { decoder: running('decoder'), runner: running('runner') };
}
