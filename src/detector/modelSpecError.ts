/** A model.json that is not a ModelSpec, or contradicts itself or its network. `field` is a JSON pointer into it. */
export class ModelSpecError extends Error {
  override readonly name = 'ModelSpecError';
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`model.json${field === '' ? '' : ` at ${field}`}: ${problem}`);
  }
}
