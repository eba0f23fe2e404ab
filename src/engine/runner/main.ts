import { openOnnx } from './openOnnx.js';
import { serveRunner } from './serveRunner.js';

// onnxruntime lives and dies in this process.
serveRunner(openOnnx);
