import { Command } from 'commander';
import { checkCommand } from './model/check.js';
import { headsCommand } from './model/heads.js';
import { importCommand } from './model/import.js';
import { listCommand } from './model/list.js';
import { selfTestCommand } from './model/selfTest.js';

/** `model import | heads | list | check | self-test` */
export function modelCommand(): Command {
  return new Command('model')
    .description('bring networks in, and look at those that are served')
    .addCommand(importCommand())
    .addCommand(headsCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(selfTestCommand());
}
