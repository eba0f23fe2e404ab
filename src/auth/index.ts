export * from './account.js';
export { createAccounts, type Signer } from './accounts.js';
export { issuer, type Keys, type KeySource, loadKeys, maxTokenLifetimeS } from './keys.js';
