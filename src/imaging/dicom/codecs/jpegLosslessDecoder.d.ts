// The package names a file of types that it does not hold.
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    /** The row that it has come to, and how many there are. */
    readonly yLoc: number;
    readonly yDim: number;
    /** Fewer bits than 9 come as bytes. */
    decode(buffer: ArrayBuffer, offset: number, length: number): Uint8Array | Uint16Array | null;
  }
}
