import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccountError, type Accounts, type Role } from './auth/index.js';
import { DatabaseUnavailable } from './database/index.js';
import { type Patience, patiently } from './patience.js';
import type { Service } from './service.js';

/** What a person needs to try the service right away. */
export interface TrialAccess {
  /** Accounts that were just made; none at later starts on the same database, which keeps only hashes of passwords. */
  readonly accounts: readonly TrialAccount[];
  /** Names whose accounts another start had made: their passwords stay as they are. */
  readonly present: readonly string[];
  readonly submitterToken: string;
}

export interface TrialAccount {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

const year = 365 * 24 * 3600;
const people = [
  ['reader', 'radiologist'],
  ['operator', 'operator'],
] as const;

/**
 * At the first start, makes an account for each of the two kinds of people who use the page, and a submitter token. The
 * token is kept in the folder (mode 600), so that later starts can print the same working command. If this service
 * doesn't accept it (it is from another database, expired or revoked), a start counts as the first again. Outside
 * production only.
 *
 * @throws DatabaseUnavailable if the database stays away
 */
export async function trialAccess(
  { app, accounts }: Pick<Service, 'app' | 'accounts'>,
  dataDir: string,
  patience: Patience = {},
): Promise<TrialAccess> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const tokenPath = join(dataDir, 'submitter-token');
  const known = (await readFile(tokenPath, 'utf8').catch(() => undefined))?.trim();
  if (known !== undefined && (await patiently(() => isTaken(app, known), patience)))
    return { accounts: [], present: [], submitterToken: known };

  const made: TrialAccount[] = [];
  const present: string[] = [];
  for (const [name, role] of people) {
    const account = { name, role, password: randomBytes(12).toString('base64url') };
    if (await addAccount(accounts, account, patience)) made.push(account);
    else present.push(name);
  }
  const trial = { subject: 'trial', role: 'submitter', lifetimeS: year, label: 'made at the first start' } as const;
  const { token } = await patiently(() => accounts.issueToken(trial), patience);
  await rm(tokenPath, { force: true });
  await writeFile(tokenPath, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(tokenPath, 0o600);
  return { accounts: made, present, submitterToken: token };
}

/** Asks the service itself: signature, age and database must all agree. */
async function isTaken(app: Service['app'], token: string): Promise<boolean> {
  const { statusCode } = await app.inject({ url: '/v1/models', headers: { authorization: `Bearer ${token}` } });
  if (statusCode >= 500) throw new DatabaseUnavailable('the database is away: no token can be checked');
  return statusCode === 200;
}

/** False if there was one already: from a start that was killed midway, or a database used with another folder. */
async function addAccount(accounts: Accounts, account: TrialAccount, patience: Patience): Promise<boolean> {
  try {
    await patiently(() => accounts.addUser(account), patience);
    return true;
  } catch (error) {
    if (!(error instanceof AccountError) || error.code !== 'user-exists') throw error;
    // Made by an attempt whose answer was lost, it has this password.
    return (await patiently(() => accounts.logIn(account.name, account.password), patience)) !== undefined;
  }
}
