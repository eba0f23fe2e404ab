import { Command } from 'commander';
import { anchorsCommand } from './annotations/anchors.js';
import { checkCommand } from './annotations/check.js';
import { convertCommand } from './annotations/convert.js';
import { selectCommand } from './annotations/select.js';
import { splitCommand } from './annotations/split.js';
import { statsCommand } from './annotations/stats.js';

/** `annotations convert | select | split | anchors | stats | check` */
export function annotationsCommand(): Command {
  return new Command('annotations')
    .description('bring annotations and films into the shape that training wants')
    .addCommand(convertCommand())
    .addCommand(selectCommand())
    .addCommand(splitCommand())
    .addCommand(anchorsCommand())
    .addCommand(statsCommand())
    .addCommand(checkCommand());
}
