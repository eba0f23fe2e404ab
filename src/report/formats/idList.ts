/** Ids of rows in order of arrival, 16 bytes each, in a buffer that doubles. */
export class IdList {
  #bytes = Buffer.alloc(16 * 1024);
  length = 0;

  /** @param id at most 32 hexadecimal digits; hyphens are ignored */
  push(id: string): void {
    if (16 * (this.length + 1) > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    this.#bytes.write(digitsOf(id), 16 * this.length, 'hex');
    this.length += 1;
  }

  holdsAt(index: number, id: string): boolean {
    return (
      index < this.length && this.#bytes.toString('hex', 16 * index, 16 * (index + 1)) === digitsOf(id).padEnd(32, '0')
    );
  }
}

function digitsOf(id: string): string {
  return id.replaceAll('-', '');
}
