"""Darknet's files: the sections of a .cfg and the numbers of a .weights file."""

import struct
from pathlib import Path

import numpy as np


class WeightsError(Exception):
    """A weights or cfg file that does not fit. The message names the file."""


class Section(dict):
    """key -> text. A missing key that a layer needs is an error with file and line."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def __missing__(self, key):
        raise WeightsError(f'{self.place}: no {key}=')


def read_cfg(path):
    """Returns [(section, {key: text}, line number)], [net] first. Only whole lines can be comments."""
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


def read_weights(path):
    """(float32 numbers, images seen). Header: int32 major, minor, revision; `seen` has 64 bits from version 0.2 on."""
    data = Path(path).read_bytes()
    if len(data) < 20:
        raise WeightsError(f'{path}: {len(data)} bytes are not darknet weights')
    if data[:8] == b'version ':
        raise WeightsError(f'{path}: a Git LFS pointer, not the weights themselves')
    major, minor, _ = struct.unpack_from('<iii', data)
    wide = major * 10 + minor >= 2
    start = 20 if wide else 16
    if (len(data) - start) % 4:
        raise WeightsError(f'{path}: {len(data) - start} bytes after the header are not whole float32 numbers')
    return np.frombuffer(data, '<f4', offset=start), struct.unpack_from('<q' if wide else '<i', data, 12)[0]
