import { Command } from 'commander';
import { checkCommand } from './check.js';
import { headsCommand } from './heads.js';
import { importCommand } from './import.js';
import { listCommand } from './list.js';
import { selfTestCommand } from './selfTest.js';

/** `model import | heads | list | check | self-test` */
export function modelCommand(): Command {
  return new Command('model')
    .addCommand(importCommand())
    .addCommand(headsCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(selfTestCommand());
}
