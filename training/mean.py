"""The mean of several weights of one network, batch normalisation included (Wortsman et al. 2022, "model soups"): of
one run, or of runs that continue each other. Averaging weights from different starts is useless.

    python mean.py net.cfg a.weights b.weights --out mean.weights
    python mean.py net.cfg a.weights b.weights c.weights --shares 1,1,2 --out mean.weights
"""

import argparse

import torch

from darknet import WeightsError
from network import Darknet


def mean(cfg, paths, shares):
    result, total = Darknet(cfg), sum(shares)
    with torch.no_grad():
        for tensor in (t for layer in result.convolutions() for t in layer.tensors()):
            tensor.zero_()
        for path, share in zip(paths, shares):
            one = Darknet(cfg)
            one.load(path)
            for source, target in zip(one.convolutions(), result.convolutions()):
                for a, b in zip(source.tensors(), target.tensors()):
                    b.add_(a, alpha=share / total)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cfg', help='darknet .cfg of all the weights')
    parser.add_argument('weights', nargs='+', help='.weights to average')
    parser.add_argument('--shares', help='how much each counts (comma-separated); by default the same')
    parser.add_argument('--out', required=True, help='the new .weights')
    args = parser.parse_args()
    shares = [float(share) for share in args.shares.split(',')] if args.shares else [1.0] * len(args.weights)
    if len(shares) != len(args.weights) or not all(share > 0 for share in shares):
        raise SystemExit(f'error: --shares {args.shares}: one number above 0 for each of {len(args.weights)} weights')
    mean(args.cfg, args.weights, shares).save(args.out)


if __name__ == '__main__':
    try:
        main()
    except (WeightsError, FileNotFoundError) as error:
        raise SystemExit(f'error: {error}')
