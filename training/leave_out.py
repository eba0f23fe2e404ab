"""Removes classes from a trained network: a category that was not learned should not ship.

python leave_out.py net.cfg net.weights --keep 0,1 --out smaller      # smaller.cfg, smaller.weights
"""

import argparse
import re
from pathlib import Path

import torch

from darknet import WeightsError
from network import Darknet

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('cfg', help='darknet .cfg of the trained network')
parser.add_argument('weights', help='its .weights')
parser.add_argument('--keep', required=True, help='indices of the classes that stay, from 0, in their new order')
parser.add_argument('--out', required=True, help='path of the new .cfg and .weights, without the ending')
args = parser.parse_args()
keep = [int(index) for index in args.keep.split(',')]

try:
    whole = Darknet(args.cfg)
    whole.load(args.weights)
except (WeightsError, FileNotFoundError) as error:
    raise SystemExit(f'error: {error}')
classes = whole.heads[0]['classes']
if not all(0 <= index < classes for index in keep):
    raise SystemExit(f'error: --keep {args.keep}: {args.cfg} has the classes 0 to {classes - 1}')
text = Path(args.cfg).read_text()
for head in whole.heads:
    count = len(head['anchors'])
    text = re.sub(rf'filters={count * (5 + classes)}(?=[^\[]*\[yolo\])', f'filters={count * (5 + len(keep))}', text)
Path(f'{args.out}.cfg').write_text(re.sub(rf'classes={classes}\b', f'classes={len(keep)}', text))

part = Darknet(f'{args.out}.cfg')
channels = [0, 1, 2, 3, 4, *(5 + index for index in keep)]
with torch.no_grad():
    for old, new in zip(whole.convolutions(), part.convolutions()):
        for source, target in zip(old.tensors(), new.tensors()):
            if source.shape != target.shape:
                anchors = len(source) // (5 + classes)
                source = source.reshape(anchors, 5 + classes, -1)[:, channels].reshape(target.shape)
            target.copy_(source)
part.save(f'{args.out}.weights')
