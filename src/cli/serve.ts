import { Command } from 'commander';
import { runService } from '../runService.js';

/** `serve`: the service, as `npm start` runs it. */
export function serveCommand(): Command {
  return new Command('serve').action(async () => {
    await runService(process.env);
  });
}
