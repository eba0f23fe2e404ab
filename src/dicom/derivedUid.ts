import { createHash } from 'node:crypto';
import type { Report } from '../report/index.js';

/** What a result is about: everything that makes another result of it if it changes. */
export interface ResultKey {
  readonly sopInstanceUid: string;
  /** Hex: of the pixels, or of the whole file where nobody hashed the pixels. */
  readonly pixelSha256: string;
  readonly specSha256: string;
  readonly onnxSha256: string;
  /** State, with reason or threshold: a film that failed once and is analysed now has another result. */
  readonly outcome: string;
}

export function resultKey(report: Report, sopInstanceUid: string, pixelSha256: string | undefined): ResultKey {
  const outcome = report.state === 'not-analysed' ? report.reason.code : String(report.threshold);
  return {
    sopInstanceUid,
    pixelSha256: pixelSha256 ?? report.image?.sha256 ?? '',
    specSha256: report.model.specSha256,
    onnxSha256: report.model.onnxSha256,
    outcome: `${report.state} ${outcome}`,
  };
}

/**
 * The UID of one thing that belongs to a result: the same for every retry, another for every other result.
 *
 *     SHA-256 of the lines (joined by \n): SOPInstanceUID, pixel hash, hash of the spec, hash of the network, outcome,
 *     kind; its first 128 bits, with version 8 and variant 2 set as RFC 9562 wants, as a decimal number behind `2.25.`
 *     (PS3.5, annex B.2)
 *
 * @param kind e.g. `sr`, `sr-series`
 */
export function derivedUid(key: ResultKey, kind: string): string {
  return uidOf([key.sopInstanceUid, key.pixelSha256, key.specSha256, key.onnxSha256, key.outcome, kind]);
}

/** The UID of a network with its spec, as the device that observed. */
export function deviceUid({ specSha256, onnxSha256 }: Report['model']): string {
  return uidOf([specSha256, onnxSha256, 'device']);
}

/** A UUID for another system's object: the same for the same UID. */
export function uuidOfUid(uid: string): string {
  const hex = uuidBytes([uid]).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function uidOf(lines: readonly string[]): string {
  return `2.25.${BigInt(`0x${uuidBytes(lines).toString('hex')}`)}`;
}

function uuidBytes(lines: readonly string[]): Buffer {
  const bytes = createHash('sha256').update(lines.join('\n')).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}
