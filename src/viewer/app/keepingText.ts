import type { Site } from '../api/index.js';

/** Whether and how long this server keeps films. */
export function keepingText({ imageStore, keepDays }: Pick<Site, 'imageStore' | 'keepDays'>): string {
  if (imageStore === 'none') return 'Films are not kept on this server: only reports are';
  return `Films are kept ${keepDays === 1 ? '1 day' : `${keepDays} days`} on this server`;
}
