/** What is needed to interpret the rows of a picture. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  /** 1: grey; 3: RGB, interleaved. */
  readonly channels: 1 | 3;
}

export const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function bytesPerRow({ width, bits, channels }: PngLayout): number {
  return (width * channels * bits) / 8;
}

/** The 13 bytes of IHDR: https://www.w3.org/TR/png-3/#11IHDR */
export function headerOf({ width, height, bits, channels }: PngLayout): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = channels === 1 ? 0 : 2;
  return header;
}
