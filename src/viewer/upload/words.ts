import type { ApiFault } from '../api/index.js';
import type { UploadStatus } from './queue.js';

/** Why a film was not taken, and what to do, for the person who dropped it. */
export function faultWords(fault: ApiFault): string {
  const known = byCode[fault.code];
  return known ?? fault.message;
}

/** Whether sending the same file once more can help. */
export function worthAnotherTry(fault: ApiFault): boolean {
  return !hopeless.has(fault.code);
}

/** How far it is, in words; undefined where a link says it. */
export function progressWords(status: UploadStatus, nowMs: number): string {
  switch (status.kind) {
    case 'waiting':
      return 'waiting';
    case 'checking':
      return 'checking whether it was sent before';
    case 'sending':
      return `sending ${Math.floor(status.part * 100)} %`;
    case 'analysing':
      return `analysing ${Math.max(0, Math.round((nowMs - status.since) / 1000))} s`;
    case 'held':
      return `${heldWords(status.fault)}; will be tried again by itself`;
    case 'done':
      return 'done';
    case 'same':
      return 'not sent: the same film as';
    case 'failed':
      return faultWords(status.fault);
  }
}

function heldWords({ code, message }: ApiFault): string {
  switch (code) {
    case 'unreachable':
      return 'the server does not answer';
    case 'queue-full':
      return 'too many films are waiting on the server';
    case 'log-unavailable':
      return 'the server can’t write its log';
    case 'not-ready':
      return 'the server is starting or stopping';
    case 'conflict':
      return 'the server is still at work on it';
    default:
      return message.replace(/\.$/, '');
  }
}

const byCode: Readonly<Record<string, string>> = {
  'empty-image': 'The file is empty. It may not have been copied to its end.',
  'unsupported-image':
    'This is not a picture that the detector reads. It reads JPEG, PNG, TIFF and WebP with one picture in the file.',
  'broken-image': 'The picture is damaged: it can’t be read to its end. Take it from its source once more.',
  'image-too-small': 'The picture is under 64 pixels on a side. It may be a thumbnail: send the film itself.',
  'image-too-large': 'The picture has more pixels than the server takes.',
  forbidden: 'Your role may not send films.',
  'engine-failed': 'Not analysed: the detector failed on this film. Nothing is known about it.',
  deadline: 'Not analysed: the detector took too long. Nothing is known about this film.',
  internal: 'A fault in the service. Those who run it find it in their log.',
  'unreadable-file': 'The file can’t be read from this computer. It may have been moved or changed since.',
};

const hopeless = new Set([
  'empty-image',
  'unsupported-image',
  'broken-image',
  'image-too-small',
  'image-too-large',
  'upload-too-large',
  'forbidden',
]);
