export * from './account.js';
export { createAccounts } from './accounts.js';
export { type Keys, loadKeys, maxTokenLifetimeS } from './keys.js';
export { createSessions, isCsrfToken, type Session, type Sessions } from './sessions.js';
export { createSite, type Site } from './site.js';
