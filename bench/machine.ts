import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import type { BenchOptions } from './options.js';

/** What the figures were measured on, as lines of Markdown. */
export function machineLines(options: BenchOptions): string[] {
  const [load = 0] = loadavg();
  return [
    `- ${processorLine()}`,
    `- Node ${process.versions.node}, onnxruntime-node ${packageVersion('onnxruntime-node')}, ` +
      `sharp ${packageVersion('sharp')}; peers: ${pythonVersions(options.python)}`,
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC; ` +
      `load average over the minute before the start ${load.toFixed(2)}`,
  ];
}

/** Processor, cores, memory and system. */
export function processorLine(): string {
  return (
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ` +
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${platform()} ${arch()}`
  );
}

function packageVersion(name: string): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
  );
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

function pythonVersions(python: string): string {
  const script = `import sys, importlib.metadata as m
packages = ["onnxruntime", "opencv-python-headless", "fastapi", "uvicorn"]
print("Python " + sys.version.split()[0] + "".join(f", {p} {m.version(p)}" for p in packages))`;
  try {
    return execFileSync(python, ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'not installed';
  }
}
