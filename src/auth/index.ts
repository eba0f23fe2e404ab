export * from './account.js';
export { type Accounts, createAccounts } from './accounts.js';
export { type Keys, type KeySource, loadKeys, maxTokenLifetimeS } from './keys.js';
export { createSessions, isCsrfToken, type Session, type Sessions } from './sessions.js';
