import type { KeyCommand } from '../keys/keys.js';

/** What the keys of the list do. */
export interface ListActs {
  readonly search: () => void;
  readonly step: (by: 1 | -1) => void;
  readonly refresh: () => void;
  /** Missing for users who send no films. */
  readonly send?: () => void;
}

/** The keys of the list of films. */
export function listCommands({ search, step, refresh, send }: ListActs): readonly KeyCommand[] {
  const stepping = (id: string, keys: readonly string[], help: string, by: 1 | -1): KeyCommand => ({
    id,
    keys,
    help,
    repeats: true,
    press: () => {
      step(by);
    },
  });
  return [
    { id: 'list.search', keys: ['/'], help: 'Search', press: search },
    stepping('list.down', ['ArrowDown', 'j'], 'Next film', 1),
    stepping('list.up', ['ArrowUp', 'k'], 'Previous film', -1),
    ...(send === undefined ? [] : [{ id: 'list.send', keys: ['u'], help: 'Send films', press: send }]),
    { id: 'list.refresh', keys: ['r'], help: 'Refresh the list', press: refresh },
  ];
}
