/** How the one frame of a film is coded. */
export type PixelCoding = 'native' | 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** How a file writes its attributes and its pixels: PS3.5, section 10 and annex A. */
export interface TransferSyntax {
  readonly name: string;
  /** Undefined if unsupported. */
  readonly coding?: PixelCoding;
  readonly implicit?: true;
  readonly bigEndian?: true;
  readonly deflated?: true;
  /** Meant for lossy compression, though it may be lossless. */
  readonly lossy?: true;
}

const root = '1.2.840.10008.1.2';

/** By UID. Those without a coding are known, so that they can be refused by name: PS3.6, table A-1. */
const transferSyntaxes: Readonly<Record<string, TransferSyntax>> = {
  [root]: { name: 'Implicit VR Little Endian', coding: 'native', implicit: true },
  [`${root}.1`]: { name: 'Explicit VR Little Endian', coding: 'native' },
  [`${root}.1.98`]: { name: 'Encapsulated Uncompressed Explicit VR Little Endian' },
  [`${root}.1.99`]: { name: 'Deflated Explicit VR Little Endian', coding: 'native', deflated: true },
  [`${root}.2`]: { name: 'Explicit VR Big Endian', coding: 'native', bigEndian: true },
  [`${root}.5`]: { name: 'RLE Lossless', coding: 'rle' },
  [`${root}.4.50`]: { name: 'JPEG Baseline (Process 1)', coding: 'jpeg', lossy: true },
  [`${root}.4.51`]: { name: 'JPEG Extended (Process 2 & 4)', coding: 'jpeg', lossy: true },
  [`${root}.4.57`]: { name: 'JPEG Lossless (Process 14)', coding: 'jpeg-lossless' },
  [`${root}.4.70`]: { name: 'JPEG Lossless (Process 14, Selection Value 1)', coding: 'jpeg-lossless' },
  [`${root}.4.80`]: { name: 'JPEG-LS Lossless', coding: 'jpeg-ls' },
  [`${root}.4.81`]: { name: 'JPEG-LS Near-Lossless', coding: 'jpeg-ls', lossy: true },
  [`${root}.4.90`]: { name: 'JPEG 2000 (Lossless Only)', coding: 'jpeg-2000' },
  [`${root}.4.91`]: { name: 'JPEG 2000', coding: 'jpeg-2000', lossy: true },
  [`${root}.4.92`]: { name: 'JPEG 2000 Part 2 Multi-component (Lossless Only)' },
  [`${root}.4.93`]: { name: 'JPEG 2000 Part 2 Multi-component' },
  [`${root}.4.94`]: { name: 'JPIP Referenced' },
  [`${root}.4.95`]: { name: 'JPIP Referenced Deflate' },
  [`${root}.4.100`]: { name: 'MPEG2 Main Profile / Main Level' },
  [`${root}.4.101`]: { name: 'MPEG2 Main Profile / High Level' },
  [`${root}.4.102`]: { name: 'MPEG-4 AVC/H.264 High Profile' },
  [`${root}.4.103`]: { name: 'MPEG-4 AVC/H.264 BD-compatible High Profile' },
  [`${root}.4.107`]: { name: 'HEVC/H.265 Main Profile' },
  [`${root}.4.108`]: { name: 'HEVC/H.265 Main 10 Profile' },
  [`${root}.4.110`]: { name: 'JPEG XL Lossless' },
  [`${root}.4.111`]: { name: 'JPEG XL JPEG Recompression' },
  [`${root}.4.112`]: { name: 'JPEG XL' },
  [`${root}.4.201`]: { name: 'High-Throughput JPEG 2000 (Lossless Only)', coding: 'htj2k' },
  [`${root}.4.202`]: { name: 'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)', coding: 'htj2k' },
  [`${root}.4.203`]: { name: 'High-Throughput JPEG 2000', coding: 'htj2k', lossy: true },
  [`${root}.4.204`]: { name: 'JPIP HTJ2K Referenced' },
  [`${root}.4.205`]: { name: 'JPIP HTJ2K Referenced Deflate' },
  '1.2.840.113619.5.2': { name: 'GE Private Implicit VR Big Endian' },
};

/** What is known about a transfer syntax; undefined for one that PS3.6 doesn't list. */
export function findTransferSyntax(uid: string): TransferSyntax | undefined {
  return Object.hasOwn(transferSyntaxes, uid) ? transferSyntaxes[uid] : undefined;
}
