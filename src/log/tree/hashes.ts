import { hash } from 'node:crypto';

/** Hashing of RFC 6962, section 2.1 (the same in RFC 9162): leaves and nodes can't be taken for one another. */

export const hashBytes = 32;

/** Hash of a leaf from its data. */
export function leafHash(data: Uint8Array | string): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, typeof data === 'string' ? Buffer.from(data) : data]), 'buffer');
}

/** Hash of a node from those of its two children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodePrefix, left, right]), 'buffer');
}

/** Root of a tree without leaves. */
export const emptyRoot: Buffer = hash('sha256', '', 'buffer');

const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);
