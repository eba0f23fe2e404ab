import sharp from 'sharp';
import { type GreyPicture, pictureSide } from '../../datasets/index.js';

/** An image as a small upright grey square, 16 bits deep. Throws where it can't be decoded to its end. */
export async function readGreySquare(path: string): Promise<GreyPicture> {
  const { data, info } = await sharp(path)
    .autoOrient()
    .removeAlpha()
    .toColourspace('grey16')
    .resize(pictureSide, pictureSide, { fit: 'fill', kernel: 'linear' })
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) throw new Error(`it has ${info.channels} channels after it was made grey`);
  return {
    width: info.width,
    height: info.height,
    levels: new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2),
  };
}
