"""A darknet .cfg as a PyTorch module, and darknet .weights in and out.

The importer (`cli model import`) reads the same .cfg, so a network is described only once.
Sections: convolutional, shortcut, route, upsample, maxpool, avgpool, scale_channels, dropout, yolo.

    python network.py tiny.cfg                     # layers, parameters, GFLOP
    python network.py --write-cfg out.cfg --widths 8,16,32,64,128,256 --classes 1
"""

import argparse
import struct
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from darknet import WeightsError, read_cfg, read_weights
from yolov3 import read_anchors, write_cfg

# darknet adds 1e-6 to the root of the variance; OpenCV and our importer add it to the variance.
BATCH_NORM_EPSILON = 1e-6


def activate(kind):
    known = {
        'leaky': nn.LeakyReLU(0.1),
        'linear': nn.Identity(),
        'logistic': nn.Sigmoid(),
        'relu': nn.ReLU(),
        'swish': nn.SiLU(),
        'mish': nn.Mish(),
    }
    if kind not in known:
        raise WeightsError(f'activation={kind} is not known here')
    return known[kind]


class Convolution(nn.Module):
    def __init__(self, channels, options):
        super().__init__()
        size, stride, filters = int(options.get('size', 1)), int(options.get('stride', 1)), int(options['filters'])
        padding = size // 2 if int(options.get('pad', 0)) else int(options.get('padding', 0))
        normalised = int(options.get('batch_normalize', 0)) != 0
        groups = int(options.get('groups', 1))
        self.conv = nn.Conv2d(channels, filters, size, stride, padding, groups=groups, bias=not normalised)
        self.norm = nn.BatchNorm2d(filters, eps=BATCH_NORM_EPSILON, momentum=0.03) if normalised else None
        self.activation = activate(options.get('activation', 'logistic'))

    def forward(self, x):
        x = self.conv(x)
        if self.norm is not None:
            x = self.norm(x)
        return self.activation(x)

    def tensors(self):
        """In the order that darknet writes: bias, [scale, mean, variance,] kernel."""
        if self.norm is None:
            return [self.conv.bias, self.conv.weight]
        return [self.norm.bias, self.norm.weight, self.norm.running_mean, self.norm.running_var, self.conv.weight]


def head_of(layer, options):
    """What a [yolo] section says about its head: the output of `layer`, the convolution before it."""
    anchors = [float(v) for v in options['anchors'].split(',')]
    pairs = list(zip(anchors[::2], anchors[1::2]))
    return {
        'layer': layer,
        'anchors': [pairs[int(v)] for v in options['mask'].split(',')],
        'classes': int(options['classes']),
        'scale_xy': float(options.get('scale_x_y', 1)),
    }


class Darknet(nn.Module):
    """`forward(films)`: (N, 3, H, W) in 0..1 -> the raw heads, each (N, anchors * (5 + classes), H/stride, W/stride).

    `heads` holds, in the same order, the anchors (in pixels of the input at the cfg's own size), classes and scale_x_y.
    """

    def __init__(self, cfg):
        super().__init__()
        self.cfg = str(cfg)
        (_, net, _), *self.sections = read_cfg(cfg)
        self.width, self.height = int(net['width']), int(net['height'])
        self.layers, self.heads, channels, self.kept = nn.ModuleList(), [], [], set()
        previous = int(net.get('channels', 3))
        for index, (kind, options, line) in enumerate(self.sections):
            layer, sources = nn.Identity(), self.sources_of(index, options)
            self.kept.update(sources)
            if kind == 'convolutional':
                layer, previous = Convolution(previous, options), int(options['filters'])
            elif kind == 'route':
                previous = sum(channels[source] for source in sources)
            elif kind == 'scale_channels':
                previous = channels[sources[0]]
            elif kind == 'yolo':
                self.heads.append(head_of(index - 1, options))
                self.kept.add(index - 1)
            elif kind not in ('shortcut', 'upsample', 'maxpool', 'avgpool', 'dropout'):
                raise WeightsError(f'{cfg}:{line}: [{kind}] is not known here')
            self.layers.append(layer)
            channels.append(previous)

    def sources_of(self, index, options):
        """The layers, from 0, that a [route], [shortcut] or [scale_channels] names."""
        text = options.get('from', options.get('layers'))
        return [] if text is None else [int(v) if int(v) >= 0 else index + int(v) for v in text.split(',')]

    def front_of(self, convolutions):
        """Number of layers before convolution `convolutions` (from 0): the rest must need nothing but the last map."""
        stop = [i for i, (kind, _, _) in enumerate(self.sections) if kind == 'convolutional'][convolutions]
        for index in range(stop, len(self.sections)):
            _, options, line = self.sections[index]
            if any(source < stop - 1 for source in self.sources_of(index, options)):
                raise WeightsError(f'{self.cfg}:{line}: reaches back into the first {convolutions} convolutions')
        return stop

    def forward(self, x, start=0, stop=None):
        """With `stop`, returns the map after that many layers; with `start`, continues from such a map."""
        outputs, heads = {start - 1: x}, []
        for index in range(start, len(self.sections) if stop is None else stop):
            (kind, options, _), layer = self.sections[index], self.layers[index]
            sources = self.sources_of(index, options)
            if index == 0 and kind == 'convolutional':
                # bf16 weight gradients of a 3-channel stem are wrong on some processors; it costs little in float32.
                with torch.autocast(x.device.type, enabled=False):
                    x = layer(x.float())
            else:
                x = apply(kind, layer, options, x, [outputs[source] for source in sources])
            if kind == 'yolo':
                heads.append(x)
            if index in self.kept:
                outputs[index] = x
        return heads if stop is None else x

    def convolutions(self):
        return [layer for layer in self.layers if isinstance(layer, Convolution)]

    def load(self, path, partial=False):
        """Reads .weights. Without `partial` the file must fit to the last byte. With it, the file fills the first
        convolutions, for starts such as darknet53.conv.74. Returns how many convolutions were filled."""
        numbers, _ = read_weights(path)
        at, filled = 0, 0
        for layer in self.convolutions():
            needed = sum(tensor.numel() for tensor in layer.tensors())
            if at + needed > len(numbers):
                break
            for tensor in layer.tensors():
                values = torch.from_numpy(numbers[at : at + tensor.numel()].copy()).reshape(tensor.shape)
                with torch.no_grad():
                    tensor.copy_(values)
                at += tensor.numel()
            filled += 1
        if not partial and (filled < len(self.convolutions()) or at != len(numbers)):
            total = sum(t.numel() for layer in self.convolutions() for t in layer.tensors())
            held = f'holds {len(numbers)} numbers, {self.cfg} asks for {total}'
            raise WeightsError(f'{path}: {held}: weights of another cfg')
        if partial and (filled == 0 or at != len(numbers)):
            end = f'{len(numbers)} numbers do not end at a convolution of {self.cfg}'
            raise WeightsError(f'{path}: {end}: weights of another cfg')
        return filled

    def save(self, path, seen=0):
        """Writes .weights (version 0.2.5), under a temporary name first: a killed process leaves no partial file."""
        temporary = Path(f'{path}.part')
        with open(temporary, 'wb') as file:
            file.write(struct.pack('<iiiq', 0, 2, 5, seen))
            for layer in self.convolutions():
                for tensor in layer.tensors():
                    file.write(tensor.detach().float().cpu().contiguous().numpy().astype('<f4').tobytes())
        temporary.replace(path)


def apply(kind, layer, options, x, sources):
    """One layer, applied to the map before it and to those that it names."""
    if kind == 'convolutional':
        return layer(x)
    if kind == 'shortcut':
        return x + sources[0]
    if kind == 'route':
        return sources[0] if len(sources) == 1 else torch.cat(sources, 1)
    if kind == 'scale_channels':
        return sources[0] * x
    if kind == 'upsample':
        return F.interpolate(x, scale_factor=int(options.get('stride', 2)), mode='nearest')
    if kind == 'avgpool':
        return x.mean((2, 3), keepdim=True)
    if kind == 'maxpool':
        return darknet_maxpool(x, options)
    return x


def darknet_maxpool(x, options):
    stride = int(options.get('stride', 1))
    size = int(options.get('size', stride))
    padding = int(options.get('padding', size - 1))
    left = padding // 2
    x = F.pad(x, (left, padding - left, left, padding - left), value=float('-inf'))
    return F.max_pool2d(x, size, stride)


def gflop(network, size):
    """Multiply-adds of all convolutions, counted as two operations, for one square film."""
    total = 0

    def count(module, _inputs, output):
        nonlocal total
        total += 2 * output.numel() * module.weight[0].numel()

    hooks = [layer.conv.register_forward_hook(count) for layer in network.convolutions()]
    with torch.no_grad():
        network(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return total / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cfg', nargs='?', help='a cfg to describe')
    parser.add_argument('--write-cfg', metavar='FILE', help='write a YOLOv3 of these options, then describe it')
    parser.add_argument('--size', type=int, default=416, help='sides of the input in pixels')
    parser.add_argument('--widths', default='32,64,128,256,512,1024', help='filters of the stem and the five stages')
    parser.add_argument('--blocks', default='1,2,8,8,4', help='residual blocks of the five stages')
    parser.add_argument('--neck', help='filters of the necks at strides 32, 16, 8; by default half of their stages')
    parser.add_argument('--classes', type=int, default=1, help='lesion classes and attributes together')
    parser.add_argument('--film-gate', type=int, default=0, help='channels of the film-level gate; 0: none')
    parser.add_argument(
        '--anchors',
        default='43,46,69,60,56,99,89,84,72,146,100,117,95,187,119,157,132,222',
        help='nine pairs in pixels of the input, or a file written by `cli annotations anchors`',
    )
    args = parser.parse_args()
    if args.write_cfg:
        anchors = read_anchors(args.anchors)
        widths, blocks, neck = (numbers(text) if text else None for text in (args.widths, args.blocks, args.neck))
        write_cfg(args.write_cfg, args.size, widths, blocks, neck, args.classes, anchors, args.film_gate)
    network = Darknet(args.write_cfg or args.cfg)
    parameters = sum(p.numel() for p in network.parameters()) / 1e6
    print(
        f'{len(network.convolutions())} convolutions, {parameters:.2f} M parameters, '
        f'{gflop(network, network.width):.2f} GFLOP at {network.width}'
    )


def numbers(text):
    return [int(value) for value in text.split(',')]


if __name__ == '__main__':
    try:
        main()
    except (WeightsError, FileNotFoundError) as error:
        raise SystemExit(f'error: {error}')
