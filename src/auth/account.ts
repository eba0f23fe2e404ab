export const roles = ['submitter', 'radiologist', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who is asking. `name` is what reports call the submitter. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
}

/** Who has just given the right password. */
export interface LoggedIn extends Principal {
  /**
   * Stands for that password, without telling anything of it: what is made with it is made only while it is still the
   * right one.
   */
  readonly proof: string;
}

/** Why nobody gets in with an account, though the password is right. */
export type ShutAccount = 'awaiting-approval' | 'account-disabled';

/** Who is asking with a bearer token. */
export interface TokenPrincipal extends Principal {
  /** The token in hand. */
  readonly jti: string;
}

/** What a bearer token says. Everything else is looked up, so that a revoked token is dead at once. */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly role: Role;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly jti: string;
  readonly expiresAt: Date;
}

/** A token as its owner and operators see it; the token itself is shown once, when it is issued. */
export interface ListedToken {
  readonly jti: string;
  readonly user: string;
  readonly role: Role;
  readonly label: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** To some minutes. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** An account as operators see it. */
export interface User {
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** Asked for by the person itself; nobody gets in with it before an operator approves. */
  readonly awaitingApproval: boolean;
  readonly createdAt: Date;
  /** To some minutes. */
  readonly lastSeenAt: Date | null;
}

export interface UserChanges {
  /** Ends all tokens and sessions of the user. */
  readonly role?: Role;
  /** True ends all tokens and sessions of the user, and answers a sign-up with no. */
  readonly disabled?: boolean;
  /** Lets in someone who signed up. */
  readonly approved?: true;
  /** Ends all tokens and sessions of the user. */
  readonly password?: string;
}

/**
 * Users and tokens. Every method throws DatabaseUnavailable when the database is away. What is done `by` somebody is
 * put on
 * record in the same transaction; nobody is named for what the service does itself.
 */
export interface Accounts {
  /**
   * undefined: no such user, wrong password, disabled, or awaiting approval; all of them take the same time. Only who
   * gave the right password is told (by `shut`, called before the answer) why the account is shut.
   */
  logIn(name: string, password: string, shut?: (why: ShutAccount) => void): Promise<LoggedIn | undefined>;
  addUser(user: { readonly name: string; readonly role: Role; readonly password: string }, by?: Actor): Promise<void>;
  /** A submitter's account that waits for an operator, who may let it in as something else. False, after the same time, where the name is taken. */
  signUp(user: { readonly name: string; readonly password: string }): Promise<boolean>;
  /** All of them, by name. */
  listUsers(): Promise<readonly User[]>;
  /** Throws AccountError `last-operator` where nobody would be left to manage the service. */
  updateUser(name: string, changes: UserChanges, by?: Actor): Promise<User>;
  setPassword(name: string, password: string, by?: Actor): Promise<void>;
  disableUser(name: string, by?: Actor): Promise<void>;
  /**
   * Issues and remembers a token; for somebody who logged in, with the proof of that. Throws AccountError
   * `log-in-outdated`.
   */
  issueToken(
    token: {
      readonly subject: string;
      readonly role: Role;
      readonly lifetimeS: number;
      readonly label?: string;
      readonly proof?: string;
    },
    by?: Actor,
  ): Promise<IssuedToken>;
  /** Newest first; of one owner, or of all. */
  listTokens(owner?: string): Promise<readonly ListedToken[]>;
  /**
   * The principal of verified claims; undefined when the token was revoked, never issued here, or its user disabled.
   */
  principalOf(claims: TokenClaims): Promise<TokenPrincipal | undefined>;
  /** The owner of a token, for deciding who may revoke it. */
  tokenOwner(jti: string): Promise<string | undefined>;
  revokeToken(jti: string, by?: Actor): Promise<boolean>;
}

/** What an account cannot be or become; the message is for the person who asked. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  constructor(
    readonly code:
      | 'bad-name'
      | 'bad-password'
      | 'bad-lifetime'
      | 'user-exists'
      | 'name-in-use'
      | 'unknown-user'
      | 'disabled-user'
      | 'wrong-role'
      | 'log-in-outdated'
      | 'last-operator',
    message: string,
  ) {
    super(message);
  }
}
import type { Actor } from '../database/index.js';
