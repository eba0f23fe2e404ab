export { KeptChild, type KeptChildOptions } from './keptChild.js';
export type { Logger } from './logger.js';
export type { FatalMessage, ReadyMessage } from './messages.js';
export { messageOf, serveParent } from './serveParent.js';
