import { Command } from 'commander';
import { anchorsCommand } from './anchors.js';
import { checkCommand } from './check.js';
import { convertCommand } from './convert.js';
import { selectCommand } from './select.js';
import { splitCommand } from './split.js';
import { statsCommand } from './stats.js';

/** `annotations convert | select | split | anchors | stats | check` */
export function annotationsCommand(): Command {
  return new Command('annotations')
    .addCommand(convertCommand())
    .addCommand(selectCommand())
    .addCommand(splitCommand())
    .addCommand(anchorsCommand())
    .addCommand(statsCommand())
    .addCommand(checkCommand());
}
