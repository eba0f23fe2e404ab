"""Drawn films and tiny cfgs for the tests of training."""

import csv
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import cv2
import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import network


def draw_set(folder, count=12, size=96, seed=0):
    """Grey films with one bright disc in every second; patients of two films."""
    random = np.random.default_rng(seed)
    (folder / 'images').mkdir(parents=True)
    listed, boxes = [], []
    for index in range(count):
        picture = random.integers(20, 60, (size, size), dtype=np.uint8)
        if index % 2 == 0:
            x, y = (int(v) for v in random.integers(25, 70, 2))
            cv2.circle(picture, (x, y), 14, 220, -1)
            boxes.append([f'{index}.png', x - 14, y - 14, x + 14, y + 14, 'opacity'])
        cv2.imwrite(str(folder / 'images' / f'{index}.png'), picture)
        listed.append([f'{index}.png', 'drawn', f'p{index // 2}', 'train' if index < count * 2 // 3 else 'val', ''])
    write(folder / 'films.csv', ['image', 'source', 'patient', 'split', 'finding'], listed)
    write(folder / 'annotations.csv', ['image', 'xmin', 'ymin', 'xmax', 'ymax', 'label'], boxes)
    return folder


def write(path, header, lines):
    with open(path, 'w', newline='') as file:
        csv.writer(file).writerows([header, *lines])


def serve(net, path):
    """Writes a network as `model import` does: norms folded, kernels in half precision, each with a Cast."""
    import onnx
    from onnx import numpy_helper

    names = {'input_names': ['images'], 'output_names': ['head0', 'head1', 'head2'], 'opset_version': 13}
    torch.onnx.export(net.eval(), torch.zeros(1, 3, 96, 96), str(path), **names)
    model = onnx.load(str(path))
    for tensor in [tensor for tensor in model.graph.initializer if len(tensor.dims) == 4]:
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f'{tensor.name}.half')
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(half)
        cast = onnx.helper.make_node('Cast', [half.name], [tensor.name], to=onnx.TensorProto.FLOAT)
        model.graph.node.insert(0, cast)
    onnx.save(model, str(path))


class Drawn(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def cfg(self, name='tiny.cfg', **changes):
        path = self.folder / name
        settings = dict(
            size=96,
            widths=[4, 4, 8, 8, 8, 8],
            blocks=[1, 1, 1, 1, 1],
            neck_widths=None,
            classes=1,
            anchors=[(20, 20), (24, 24), (28, 28), (30, 30), (34, 34), (38, 38), (40, 40), (44, 44), (50, 50)],
            film_gate=4,
        )
        network.write_cfg(path, **{**settings, **changes})
        return path
