import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Target, Victim } from './target.js';

/** Milliseconds of performance.now(). */
export interface Kill {
  readonly victim: Victim;
  readonly at: number;
  readonly readyAt: number;
}

export interface KillPlan {
  readonly kills: number;
  readonly seed: number;
  /** The share of the run that is over, 0…1. */
  readonly progress: () => number;
}

/** Kills one victim after another at random moments of the run, each as often as the others. */
export async function killAtRandom(target: Target, plan: KillPlan): Promise<Kill[]> {
  const random = randomNumbers(plan.seed);
  const moments = Array.from({ length: plan.kills }, () => 0.02 + 0.93 * random()).sort((a, b) => a - b);
  const done: Kill[] = [];
  let bag: Victim[] = [];
  for (const moment of moments) {
    while (plan.progress() < moment) await pause(20);
    if (plan.progress() >= 1) break;
    if (bag.length === 0) bag = [...target.victims];
    const [victim] = bag.splice(Math.floor(random() * bag.length), 1);
    if (victim === undefined) break;
    const at = performance.now();
    await target.kill(victim);
    done.push({ victim, at, readyAt: performance.now() });
  }
  return done;
}

/** Seeded random numbers 0…1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
