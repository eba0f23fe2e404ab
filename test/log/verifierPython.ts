import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

export const noVerifier = 'no Python with the package cryptography (CRYPTOGRAPHY_PYTHON names one)';

export interface VerifierPython {
  /** Runs a program that imports docs/verify_log.py; its output. Throws if it fails. */
  run(program: string, input: string): Promise<string>;
  /** docs/verify_log.py itself, as an auditor calls it. */
  verify(...args: string[]): Promise<{ readonly code: number | null; readonly said: string }>;
}

/** undefined where there is none; throws instead when CI is set. */
export async function verifierPython(): Promise<VerifierPython | undefined> {
  const python = process.env['CRYPTOGRAPHY_PYTHON'] ?? 'python3';
  try {
    await promisify(execFile)(python, ['-c', 'import cryptography.hazmat']);
  } catch {
    if (process.env['CI'] !== undefined) throw new Error(noVerifier);
    return undefined;
  }
  return {
    async run(program, input) {
      const { code, said } = await spoken(python, ['-c', program], input);
      if (code !== 0) throw new Error(said);
      return said;
    },
    verify: (...args) => spoken(python, [`${docs}verify_log.py`, ...args], ''),
  };
}

async function spoken(
  python: string,
  args: readonly string[],
  input: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(python, args, { env: { ...process.env, PYTHONPATH: docs, PYTHONDONTWRITEBYTECODE: '1' } });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, said };
}
