import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccountError, type Accounts } from './auth/index.js';

/** What a person needs to try the service at once. */
export interface TrialAccess {
  /** Of an account that was just made; null at later starts, since only its hash is kept. */
  readonly operator: { readonly name: string; readonly password: string } | null;
  readonly submitterToken: string;
}

const year = 365 * 24 * 3600;

/**
 * At the first start on a data folder: an operator account and a submitter token. The token is kept in the
 * folder (mode 600), so that later starts can print the same working line. Outside production only.
 */
export async function trialAccess(accounts: Accounts, dataDir: string): Promise<TrialAccess> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const tokenPath = join(dataDir, 'submitter-token');
  const known = await readFile(tokenPath, 'utf8').catch(() => undefined);
  if (known !== undefined) return { operator: null, submitterToken: known.trim() };

  const operator = await addOperator(accounts);
  const { token } = await accounts.issueToken({ subject: 'trial', role: 'submitter', lifetimeS: year, label: 'made at the first start' });
  await writeFile(tokenPath, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(tokenPath, 0o600);
  return { operator, submitterToken: token };
}

/** null where there is one already: a start that was killed half way, or a database used with another folder. */
async function addOperator(accounts: Accounts): Promise<TrialAccess['operator']> {
  const operator = { name: 'operator', password: randomBytes(12).toString('base64url') };
  try {
    await accounts.addUser({ ...operator, role: 'operator' });
    return operator;
  } catch (error) {
    if (error instanceof AccountError && error.code === 'user-exists') return null;
    throw error;
  }
}
