import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccountError, type Accounts, type Role } from './auth/index.js';
import type { Service } from './service.js';

/** What a person needs to try the service at once. */
export interface TrialAccess {
  /**
   * Accounts that were just made; none at later starts on the same database, since only the hashes of their passwords
   * are kept.
   */
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
 * At the first start: an account for each of the two kinds of people who use the page, and a submitter token. The token
 * is
 * kept in the folder (mode 600), so that later starts can print the same working line. One that this service does not
 * take
 * (of another database, or expired, or revoked) makes a start the first again. Outside production only.
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

/** Asked of the service itself: signature, age and database all have to agree. */
async function isTaken(app: Service['app'], token: string): Promise<boolean> {
  const { statusCode } = await app.inject({ url: '/v1/models', headers: { authorization: `Bearer ${token}` } });
  return statusCode === 200;
}

/** undefined where there is one already: a start that was killed half way, or a database used with another folder. */
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
