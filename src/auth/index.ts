export * from './account.js';
export { createAccounts } from './accounts.js';
export { issuer, type Keys, type KeySource, loadKeys, maxTokenLifetimeS } from './keys.js';
