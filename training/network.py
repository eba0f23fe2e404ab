"""A darknet .cfg as a PyTorch module, and darknet .weights in and out.

The same .cfg is what the importer (`cli model import`) reads, so a network is described once.
Sections: convolutional, shortcut, route, upsample, maxpool, avgpool, scale_channels, dropout, yolo.

    python network.py tiny.cfg                     # layers, parameters, GFLOP
    python network.py --write-cfg out.cfg --widths 8,16,32,64,128,256 --classes 1
"""
import argparse
import struct
from pathlib import Path

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

# darknet adds 1e-6 to the variance's root, OpenCV and our importer to the variance.
BATCH_NORM_EPSILON = 1e-6


class WeightsError(Exception):
    """A weights or cfg file that does not fit; the message names the file."""


class Section(dict):
    """key -> text; a key that a layer cannot do without and the cfg does not give is an error with its place."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def __missing__(self, key):
        raise WeightsError(f'{self.place}: no {key}=')


def read_cfg(path):
    """Returns [(section, {key: text}, line number)], [net] first. Comments stand at the start of a line only."""
    sections = []
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        line = line.strip()
        if not line or line[0] in '#;':
            continue
        if line[0] == '[':
            sections.append((line.strip('[]'), Section(f'{path}:{number}: {line}'), number))
        elif '=' not in line or not sections:
            raise WeightsError(f'{path}:{number}: neither a [section] nor key=value: {line!r}')
        else:
            key, value = line.split('=', 1)
            sections[-1][1][key.strip()] = value.strip()
    if not sections or sections[0][0] != 'net':
        raise WeightsError(f'{path}: does not start with [net]')
    return sections


def activate(kind):
    known = {'leaky': nn.LeakyReLU(0.1), 'linear': nn.Identity(), 'logistic': nn.Sigmoid(), 'relu': nn.ReLU(),
             'swish': nn.SiLU(), 'mish': nn.Mish()}
    if kind not in known:
        raise WeightsError(f'activation={kind} is not known here')
    return known[kind]


class Convolution(nn.Module):
    def __init__(self, channels, options):
        super().__init__()
        size, stride, filters = int(options.get('size', 1)), int(options.get('stride', 1)), int(options['filters'])
        padding = size // 2 if int(options.get('pad', 0)) else int(options.get('padding', 0))
        normalised = int(options.get('batch_normalize', 0)) != 0
        self.conv = nn.Conv2d(channels, filters, size, stride, padding, groups=int(options.get('groups', 1)), bias=not normalised)
        self.norm = nn.BatchNorm2d(filters, eps=BATCH_NORM_EPSILON, momentum=0.03) if normalised else None
        self.activation = activate(options.get('activation', 'logistic'))

    def forward(self, x):
        x = self.conv(x)
        if self.norm is not None:
            x = self.norm(x)
        return self.activation(x)

    def tensors(self):
        """In the order in which darknet writes them: bias, [scale, mean, variance,] kernel."""
        if self.norm is None:
            return [self.conv.bias, self.conv.weight]
        return [self.norm.bias, self.norm.weight, self.norm.running_mean, self.norm.running_var, self.conv.weight]


class Darknet(nn.Module):
    """`forward(films)`: (N, 3, H, W) in 0..1 -> the raw heads, each (N, anchors * (5 + classes), H/stride, W/stride).

    `heads` holds, in the same order, the anchors in input pixels of the cfg's own size, classes and scale_x_y.
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
                anchors = [float(v) for v in options['anchors'].split(',')]
                pairs = list(zip(anchors[::2], anchors[1::2]))
                mask = [int(v) for v in options['mask'].split(',')]
                self.heads.append({'layer': index - 1, 'anchors': [pairs[m] for m in mask], 'classes': int(options['classes']),
                                   'scale_xy': float(options.get('scale_x_y', 1))})
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
        """How many layers come before convolution number `convolutions` (from 0), as a front whose last map is all that
        the rest needs."""
        stop = [i for i, (kind, _, _) in enumerate(self.sections) if kind == 'convolutional'][convolutions]
        for index in range(stop, len(self.sections)):
            if any(source < stop - 1 for source in self.sources_of(index, self.sections[index][1])):
                raise WeightsError(f'{self.cfg}:{self.sections[index][2]}: reaches back behind the first {convolutions} convolutions')
        return stop

    def forward(self, x, start=0, stop=None):
        """With `stop`, the map after that many layers; with `start`, goes on from such a map."""
        outputs, heads = {start - 1: x}, []
        for index in range(start, len(self.sections) if stop is None else stop):
            (kind, options, _), layer = self.sections[index], self.layers[index]
            sources = self.sources_of(index, options)
            if kind == 'convolutional':
                if index == 0:
                    # bf16 weight gradients of a 3-channel stem are wrong on some processors; it costs little in float32.
                    with torch.autocast(x.device.type, enabled=False):
                        x = layer(x.float())
                else:
                    x = layer(x)
            elif kind == 'shortcut':
                x = x + outputs[sources[0]]
            elif kind == 'route':
                x = outputs[sources[0]] if len(sources) == 1 else torch.cat([outputs[s] for s in sources], 1)
            elif kind == 'scale_channels':
                x = outputs[sources[0]] * x
            elif kind == 'upsample':
                x = F.interpolate(x, scale_factor=int(options.get('stride', 2)), mode='nearest')
            elif kind == 'avgpool':
                x = x.mean((2, 3), keepdim=True)
            elif kind == 'maxpool':
                x = darknet_maxpool(x, options)
            elif kind == 'yolo':
                heads.append(x)
            if index in self.kept:
                outputs[index] = x
        return heads if stop is None else x

    def convolutions(self):
        return [layer for layer in self.layers if isinstance(layer, Convolution)]

    def load(self, path, partial=False):
        """Reads .weights. Without `partial` the file must fit to the last byte; with it, it fills the first
        convolutions that it holds, as people start from darknet53.conv.74. Returns how many convolutions it filled."""
        numbers, _ = read_weights(path)
        at, filled = 0, 0
        for layer in self.convolutions():
            needed = sum(tensor.numel() for tensor in layer.tensors())
            if at + needed > len(numbers):
                break
            for tensor in layer.tensors():
                values = torch.from_numpy(numbers[at:at + tensor.numel()].copy()).reshape(tensor.shape)
                with torch.no_grad():
                    tensor.copy_(values)
                at += tensor.numel()
            filled += 1
        if not partial and (filled < len(self.convolutions()) or at != len(numbers)):
            total = sum(t.numel() for layer in self.convolutions() for t in layer.tensors())
            raise WeightsError(f'{path}: holds {len(numbers)} numbers, {self.cfg} asks for {total}: weights of another cfg')
        if partial and (filled == 0 or at != len(numbers)):
            raise WeightsError(f'{path}: {len(numbers)} numbers do not end at a convolution of {self.cfg}: weights of another cfg')
        return filled

    def save(self, path, seen=0):
        """Writes .weights (version 0.2.5) beside its name first, so that a killed process leaves no half file."""
        temporary = Path(f'{path}.part')
        with open(temporary, 'wb') as file:
            file.write(struct.pack('<iiiq', 0, 2, 5, seen))
            for layer in self.convolutions():
                for tensor in layer.tensors():
                    file.write(tensor.detach().float().cpu().contiguous().numpy().astype('<f4').tobytes())
        temporary.replace(path)


def read_weights(path):
    """Returns (float32 numbers, images seen). Header: int32 major, minor, revision; `seen` is 64 bit from version 0.2 on."""
    data = Path(path).read_bytes()
    if len(data) < 20:
        raise WeightsError(f'{path}: {len(data)} bytes are no darknet weights')
    if data[:8] == b'version ':
        raise WeightsError(f'{path}: a Git LFS pointer, not the weights themselves')
    major, minor, _ = struct.unpack_from('<iii', data)
    wide = major * 10 + minor >= 2
    start = 20 if wide else 16
    if (len(data) - start) % 4:
        raise WeightsError(f'{path}: {len(data) - start} bytes after the header are no whole float32 numbers')
    return np.frombuffer(data, '<f4', offset=start), struct.unpack_from('<q' if wide else '<i', data, 12)[0]


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


def decode(raw, head, size):
    """Raw head -> (N, cells, 5 + classes): corners in input pixels, objectness and class probabilities."""
    n, _, rows, columns = raw.shape
    raw = raw.float().view(n, len(head['anchors']), 5 + head['classes'], rows, columns).permute(0, 1, 3, 4, 2)
    grid = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing='ij')[::-1], -1).to(raw.device)
    s, stride = head['scale_xy'], size / columns
    xy = (raw[..., :2].sigmoid() * s - (s - 1) / 2 + grid) * stride
    wh = raw[..., 2:4].clamp(max=6).exp() * torch.tensor(head['anchors'], device=raw.device)[None, :, None, None]
    return torch.cat([xy - wh / 2, xy + wh / 2, raw[..., 4:].sigmoid()], -1).flatten(1, 3)


def suppress(boxes, scores, limit=0.4, most=50):
    """Greedy NMS; boxes come best first. Returns the indices that stay."""
    overlaps, left, chosen = iou_matrix(boxes, boxes), np.ones(len(boxes), bool), []
    for index in range(len(boxes)):
        if left[index]:
            chosen.append(index)
            left &= overlaps[index] <= limit
            if len(chosen) == most:
                break
    return chosen


def iou_matrix(a, b):
    wh = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    inter = np.prod(np.maximum(wh, 0), 2)
    area = lambda x: np.prod(x[:, 2:] - x[:, :2], 1)
    return inter / (area(a)[:, None] + area(b)[None] - inter + 1e-9)


def write_cfg(path, size, widths, blocks, neck_widths, classes, anchors, film_gate):
    """YOLOv3 on Darknet-53 with the given filters (stem and five stages) and residual blocks of each stage.

    With `film_gate` the three heads' features are scaled, channel by channel, by what a global average of the deepest
    features says of the whole film ([avgpool], [scale_channels]; Hu et al. 2018): the film-level classifier inside the cfg.
    """
    text = [f'[net]\nbatch=1\nsubdivisions=1\nwidth={size}\nheight={size}\nchannels=3\n']
    count = 0

    def add(kind, **keys):
        nonlocal count
        text.append(f'[{kind}]\n' + ''.join(f'{key}={value}\n' for key, value in keys.items()))
        count += 1
        return count - 1

    def conv(filters, size, stride=1):
        return add('convolutional', batch_normalize=1, filters=filters, size=size, stride=stride, pad=1, activation='leaky')

    conv(widths[0], 3)
    stage_ends = []
    for filters, repeats in zip(widths[1:], blocks):
        last = conv(filters, 3, 2)
        for _ in range(repeats):
            conv(filters // 2, 1)
            conv(filters, 3)
            last = add('shortcut', **{'from': -3, 'activation': 'linear'})
        stage_ends.append(last)
    film, neck = None, None
    for level, stage in enumerate((4, 3, 2)):
        half = neck_widths[level] if neck_widths else widths[stage + 1] // 2
        if level:
            add('route', layers=neck)
            conv(half, 1)
            add('upsample', stride=2)
            add('route', layers=f'-1,{stage_ends[stage]}')
        for size_of in (1, 3, 1, 3, 1):
            neck = conv(half if size_of == 1 else half * 2, size_of)
        features = conv(half * 2, 3)
        if film_gate:
            if film is None:
                add('avgpool')
                film = add('convolutional', filters=film_gate, size=1, stride=1, pad=1, activation='leaky')
            else:
                add('route', layers=film)
            add('convolutional', filters=half * 2, size=1, stride=1, pad=1, activation='logistic')
            add('scale_channels', **{'from': features})
        mask = ((6, 7, 8), (3, 4, 5), (0, 1, 2))[level]
        add('convolutional', filters=3 * (5 + classes), size=1, stride=1, pad=1, activation='linear')
        add('yolo', mask=','.join(map(str, mask)), anchors=', '.join(f'{w:g},{h:g}' for w, h in anchors), classes=classes,
            num=len(anchors), scale_x_y=2.0)
    Path(path).write_text('\n'.join(text))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cfg', nargs='?', help='a cfg to describe')
    parser.add_argument('--write-cfg', metavar='FILE')
    parser.add_argument('--size', type=int, default=416)
    parser.add_argument('--widths', default='32,64,128,256,512,1024', help='filters of the stem and the five stages')
    parser.add_argument('--blocks', default='1,2,8,8,4', help='residual blocks of the five stages')
    parser.add_argument('--neck', help='filters of the necks at strides 32, 16, 8; half of their stages by default')
    parser.add_argument('--classes', type=int, default=1)
    parser.add_argument('--film-gate', type=int, default=0, help='channels of the film-level gate; 0: none')
    parser.add_argument('--anchors', default='43,46,69,60,56,99,89,84,72,146,100,117,95,187,119,157,132,222',
                        help='nine pairs in pixels of the input, or a file that `cli annotations anchors` wrote')
    args = parser.parse_args()
    numbers = lambda text: [int(v) for v in text.split(',')]
    if args.write_cfg:
        flat = numbers(read_anchors(args.anchors))
        if len(flat) != 18:
            raise WeightsError(f'{args.anchors}: {len(flat)} numbers, where three heads ask for nine pairs')
        write_cfg(args.write_cfg, args.size, numbers(args.widths), numbers(args.blocks), numbers(args.neck) if args.neck else None, args.classes, list(zip(flat[::2], flat[1::2])), args.film_gate)
    network = Darknet(args.write_cfg or args.cfg)
    print(f'{len(network.convolutions())} convolutions, {sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters, '
          f'{gflop(network, network.width):.2f} GFLOP at {network.width}')


def read_anchors(text):
    if not Path(text).is_file():
        return text
    lines = [line for line in Path(text).read_text().splitlines() if line.startswith('anchors')]
    if not lines:
        raise WeightsError(f'{text}: no line `anchors = ...`')
    return lines[0].split('=', 1)[1]


if __name__ == '__main__':
    try:
        main()
    except (WeightsError, FileNotFoundError) as error:
        raise SystemExit(f'error: {error}')
