import t from 'tap';
import { readDarknet } from '../../src/weights/darknet/index.js';
import { readKeras } from '../../src/weights/keras/index.js';
import { writeOnnx } from '../../src/weights/onnx/index.js';
import { largestDifference, runOnnx } from './onnxRun.js';
import { fixtures, readReference, referenceFile, referenceFolder, storedFloats } from './references.js';

const networks = ['yoloface-50k', 'mobilenetv2-yolo-fastest-voc', 'synthetic-yolov3-slim', 'synthetic-yolov3-tiny-slim', 'yolo-fastest-1.1-coco', 'mobilenetv2-yolov3-nano-coco'];

for (const network of networks) {
  const folder = referenceFolder(network);
  const weights = folder === undefined ? undefined : referenceFile(folder, `${network}/${network}.weights`);
  const cfg = folder === undefined ? undefined : referenceFile(folder, `${network}/${network}.cfg`);
  const skip = folder === undefined || weights === undefined || cfg === undefined ? 'not among the fixtures: set DARKNET_REFERENCE' : false;
  t.test(`${network}: the imported network gives the heads that OpenCV gives`, { skip }, async (t) => {
    if (folder === undefined || weights === undefined || cfg === undefined) return;
    const reference = readReference(folder, network);
    const { network: imported } = readDarknet({ cfg: Buffer.from(cfg).toString(), weights });
    const heads = await runOnnx(writeOnnx(imported, { precision: 'fp32' }), storedFloats(folder, reference.raw.input), reference.raw.input.shape);
    t.equal(heads.length, reference.raw.heads.length);
    reference.raw.heads.forEach((stored, i) => {
      t.same(heads[i]!.dims, stored.shape);
      const difference = largestDifference(heads[i]!.values, storedFloats(folder, stored));
      t.ok(difference < 1e-3, `head ${i} differs by ${difference}`);
      t.comment(`${network} head ${i}: ${difference}`);
    });
  });
}

for (const network of ['synthetic-yolov3-slim', 'synthetic-yolov3-tiny-slim']) {
  for (const form of ['weights', 'model']) {
    t.test(`${network}: the Keras file of ${form === 'model' ? 'model.save' : 'model.save_weights'} is the same function as the darknet file`, async (t) => {
      const reference = readReference(fixtures, network);
      const file = (name: string) => Buffer.from(referenceFile(fixtures, `${network}/${network}.${name}`) ?? []);
      const size = { width: reference.input.width, height: reference.input.height };
      const { network: imported } = readKeras({ h5: file(`${form}.h5`), anchors: file('anchors.txt').toString() }, { classes: reference.classes.length, size });
      const heads = await runOnnx(writeOnnx(imported, { precision: 'fp32' }), storedFloats(fixtures, reference.raw.input), reference.raw.input.shape);
      for (const [i, stored] of reference.raw.heads.entries()) {
        t.comment(`${network} head ${i}: ${largestDifference(heads[i]!.values, storedFloats(fixtures, stored))}`);
      }
    });
  }
}
