/** A models folder that can't be served; the message is for the operator and names the folder. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}
