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

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

export interface NewToken {
  readonly subject: string;
  readonly role: Role;
  readonly lifetimeS: number;
  readonly label?: string;
  /** Of a user who logged in: the token is issued only while that password is still the right one. */
  readonly proof?: string;
}

/** Why an account or token was refused; the message is for the person who asked. */
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
