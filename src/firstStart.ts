import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccountError, type Accounts, type Role } from './auth/index.js';
import type { Service } from './service.js';

/** What a person needs to try the service right away. */
export interface TrialAccess {
  /** Accounts that were just made; none at later starts on the same database, which keeps only hashes of passwords. */
  readonly accounts: readonly TrialAccount[];
  readonly submitterToken: string;
}

export interface TrialAccount {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

const year = 365 * 24 * 3600;

/**
 * At the first start, makes an account for each of the two kinds of people who use the page, and a submitter token. The
 * token is kept in the folder (mode 600), so that later starts can print the same working command. If this service
 * doesn't accept it (it is from another database, expired or revoked), a start counts as the first again. Outside
 * production only.
 */
export async function trialAccess(
  { app, accounts }: Pick<Service, 'app' | 'accounts'>,
  dataDir: string,
): Promise<TrialAccess> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const tokenPath = join(dataDir, 'submitter-token');
  const known = (await readFile(tokenPath, 'utf8').catch(() => undefined))?.trim();
  if (known !== undefined && (await isTaken(app, known))) return { accounts: [], submitterToken: known };

  const people = [
    await addAccount(accounts, 'reader', 'radiologist'),
    await addAccount(accounts, 'operator', 'operator'),
  ];
  const { token } = await accounts.issueToken({
    subject: 'trial',
    role: 'submitter',
    lifetimeS: year,
    label: 'made at the first start',
  });
  await rm(tokenPath, { force: true });
  await writeFile(tokenPath, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(tokenPath, 0o600);
  return { accounts: people.filter((account) => account !== undefined), submitterToken: token };
}

/** Asks the service itself: signature, age and database must all agree. */
async function isTaken(app: Service['app'], token: string): Promise<boolean> {
  const { statusCode } = await app.inject({ url: '/v1/models', headers: { authorization: `Bearer ${token}` } });
  return statusCode === 200;
}

/** undefined if there is one already: from a start that was killed midway, or a database used with another folder. */
async function addAccount(accounts: Accounts, name: string, role: Role): Promise<TrialAccount | undefined> {
  const account = { name, role, password: randomBytes(12).toString('base64url') };
  try {
    await accounts.addUser(account);
    return account;
  } catch (error) {
    if (error instanceof AccountError && error.code === 'user-exists') return undefined;
    throw error;
  }
}
