import { spawnSync } from 'node:child_process';

/** The Python that trains: TRAINING_PYTHON, or python3. */
export const python = process.env['TRAINING_PYTHON'] ?? 'python3';

/** False where training can be tried, else why it can't. A run that has to be complete (`CI`) fails without it. */
export const skip = findOut();

function findOut(): string | false {
  if (spawnSync(python, ['-c', 'import torch, cv2, numpy']).status === 0) return false;
  const missing = `${python} has no PyTorch, OpenCV or NumPy: TRAINING_PYTHON names a Python that has`;
  if (process.env['CI'] !== undefined) throw new Error(missing);
  return missing;
}
