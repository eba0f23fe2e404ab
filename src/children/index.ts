export { KeptChild, type KeptChildOptions } from './keptChild.js';
export type { Logger } from './logger.js';
export { messageOf } from '../messageOf.js';
export { serveParent } from './serveParent.js';
