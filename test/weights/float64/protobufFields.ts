/** One field of a protobuf message, in the order of the file; of the wire types those that ONNX files hold. */
export type ProtobufField =
  | { readonly number: number; readonly wire: 'varint'; readonly value: number }
  | { readonly number: number; readonly wire: 'fixed32' | 'fixed64' | 'bytes'; readonly value: Uint8Array };

/**
 * Takes a message apart (https://protobuf.dev/programming-guides/encoding/) without copying: byte values are views.
 * Integers are read as signed 64 bit.
 *
 * @throws RangeError where the bytes are no protobuf, or end in the middle of a field
 */
export function protobufFields(message: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  const cursor: Cursor = { bytes: message, position: 0 };
  while (cursor.position < message.length) {
    const tag = varint(cursor);
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) fields.push({ number, wire: 'varint', value: varint(cursor) });
    else if (wire === 1) fields.push({ number, wire: 'fixed64', value: take(cursor, 8) });
    else if (wire === 2) fields.push({ number, wire: 'bytes', value: take(cursor, varint(cursor)) });
    else if (wire === 5) fields.push({ number, wire: 'fixed32', value: take(cursor, 4) });
    else throw new RangeError(`field ${number} at byte ${cursor.position} has wire type ${wire}`);
  }
  return fields;
}

/** Of a repeated integer field in its packed form. */
export function packedIntegers(bytes: Uint8Array): number[] {
  const values: number[] = [];
  const cursor: Cursor = { bytes, position: 0 };
  while (cursor.position < bytes.length) values.push(varint(cursor));
  return values;
}

interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
}

/** Seven bits a byte, the lowest first; −1 is ten bytes, 2⁶⁴ − 1. Beyond 2⁵³ the last bits are lost. */
function varint(cursor: Cursor): number {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.position++];
    if (byte === undefined) throw new RangeError('the bytes end in the middle of a number');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return Number(BigInt.asIntN(64, value));
  }
  throw new RangeError(`the number before byte ${cursor.position} has more than ten bytes`);
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.position + length;
  if (length < 0 || end > cursor.bytes.length) throw new RangeError(`the bytes end within a field of ${length} bytes`);
  const taken = cursor.bytes.subarray(cursor.position, end);
  cursor.position = end;
  return taken;
}
