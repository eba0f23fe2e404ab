import type { Command } from 'commander';

/** A command of the program: listed in its help, loaded when called. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/**
 * All commands by name, in the order of the help. What a command needs (network runtime, database, server) takes a
 * second to load: `--version` and `--help` must not wait for it.
 */
export const commands: Readonly<Record<string, CommandEntry>> = {
  detect: {
    summary: 'find lesions on films; folders are searched',
    load: async () => (await import('./detect/command.js')).detectCommand(),
  },
  evaluate: {
    summary: 'measure a model on annotated films',
    load: async () => (await import('./evaluate/command.js')).evaluateCommand(),
  },
  model: {
    summary: 'import networks, list and check models',
    load: async () => (await import('./model/command.js')).modelCommand(),
  },
  annotations: {
    summary: 'prepare annotations and films for training',
    load: async () => (await import('./annotations/command.js')).annotationsCommand(),
  },
  user: {
    summary: 'people who may log in',
    load: async () => (await import('./user.js')).userCommand(),
  },
  token: {
    summary: 'bearer tokens for machines',
    load: async () => (await import('./token.js')).tokenCommand(),
  },
  db: {
    summary: 'the database of log and accounts (DATABASE_URL, or a folder: DATA_DIR)',
    load: async () => (await import('./db.js')).dbCommand(),
  },
  log: {
    summary: 'verify, prove, export and erase the detection log',
    load: async () => (await import('./log.js')).logCommand(),
  },
  pacs: {
    summary: 'films from PACS, and results into them: one pass, a worker, what failed',
    load: async () => (await import('./pacs.js')).pacsCommand(),
  },
  serve: {
    summary: 'start the service; environment variables are its settings (docs/configuration.md)',
    load: async () => (await import('./serve.js')).serveCommand(),
  },
};
