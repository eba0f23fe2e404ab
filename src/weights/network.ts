/**
 * One description of a network between the formats: darknet and Keras files become a Plan (layers and shapes), then a
 * Network (the plan with folded weights), from which ONNX is written.
 */

/** Size of the feature map of one film. */
export interface MapShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Index of a layer in the plan, or INPUT. */
export type Source = number;
export const INPUT: Source = -1;

export const activations = ['linear', 'leaky', 'relu', 'relu6', 'logistic', 'mish', 'swish'] as const;
/** leaky has the slope 0.1; swish = x·σ(x); mish = x·tanh(ln(1 + eˣ)). */
export type Activation = (typeof activations)[number];

export interface Pads {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

interface Layered {
  /** The layer's name in messages, e.g. `layer 12 [convolutional]`. */
  readonly origin: string;
  readonly shape: MapShape;
}

export interface Convolution extends Layered {
  readonly kind: 'convolution';
  readonly source: Source;
  readonly inputChannels: number;
  readonly size: number;
  readonly strideX: number;
  readonly strideY: number;
  readonly pads: Pads;
  readonly dilation: number;
  readonly groups: number;
  readonly batchNormalised: boolean;
  readonly activation: Activation;
}

/** Padded with −∞. */
export interface MaxPool extends Layered {
  readonly kind: 'maxpool';
  readonly source: Source;
  readonly size: number;
  readonly strideX: number;
  readonly strideY: number;
  readonly pads: Pads;
}

/** The mean of every channel: channels × 1 × 1. */
export interface GlobalAverage extends Layered {
  readonly kind: 'average';
  readonly source: Source;
}

/** Nearest neighbour; every value is multiplied by `scale`. */
export interface Upsample extends Layered {
  readonly kind: 'upsample';
  readonly source: Source;
  readonly factor: number;
  readonly scale: number;
}

/** Channels `from` (inclusive) to `to` (exclusive) of every source, one after the other. */
export interface Concatenation extends Layered {
  readonly kind: 'concatenation';
  readonly parts: readonly { readonly source: Source; readonly from: number; readonly to: number }[];
}

export interface Addition extends Layered {
  readonly kind: 'addition';
  readonly sources: readonly Source[];
  readonly activation: Activation;
}

/** A map times a factor for each of its channels (squeeze and excitation). */
export interface ChannelScaling extends Layered {
  readonly kind: 'scaling';
  readonly map: Source;
  /** channels × 1 × 1 */
  readonly factor: Source;
  readonly activation: Activation;
}

export type Layer = Convolution | MaxPool | GlobalAverage | Upsample | Concatenation | Addition | ChannelScaling;

/** A detection head: the raw map that a [yolo] section decodes, anchor-major, [x, y, w, h, objectness, classes…]. */
export interface Head {
  readonly origin: string;
  readonly source: Source;
  readonly shape: MapShape;
  /** Pixels of the network input. */
  readonly anchors: readonly (readonly [number, number])[];
  readonly classes: number;
  readonly scaleXY: number;
  readonly box: 'exp' | 'square';
}

export interface Plan {
  readonly input: MapShape;
  readonly layers: readonly Layer[];
  readonly heads: readonly Head[];
}

/** A convolution's weights, with batch normalisation folded in. */
export interface Kernel {
  /** out × in/groups × size × size */
  readonly weights: Float32Array;
  /** out */
  readonly bias: Float32Array;
}

export interface Network extends Plan {
  /** By layer index; one for every convolution. */
  readonly kernels: ReadonlyMap<number, Kernel>;
}

/** Number of weights in the kernel of a convolution, without its bias. */
export function kernelLength(layer: Convolution): number {
  return layer.shape.channels * (layer.inputChannels / layer.groups) * layer.size * layer.size;
}

/** Layers, parameters after folding, and multiply-adds of the convolutions for one film, times two. */
export function networkSize(plan: Plan): { layers: number; convolutions: number; parameters: number; gflop: number } {
  const convolutions = plan.layers.filter((layer) => layer.kind === 'convolution');
  const parameters = convolutions.reduce((sum, layer) => sum + kernelLength(layer) + layer.shape.channels, 0);
  const multiplyAdds = convolutions.reduce(
    (sum, layer) => sum + kernelLength(layer) * layer.shape.height * layer.shape.width,
    0,
  );
  return { layers: plan.layers.length, convolutions: convolutions.length, parameters, gflop: (2 * multiplyAdds) / 1e9 };
}
