"""Writes the .cfg of a YOLOv3 on Darknet-53, at any width."""

from pathlib import Path

from darknet import WeightsError

MASKS = ('6,7,8', '3,4,5', '0,1,2')  # The anchors of the heads at strides 32, 16 and 8.


def write_cfg(path, size, widths, blocks, neck_widths, classes, anchors, film_gate):
    """YOLOv3 on Darknet-53 with the given filters (stem and five stages) and residual blocks of each stage.

    With `film_gate`, each channel of the three heads' features is scaled by a factor from a global average of the
    deepest features ([avgpool], [scale_channels]; Hu et al. 2018): the film-level classifier in the cfg.
    """
    cfg = Cfg(size)
    stage_ends = backbone(cfg, widths, blocks)
    pairs = ', '.join(f'{w:g},{h:g}' for w, h in anchors)
    film, neck = None, None
    for level, stage in enumerate((4, 3, 2)):
        half = neck_widths[level] if neck_widths else widths[stage + 1] // 2
        if level:
            cfg.add('route', layers=neck)
            cfg.convolution(half, 1)
            cfg.add('upsample', stride=2)
            cfg.add('route', layers=f'-1,{stage_ends[stage]}')
        for kernel in (1, 3, 1, 3, 1):
            neck = cfg.convolution(half if kernel == 1 else half * 2, kernel)
        features = cfg.convolution(half * 2, 3)
        if film_gate:
            film = gate(cfg, film, features, half * 2, film_gate)
        cfg.add('convolutional', filters=3 * (5 + classes), size=1, stride=1, pad=1, activation='linear')
        cfg.add('yolo', mask=MASKS[level], anchors=pairs, classes=classes, num=len(anchors), scale_x_y=2.0)
    Path(path).write_text('\n'.join(cfg.text))


class Cfg:
    """The text of a cfg. Adding a layer returns its number, so that later layers can refer to it."""

    def __init__(self, size):
        self.text = [f'[net]\nbatch=1\nsubdivisions=1\nwidth={size}\nheight={size}\nchannels=3\n']

    def add(self, kind, **keys):
        self.text.append(f'[{kind}]\n' + ''.join(f'{key}={value}\n' for key, value in keys.items()))
        return len(self.text) - 2

    def convolution(self, filters, kernel, stride=1):
        return self.add(
            'convolutional', batch_normalize=1, filters=filters, size=kernel, stride=stride, pad=1, activation='leaky'
        )


def backbone(cfg, widths, blocks):
    """Returns the last layer of each of the five stages."""
    cfg.convolution(widths[0], 3)
    stage_ends = []
    for filters, repeats in zip(widths[1:], blocks):
        last = cfg.convolution(filters, 3, 2)
        for _ in range(repeats):
            cfg.convolution(filters // 2, 1)
            cfg.convolution(filters, 3)
            last = cfg.add('shortcut', **{'from': -3, 'activation': 'linear'})
        stage_ends.append(last)
    return stage_ends


def gate(cfg, film, features, filters, channels):
    """Scales `features` by the film as a whole: `film`, made from the deepest features by the first head."""
    if film is None:
        cfg.add('avgpool')
        film = cfg.add('convolutional', filters=channels, size=1, stride=1, pad=1, activation='leaky')
    else:
        cfg.add('route', layers=film)
    cfg.add('convolutional', filters=filters, size=1, stride=1, pad=1, activation='logistic')
    cfg.add('scale_channels', **{'from': features})
    return film


def read_anchors(text):
    """Nine pairs, from their eighteen numbers or from a file with the line `anchors = ...`."""
    numbers = text
    if Path(text).is_file():
        lines = [line for line in Path(text).read_text().splitlines() if line.startswith('anchors')]
        if not lines:
            raise WeightsError(f'{text}: no line `anchors = ...`')
        numbers = lines[0].split('=', 1)[1]
    flat = [int(value) for value in numbers.split(',')]
    if len(flat) != 18:
        raise WeightsError(f'{text}: {len(flat)} numbers, but three heads need nine pairs')
    return list(zip(flat[::2], flat[1::2]))
