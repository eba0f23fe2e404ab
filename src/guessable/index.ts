export { guessableBecause } from './guessablePassword.js';
export { isGuessableSecret } from './guessableSecret.js';
export { unitOf } from './unit.js';
