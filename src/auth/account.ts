export const roles = ['submitter', 'radiologist', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who is asking. `name` is what reports call the submitter. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
}

/** Someone who has just given the right password. */
export interface LoggedIn extends Principal {
  /** Stands for that password without revealing it: whatever is made with it is made only while it is still right. */
  readonly proof: string;
}

/** Why an account lets nobody in although the password is right. */
export type ShutAccount = 'awaiting-approval' | 'account-disabled';

/** Who is asking with a bearer token. */
export interface TokenPrincipal extends Principal {
  /** The token in hand. */
  readonly jti: string;
}

/** The claims of a bearer token. Everything else is looked up, so revoking a token takes effect immediately. */
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
  /** Signed up for; lets nobody in until an operator approves it. */
  readonly awaitingApproval: boolean;
  readonly createdAt: Date;
  /** To some minutes. */
  readonly lastSeenAt: Date | null;
}

export interface UserChanges {
  /** Ends all tokens and sessions of the user. */
  readonly role?: Role;
  /** True ends all tokens and sessions of the user, or refuses a sign-up. */
  readonly disabled?: boolean;
  /** Approves a sign-up. */
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
