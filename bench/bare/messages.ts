export interface BareStart {
  readonly kind: 'start';
  readonly modelFolder: string;
  readonly threads: number;
  /** Whether onnxruntime's threads wait for each other by spinning. */
  readonly spinning: boolean;
}

export interface BareRun {
  readonly kind: 'run';
  readonly films: readonly Uint8Array[];
  readonly seconds: number;
  /** Decodes the next film while the network runs. */
  readonly ahead: boolean;
}

export interface BareReady {
  readonly provider: string;
}

export interface BareResult {
  readonly latenciesMs: readonly number[];
  readonly elapsedMs: number;
}
