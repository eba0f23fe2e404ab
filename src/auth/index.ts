export * from './account.js';
export { createAccounts, type Signer } from './accounts.js';
export { issuer, type Keys, type KeySource, loadKeys, maxTokenLifetimeS } from './keys.js';
export { createSessions, isCsrfToken, longestSessionMs, type Session, type Sessions } from './sessions.js';
export { createSite, type Site, type SiteSettings } from './site.js';
