"""quantise.py: a drawn model in 8 bits. Skipped if ONNX Runtime or its quantiser is not installed."""

import json
import unittest
from pathlib import Path

import numpy as np

from drawn import Drawn, draw_set, serve

import films
import network

try:
    import onnx

    import quantise
except ImportError:
    quantise = None


@unittest.skipUnless(quantise, 'needs onnx and onnxruntime')
class Quantised(Drawn):
    def model(self):
        """A folder as `model import` writes it: kernels in half precision, each with a Cast."""
        folder = self.folder / 'model'
        folder.mkdir()
        net = network.Darknet(self.cfg()).eval()
        serve(net, folder / 'model.onnx')
        heads = [
            {'tensor': f'head{i}', 'anchors': head['anchors'], 'scaleXY': head['scale_xy']}
            for i, head in enumerate(net.heads)
        ]
        spec = {'name': 'drawn', 'onnxSha256': '', 'heads': heads, 'nms': {'iou': 0.5}, 'threshold': {'score': 0.5}}
        spec['input'] = {'tensor': 'images', 'width': 96, 'channels': 3, 'mean': 0, 'scale': 1}
        spec['classes'] = [{'name': 'opacity', 'role': 'lesion'}]
        (folder / 'model.json').write_text(json.dumps(spec))
        return folder, spec

    def test_a_model_says_nearly_the_same_in_8_bits(self):
        (model, spec), out = self.model(), self.folder / 'int8.onnx'
        shown = films.read_set(draw_set(self.folder / 'set'), ['opacity'], [])
        plain = self.folder / 'plain.onnx'
        single = quantise.in_single_precision(onnx.load(str(model / 'model.onnx')))
        self.assertNotIn(onnx.TensorProto.FLOAT16, [tensor.data_type for tensor in single.graph.initializer])
        onnx.save(single, str(plain))
        quantise.quantise(plain, out, spec, shown, quantise.METHODS['minmax'], keep=1)
        graph = onnx.load(str(out)).graph
        kernels = [t for t in graph.initializer if len(t.dims) == 4]
        floats = [t for t in kernels if t.data_type == onnx.TensorProto.FLOAT]
        signed = [t for t in kernels if t.data_type == onnx.TensorProto.INT8]
        # Of the convolutions the first and the three heads are spared.
        self.assertEqual((len(floats), len(signed)), (4, len(kernels) - 4))
        before, after = (quantise.found_by(path, spec, shown) for path in (model / 'model.onnx', out))
        for one, other in zip(before, after):
            self.assertLess(abs(one[2] - other[2]), 0.02)

    def test_the_same_seed_draws_the_same_films(self):
        shown = films.read_set(draw_set(self.folder / 'set'), ['opacity'], [])
        names = [[Path(film.path).name for film in quantise.drawn(shown, 4, seed)] for seed in (1, 1, 2)]
        self.assertEqual(names[0], names[1])
        self.assertNotEqual(names[0], names[2])

    def test_scores_are_calibrated_as_the_service_does(self):
        # 1 / (1 + e^-(2 ln(.8 / .2) - 1)) = 16 / (16 + e); beta with a = 1, b = 1, c = 0 is the raw score itself.
        platt = {'calibration': {'kind': 'platt', 'slope': 2, 'intercept': -1}}
        self.assertAlmostEqual(quantise.calibrated(0.8, platt), 16 / (16 + np.e), places=6)
        beta = {'calibration': {'kind': 'beta', 'a': 1, 'b': 1, 'c': 0}}
        self.assertAlmostEqual(quantise.calibrated(0.3, beta), 0.3, places=6)
        self.assertEqual(quantise.calibrated(0.3, {}), 0.3)


if __name__ == '__main__':
    unittest.main()
