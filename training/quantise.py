"""Quantises a served model's convolutions to 8 bits, as a new model folder.

    pip install onnxruntime onnx      # besides PyTorch, OpenCV and NumPy
    python quantise.py ../models/cxr-opacity-nc --data DIR/set --out ../models/cxr-opacity-nc-int8 --judge

Static quantisation in QDQ form: activations become unsigned bytes, with ranges from training films drawn by --seed;
kernels become signed bytes, with one scale per filter. The convolutions before the heads stay in single precision:
they are small, and scores depend on them. --judge compares the two models on the validation films.

The folder has no results, card or self-test. It keeps the original model's threshold and calibration until
`cli evaluate` fits them anew.
"""

import argparse
import hashlib
import json
import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from boxes import decode
from compare import compared, figures_of
from darknet import WeightsError
from films import DataError, letterbox, read_film, read_set
from validate import best_boxes, letterboxed

METHODS = {
    'minmax': CalibrationMethod.MinMax,
    'percentile': CalibrationMethod.Percentile,
    'entropy': CalibrationMethod.Entropy,
}


def main():
    args = options()
    model, out = Path(args.model), Path(args.out)
    spec = json.loads((model / 'model.json').read_text())
    films = [film for folder in args.data for film in read_set(folder, lesions_of(spec), [])]
    shown = drawn([film for film in films if film.split == 'train'], args.films, args.seed)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / 'model.onnx'
        onnx.save(in_single_precision(onnx.load(str(model / 'model.onnx'))), str(plain))
        quantise(plain, out / 'model.onnx', spec, shown, METHODS[args.method], args.keep)
    write_spec(spec, model, out, args)
    before, after = ((path / 'model.onnx').stat().st_size / 1e6 for path in (model, out))
    print(f'{out}: {before:.1f} MB -> {after:.1f} MB, ranges from {len(shown)} films')
    if args.judge:
        judge(model, out, spec, [film for film in films if film.split == 'val'])


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('model', help='folder of a served model')
    add('--data', action='append', required=True, help='folder of a set; training films set the ranges')
    add('--films', type=int, default=200, help='training films that set the ranges')
    add('--seed', type=int, default=1, help='of the draw of these films')
    add('--method', choices=METHODS, default='minmax', help='how ranges are set from the activations')
    add('--keep', type=int, default=0, help='how many of the first convolutions stay in single precision')
    add('--name', help='of the new model; by default that of the folder')
    add('--judge', action='store_true', help='print paired differences on the validation films')
    add('--out', required=True, help='a new folder')
    return parser.parse_args()


def lesions_of(spec):
    return [entry['name'] for entry in spec['classes'] if entry['role'] == 'lesion']


def drawn(films, count, seed):
    if not films:
        raise DataError('no film with split=train')
    order = np.random.default_rng(seed).permutation(len(films))[:count]
    return [films[index] for index in sorted(order)]


def in_single_precision(model):
    """Kernels stored as float16, each with a Cast, become float32 without one."""
    graph, values = model.graph, {tensor.name: tensor for tensor in model.graph.initializer}
    for node in [node for node in graph.node if node.op_type == 'Cast' and node.input[0] in values]:
        single = numpy_helper.to_array(values[node.input[0]]).astype(np.float32)
        graph.initializer.remove(values[node.input[0]])
        graph.initializer.append(numpy_helper.from_array(single, node.output[0]))
        graph.node.remove(node)
    return model


def quantise(source, target, spec, films, method, keep):
    """Writes `target`, a QDQ file: U8 activations, S8 kernels; heads and the first `keep` convolutions as they are."""
    graph = onnx.load(str(source)).graph
    convolutions = [node for node in graph.node if node.op_type == 'Conv']
    heads = {head['tensor'] for head in spec['heads']}
    spared = [node.name for i, node in enumerate(convolutions) if i < keep or node.output[0] in heads]
    quantize_static(
        str(source),
        str(target),
        Ranges(films, spec),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=method,
        nodes_to_exclude=spared,
    )


class Ranges(CalibrationDataReader):
    """Films as the service feeds them to the network, one at a time."""

    def __init__(self, films, spec):
        self.spec, self.left = spec, iter(films)

    def get_next(self):
        film = next(self.left, None)
        square = film and letterbox(read_film(film.path), self.spec['input']['width'])[0]
        return film and {self.spec['input']['tensor']: as_input(square, self.spec)}


def as_input(square, spec):
    """(1, channels, size, size) of a letterboxed film."""
    levels = (square.astype(np.float32) / 255 - spec['input']['mean']) * spec['input']['scale']
    return np.repeat(levels[None, None], spec['input']['channels'], 1)


def write_spec(spec, model, out, args):
    """model.json and LICENSE of the new folder."""
    digest = hashlib.sha256((out / 'model.onnx').read_bytes()).hexdigest()
    changed = {**spec, 'name': args.name or out.name, 'onnxSha256': digest}
    (out / 'model.json').write_text(json.dumps(changed, indent=2) + '\n')
    shutil.copy(model / 'LICENSE', out / 'LICENSE')


def judge(model, out, spec, films):
    """Prints paired differences, and how many films cross the threshold."""
    found = [found_by(folder / 'model.onnx', spec, films) for folder in (model, out)]
    for line in compared([str(model), str(out)], [figures_of(each, films) for each in found], films, resamples=500):
        print(line)
    before, after = ([calibrated(film[2], spec) >= spec['threshold']['score'] for film in each] for each in found)
    print(f'films on the other side of the threshold: {sum(a != b for a, b in zip(before, after))} of {len(films)}')


def calibrated(raw, spec):
    """As in src/detector/calibration.ts."""
    by = spec.get('calibration')
    if not by or not 0 < raw < 1:
        return raw
    if by['kind'] == 'platt':
        logit = by['slope'] * math.log(raw / (1 - raw)) + by['intercept']
    else:
        logit = by['a'] * math.log(raw) - by['b'] * math.log1p(-raw) + by['c']
    return 1 / (1 + math.exp(-logit))


def found_by(path, spec, films):
    """The result of validate.detect for each film, by ONNX Runtime on one thread."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), settings, providers=['CPUExecutionProvider'])
    size, classes = spec['input']['width'], len(spec['classes'])
    heads, found = [{**head, 'scale_xy': head['scaleXY'], 'classes': classes} for head in spec['heads']], []
    for film in films:
        view = letterboxed(film, size)
        raws = session.run([head['tensor'] for head in heads], {spec['input']['tensor']: as_input(view[0], spec)})
        rows = torch.cat([decode(torch.from_numpy(raw), head, size)[0] for raw, head in zip(raws, heads)]).numpy()
        found.append(best_boxes(rows, view, len(lesions_of(spec)), floor=0.001, limit=spec['nms']['iou']))
    return found


if __name__ == '__main__':
    try:
        main()
    except (DataError, WeightsError, FileNotFoundError, FileExistsError) as error:
        raise SystemExit(f'error: {error}')
