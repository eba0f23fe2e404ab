// The package names a file of types that it doesn't contain.
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    /** The row that it has reached, and how many there are. */
    readonly yLoc: number;
    readonly yDim: number;
    /** Up to 8 bits come as bytes. */
    decode(buffer: ArrayBuffer, offset: number, length: number): Uint8Array | Uint16Array | null;
  }
}
