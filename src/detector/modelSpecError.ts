/** A spec that is not one, or that contradicts itself or its network. `field` is a JSON pointer into model.json. */
export class ModelSpecError extends Error {
  override readonly name = 'ModelSpecError';
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`model.json${field === '' ? '' : ` at ${field}`}: ${problem}`);
  }
}
