export { KeptChild, type KeptChildOptions } from './keptChild.js';
export type { Logger } from './logger.js';
export { messageOf, serveParent } from './serveParent.js';
