import { Command } from 'commander';
import { anchorsCommand } from './annotations/anchors.js';
import { convertCommand } from './annotations/convert.js';
import { splitCommand } from './annotations/split.js';

/** `annotations convert | select | split | anchors | stats | check` */
export function annotationsCommand(): Command {
  return new Command('annotations')
    .description('bring annotations and films into the shape that training wants')
    .addCommand(convertCommand())
    .addCommand(splitCommand())
    .addCommand(anchorsCommand());
}
