import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/**
 * Checkpoints of the log in the form of C2SP's tlog-checkpoint, signed as C2SP's signed-note says, with Ed25519:
 * https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note.
 */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string;
  /** Entries that the tree had. */
  readonly size: number;
  /** Root of the tree. */
  readonly root: Buffer;
}

export interface SignedCheckpoint extends Checkpoint {
  /** The whole note. */
  readonly note: string;
}

/** A key that may have signed: name, key id and the public key. */
export interface VerifierKey {
  readonly name: string;
  /** `name+id+key`, as in Go's golang.org/x/mod/sumdb/note. */
  readonly text: string;
  readonly id: Buffer;
  readonly publicKey: KeyObject;
}

/** A note that is no checkpoint, or not one signed by a key that is trusted. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const ed25519 = 1;
/** Before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const mostNoteBytes = 64 * 1024;

export function verifierKey(name: string, publicKey: KeyObject): VerifierKey {
  const bytes = publicKey.export({ type: 'spki', format: 'der' }).subarray(derPrefix.length);
  const encoded = Buffer.concat([Buffer.of(ed25519), bytes]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), encoded]), 'buffer').subarray(0, 4);
  return { name, text: `${name}+${id.toString('hex')}+${encoded.toString('base64')}`, id, publicKey };
}

/** @throws CheckpointError if it is not the text of an Ed25519 key, or its id is not that of its key */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name, id, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const encoded = Buffer.from(base64 ?? '', 'base64');
  if (name === undefined || encoded.length !== 33 || encoded[0] !== ed25519)
    throw new CheckpointError(`“${text.trim()}” is not the text of an Ed25519 key: name+id+key`);
  const der = Buffer.concat([derPrefix, encoded.subarray(1)]);
  const key = verifierKey(name, createPublicKey({ key: der, format: 'der', type: 'spki' }));
  if (key.id.toString('hex') !== id) throw new CheckpointError(`the id of the key “${text.trim()}” is not its own`);
  return key;
}

export function signCheckpoint(checkpoint: Checkpoint, privateKey: KeyObject): SignedCheckpoint {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.root.toString('base64')}\n`;
  const { id } = verifierKey(checkpoint.origin, createPublicKey(privateKey));
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]);
  return { ...checkpoint, note: `${text}\n— ${checkpoint.origin} ${signature.toString('base64')}\n` };
}

/** @throws CheckpointError */
export function parseCheckpoint(note: string): SignedCheckpoint {
  const { text } = partsOf(note);
  const [, origin, size, root] = /^(.+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n/.exec(text) ?? [];
  if (origin === undefined || size === undefined || root === undefined || !Number.isSafeInteger(Number(size)))
    throw new CheckpointError('this is not a checkpoint: origin, size and root were expected in its first three lines');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), note };
}

/**
 * Checks the signatures of a note; those of unknown keys (of witnesses, or of other keys of the log) don't count.
 *
 * @throws CheckpointError unless a known key signed it, and none of those that did signed something else
 */
export function assertSigned({ note }: Pick<SignedCheckpoint, 'note'>, keys: readonly VerifierKey[]): void {
  const { text, signatures } = partsOf(note);
  let signers = 0;
  for (const { name, id, signature } of signatures) {
    const key = keys.find((one) => one.name === name && one.id.equals(id));
    if (key === undefined) continue;
    if (!verify(null, Buffer.from(text), key.publicKey, signature))
      throw new CheckpointError(`the signature of ${name} is not of this checkpoint`);
    signers += 1;
  }
  if (signers === 0) throw new CheckpointError('no key that was given signed this checkpoint');
}

interface NoteParts {
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly id: Buffer; readonly signature: Buffer }[];
}

function partsOf(note: string): NoteParts {
  const end = note.lastIndexOf('\n\n');
  const lines = note.slice(end + 2).split('\n');
  if (end === -1 || lines.pop() !== '' || lines.length === 0 || note.length > mostNoteBytes)
    throw new CheckpointError('this is not a signed note: a text, an empty line and signatures were expected');
  const signatures = lines.map((line) => {
    const [, name, base64] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
    const bytes = Buffer.from(base64 ?? '', 'base64');
    if (name === undefined || bytes.length < 5) throw new CheckpointError(`“${line}” is not a signature line`);
    return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}
