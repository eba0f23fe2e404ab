import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A program that listens on 127.0.0.1. */
export interface Started {
  readonly base: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface Program {
  readonly command: string;
  readonly args: (port: number) => readonly string[];
  readonly environment: (port: number) => Readonly<Record<string, string>>;
  /** Answers 200 once the program serves. */
  readonly readyPath: string;
}

/** Starts a program on a free port and waits, two minutes at most, until it serves. */
export async function startProgram({ command, args, environment, readyPath }: Program): Promise<Started> {
  const port = await freePort();
  const child = spawn(command, args(port), {
    env: { ...process.env, ...environment(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`${command} ended with ${String(code)} before it served`));
    });
  });
  const base = `http://127.0.0.1:${port}`;
  const waiting = new AbortController();
  try {
    await Promise.race([untilServing(`${base}${readyPath}`, waiting.signal), failed]);
  } catch (error) {
    waiting.abort();
    child.kill('SIGKILL');
    throw error;
  }
  failed.catch(() => undefined);
  return { base, pid: child.pid ?? 0, stop: () => ended(child) };
}

async function untilServing(url: string, signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < 600 && !signal.aborted; tries++) {
    if (await isServing(url)) return;
    await pause(200);
  }
  throw new Error(`${url} did not answer 200 within two minutes`);
}

export async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 40_000);
  await exit;
  clearTimeout(impatience);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
