import type { ApiFault } from '../api/index.js';
import type { UploadStatus } from './upload.js';

/** Why a film was refused and what to do, for the person who sent it. */
export function faultWords(fault: ApiFault): string {
  // What a DICOM file holds instead of a film is in the server's own words.
  if (fault.code === 'unsupported-image' && /\bDICOM file\b/.test(fault.message)) return fault.message;
  const known = byCode[fault.code];
  return known ?? fault.message;
}

/** Whether sending the same file again can help. */
export function worthAnotherTry(fault: ApiFault): boolean {
  return !hopeless.has(fault.code);
}

/** How far an upload has got, in words. */
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
      return `${heldWords(status.fault)}; retrying automatically`;
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
      return 'the server is not responding';
    case 'queue-full':
      return 'too many films are waiting on the server';
    case 'log-unavailable':
      return "the server can't write its log";
    case 'not-ready':
      return 'the server is starting or stopping';
    case 'conflict':
      return 'the server is still working on it';
    default:
      return message.replace(/\.$/, '');
  }
}

const byCode: Readonly<Record<string, string>> = {
  'empty-image': 'The file is empty. It may not have been copied completely.',
  'unsupported-image':
    'This is not an image that the detector reads: a DICOM film, JPEG, PNG, TIFF or WebP, with one image in the file.',
  'broken-image': 'The image is damaged or incomplete. Export it from its source again.',
  'several-frames': 'The DICOM file holds several frames. Send one film at a time.',
  'image-too-small': 'The image is smaller than 64 pixels on a side. It may be a thumbnail: send the film itself.',
  'image-too-large': 'The image has more pixels than the server accepts.',
  forbidden: 'Your role may not send films.',
  'engine-failed': 'Not analysed: the detector failed on this film. Nothing is known about it.',
  deadline: 'Not analysed: the detector took too long. Nothing is known about this film.',
  internal: 'Internal error in the service. The service log has the details.',
  'unreadable-file': "The file can't be read on this computer. It may have been moved or changed.",
};

const hopeless = new Set([
  'several-frames',
  'empty-image',
  'unsupported-image',
  'broken-image',
  'image-too-small',
  'image-too-large',
  'upload-too-large',
  'forbidden',
]);
