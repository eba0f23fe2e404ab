export const roles = ['submitter', 'radiologist', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who is asking. `name` is what reports call the submitter. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
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

/** Users and tokens. Every method throws LogUnavailable when the database is away. */
export interface Accounts {
  /** undefined: no such user, wrong password, or disabled; all three take the same time. */
  logIn(name: string, password: string): Promise<{ readonly name: string; readonly role: Role } | undefined>;
  addUser(user: { readonly name: string; readonly role: Role; readonly password: string }): Promise<void>;
  setPassword(name: string, password: string): Promise<void>;
  disableUser(name: string): Promise<void>;
  /** Issues and remembers a token. */
  issueToken(token: { readonly subject: string; readonly role: Role; readonly lifetimeS: number; readonly label?: string }): Promise<IssuedToken>;
  /** The principal of verified claims; undefined when the token was revoked, never issued here, or its user disabled. */
  principalOf(claims: TokenClaims): Promise<Principal | undefined>;
  /** The owner of a token, for deciding who may revoke it. */
  tokenOwner(jti: string): Promise<string | undefined>;
  revokeToken(jti: string): Promise<boolean>;
}

/** What an account cannot be or become; the message is for the person who asked. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  constructor(
    readonly code: 'bad-name' | 'bad-password' | 'bad-lifetime' | 'user-exists' | 'name-in-use' | 'unknown-user' | 'disabled-user' | 'wrong-role',
    message: string,
  ) {
    super(message);
  }
}
