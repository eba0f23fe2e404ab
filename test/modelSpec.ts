import type { ModelSpec } from '../src/detector/index.js';

/**
 * A spec small enough to compute by hand: 64 × 64 pixels, one head of 2 × 2 cells, one anchor, one class. Tests and
 * benchmarks change what they are about.
 */
export function toySpec(change: Partial<ModelSpec> = {}): ModelSpec {
  return {
    name: 'toy',
    version: '1.0.0',
    onnxSha256: '0'.repeat(64),
    licence: 'Apache-2.0',
    intendedUse: 'tests',
    notice: 'Research use only. Not for diagnosis.',
    input: { tensor: 'images', width: 64, height: 64, channels: 3, layout: 'nchw', colour: 'grey', scale: 1, mean: 0 },
    window: 'none',
    fit: { mode: 'letterbox', interpolation: 'area', arithmetic: 'uint8', fill: 0, unletterbox: 'exact' },
    heads: [{ tensor: 'head0', stride: 32, anchors: [[20, 40]], scaleXY: 1, box: 'exp' }],
    classes: [{ name: 'opacity', title: 'Opacity', colour: '#5BD1FF', role: 'lesion' }],
    nms: { kind: 'greedy', iou: 0.45, perClass: true, maximum: 300 },
    threshold: { score: 0.3, source: 'test' },
    candidateFloor: { score: 0.05, maximum: 100 },
    calibration: null,
    inputGate: 'none',
    maxBatch: 4,
    ...change,
  };
}
