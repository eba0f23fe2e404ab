import { runService } from './runService.js';

try {
  await runService(process.env);
} catch (error) {
  process.stderr.write(`The service did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
