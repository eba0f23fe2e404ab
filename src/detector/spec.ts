import type { Static } from 'typebox';
import type { ModelSpecSchema } from './modelSpecSchema.js';

/** Everything that the core must know about a network; its schema describes the fields. */
export type ModelSpec = Static<typeof ModelSpecSchema>;
export type InputSpec = ModelSpec['input'];
export type FitSpec = ModelSpec['fit'];
export type WindowSpec = ModelSpec['window'];
export type HeadSpec = ModelSpec['heads'][number];
export type ClassSpec = ModelSpec['classes'][number];
export type NmsSpec = ModelSpec['nms'];
