import { join } from 'node:path';

/** Where the key that signs checkpoints lies. It must not be readable by those who own the database. */
export function logKeyFileOf({ LOG_KEY_FILE, DATA_DIR }: LogFileSettings): string {
  return LOG_KEY_FILE || join(dataDirOf(DATA_DIR), 'log-key.pem');
}

/** Where this process writes the checkpoints that it signs. */
export function checkpointFileOf({ CHECKPOINT_FILE, DATA_DIR }: LogFileSettings): string {
  return CHECKPOINT_FILE || join(dataDirOf(DATA_DIR), 'checkpoints.txt');
}

interface LogFileSettings {
  readonly LOG_KEY_FILE?: string | undefined;
  readonly CHECKPOINT_FILE?: string | undefined;
  readonly DATA_DIR?: string | undefined;
}

function dataDirOf(folder: string | undefined): string {
  return folder === undefined || folder === '' ? './data' : folder;
}
