/** What a change must not make much worse; bench/budget.json holds the values to compare with. */
export interface Figures {
  /** Latency of one client, relative to that of the bare process; the best round of each, since noise only adds. */
  readonly p50ToBare: number;
  /** CPU per film at sixteen clients, all processes together, relative to that of single-threaded bare processes. */
  readonly cpuToBare: number;
  /** CPU of a first start until /readyz, all processes together, in multiples of a bare film. */
  readonly startInFilms: number;
  /** RSS of all processes after sixteen clients, embedded log; shared pages count in each. */
  readonly rssMiB: number;
  /** What a browser loads for the page, uncompressed. */
  readonly pageKiB: number;
}

/** How far over its budget a figure may be: wide enough for the noise of a shared machine. */
const allowance = 1.25;

/** Each figure that is over its budget by more than the allowance, as a line. */
export function overBudget(figures: Figures, budget: Figures): readonly string[] {
  return names(budget).flatMap((name) => {
    const most = budget[name] * allowance;
    if (figures[name] <= most) return [];
    return [
      `${name} is ${figures[name].toFixed(2)}, more than ${most.toFixed(2)}: its budget ${budget[name]}, and a quarter`,
    ];
  });
}

/** @throws Error if a figure is missing, unknown or not a number: a mistyped budget would allow everything. */
export function parseBudget(text: string): Figures {
  const parsed: unknown = JSON.parse(text);
  const values = new Map<string, unknown>(Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {}));
  const of = (name: keyof Figures): number => {
    const value = values.get(name);
    values.delete(name);
    if (typeof value !== 'number' || !(value > 0)) throw new Error(`the budget has no ${name}`);
    return value;
  };
  const budget: Figures = {
    p50ToBare: of('p50ToBare'),
    cpuToBare: of('cpuToBare'),
    startInFilms: of('startInFilms'),
    rssMiB: of('rssMiB'),
    pageKiB: of('pageKiB'),
  };
  const [unknown] = values.keys();
  if (unknown !== undefined) throw new Error(`the budget knows no ${unknown}`);
  return budget;
}

export function names(figures: Figures): readonly (keyof Figures)[] {
  const isName = (name: string): name is keyof Figures => name in figures;
  return Object.keys(figures).filter(isName);
}
