"""Turns a served model back into .weights from which training can start.

    python from_model.py ../models/cxr-opacity-nc --cfg cfg/quarter-typical.cfg --data DIR/set --out nc.weights

A served network has its batch norms folded into its convolutions, but training needs them. So this measures the output
of each convolution on films of the set and inserts a norm that undoes exactly that: the network computes the same as
before, and its statistics are those of the films. Folding also leaves small kernels, while the length of an AdamW step
does not depend on the kernel: the effective learning rate would be too high. So each filter is scaled back to the size
that filters have in training, and the norm after it compensates. Needs `onnx` (Debian: python3-onnx).
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from darknet import WeightsError
from films import DataError, letterbox, read_film, read_set
from network import Darknet

SIZE = 0.7  # Filters trained under weight decay measure .4 to 1.2 (in the pilot).


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model', help='folder of a served model')
    parser.add_argument('--cfg', required=True, help='darknet .cfg of the model')
    parser.add_argument('--data', required=True, help='folder of a set: its training films are measured')
    parser.add_argument('--films', type=int, default=256, help='how many of them')
    parser.add_argument('--lesions', default='opacity', help='labels of the lesion classes (comma-separated)')
    parser.add_argument('--out', required=True, help='the new .weights')
    args = parser.parse_args()
    network = Darknet(args.cfg)
    take(network, folded(Path(args.model) / 'model.onnx'))
    films = [film for film in read_set(args.data, args.lesions.split(','), []) if film.split == 'train'][: args.films]
    if not films:
        raise DataError(f'{args.data}: no film with split=train')
    views = [letterbox(read_film(film.path), network.width)[0] for film in films]
    give_norms(network, torch.from_numpy(np.stack(views)).float().div_(255)[:, None].expand(-1, 3, -1, -1))
    network.save(args.out)
    print(f'{args.out}: {len(network.convolutions())} convolutions, measured on {len(films)} films')


def folded(path):
    """[(kernel (out, in, h, w), bias (out,))] of every Conv of an ONNX file, in node order."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        # Weights may be stored as float16, each with a Cast.
        if node.op_type == 'Cast' and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]].astype(np.float32)
    return [(values[node.input[1]], values[node.input[2]]) for node in graph.node if node.op_type == 'Conv']


@torch.no_grad()
def take(network, convolutions):
    """Fills the convolutions; norms start as the identity around the folded bias."""
    layers = network.convolutions()
    shapes = [tuple(layer.conv.weight.shape) for layer in layers]
    if shapes != [kernel.shape for kernel, _ in convolutions]:
        raise WeightsError(f'{network.cfg}: its convolutions are not those of the model')
    for layer, (kernel, bias) in zip(layers, convolutions):
        layer.conv.weight.copy_(torch.from_numpy(kernel.astype(np.float32)))
        bias = torch.from_numpy(bias.astype(np.float32))
        if layer.norm is None:
            layer.conv.bias.copy_(bias)
            continue
        layer.norm.bias.copy_(bias)
        layer.norm.weight.fill_(1)
        layer.norm.running_mean.zero_()
        layer.norm.running_var.fill_(1 - layer.norm.eps)


@torch.no_grad()
def give_norms(network, films, batch=16):
    """Measures mean and variance of every convolution's output and moves them into its norm: y = x - m + (b + m); then
    scales every filter to SIZE, and the statistics with it."""
    network.eval()
    sums = {}

    def measure(layer, _inputs, output):
        one = output.double().sum((0, 2, 3)), (output.double() ** 2).sum((0, 2, 3)), output[:, 0].numel()
        sums[layer] = tuple(a + b for a, b in zip(sums.get(layer, (0, 0, 0)), one))

    normed = [layer for layer in network.convolutions() if layer.norm is not None]
    hooks = [layer.conv.register_forward_hook(measure) for layer in normed]
    for start in range(0, len(films), batch):
        network(films[start : start + batch])
    for hook in hooks:
        hook.remove()
    for layer in normed:
        total, squares, count = sums[layer.conv]
        norm, scale = layer.norm, scales(layer.conv.weight)
        mean = total / count
        variance = (squares / count - mean**2).clamp(min=1e-4)
        layer.conv.weight.mul_(scale[:, None, None, None])
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale**2)
        norm.weight.copy_((norm.running_var + norm.eps).sqrt() / scale)
        norm.bias.add_(mean.float())


def scales(kernel):
    """(out,): factors that make the root mean square of each filter SIZE x sqrt(2 / fan-in), as in He et al. 2015."""
    size = SIZE * (2 / kernel[0].numel()) ** 0.5
    # If a filter is nearly zero, half-precision rounding has left no direction worth keeping.
    return (size / kernel.flatten(1).pow(2).mean(1).sqrt().clamp(min=1e-6)).clamp(max=1000)


if __name__ == '__main__':
    try:
        main()
    except (DataError, WeightsError, FileNotFoundError, ModuleNotFoundError) as error:
        raise SystemExit(f'error: {error}')
