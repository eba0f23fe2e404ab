"""A wider network that computes the same as a trained narrower one (Net2WiderNet, Chen et al. 2016), to train further.

    python network.py --write-cfg wide.cfg --widths 8,16,32,64,256,512 --neck 256,128,32 --film-gate 128
    python widen.py net.cfg net.weights wide.cfg --out wide.weights

Both cfgs have the same layers; filters may only grow. A new filter is a copy of an old one. Where a copied channel
is read, its old weight is split at random over the copies, so that they differ from the first training step on.
"""

import argparse

import torch

from darknet import WeightsError
from network import Darknet


def widen(narrow, wide, seed=0):
    """Fills `wide`, a Darknet, in place."""
    random = torch.Generator().manual_seed(seed)
    if [kind for kind, _, _ in narrow.sections] != [kind for kind, _, _ in wide.sections]:
        raise WeightsError(f'{wide.cfg}: its layers are not those of {narrow.cfg}')
    # For each layer's channels in `wide`: which of `narrow` they repeat; and how many `narrow` has.
    repeats, counts = [], []
    repeated, count = torch.arange(3), 3
    for index, (kind, options, _) in enumerate(narrow.sections):
        sources = narrow.sources_of(index, options)
        if kind == 'convolutional':
            repeated, count = _widen_convolution(
                narrow.layers[index],
                wide.layers[index],
                repeated,
                count,
                random,
                f'{wide.cfg}:{wide.sections[index][2]}',
            )
        elif kind == 'route':
            starts = torch.tensor([0, *(counts[source] for source in sources)]).cumsum(0)
            repeated, count = (
                torch.cat([repeats[source] + start for source, start in zip(sources, starts)]),
                int(starts[-1]),
            )
        elif kind == 'scale_channels':
            repeated, count = repeats[sources[0]], counts[sources[0]]
        repeats.append(repeated)
        counts.append(count)


@torch.no_grad()
def _widen_convolution(old, new, repeated, count, random, place):
    filters, wanted = old.conv.out_channels, new.conv.out_channels
    if wanted < filters:
        raise WeightsError(f'{place}: {wanted} filters, but the narrower network has {filters}')
    if new.conv.weight.shape[1:] != (len(repeated), *old.conv.kernel_size) or (new.norm is None) != (old.norm is None):
        raise WeightsError(f'{place}: not the same convolution as in the narrower network')
    copies = torch.arange(wanted) % filters
    shares = torch.rand(wanted, len(repeated), generator=random) + 0.5
    totals = torch.zeros(wanted, count).index_add_(1, repeated, shares)
    new.conv.weight.copy_(old.conv.weight[copies][:, repeated] * (shares / totals[:, repeated])[:, :, None, None])
    for source, target in zip(old.tensors()[:-1], new.tensors()[:-1]):
        target.copy_(source[copies])
    return copies, filters


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cfg', help='darknet .cfg of the narrower network')
    parser.add_argument('weights', help='its .weights')
    parser.add_argument('wide_cfg', help='.cfg of the wider network')
    parser.add_argument('--seed', type=int, default=0, help='of the random split of copied channels')
    parser.add_argument('--out', required=True, help='.weights of the wider network')
    args = parser.parse_args()
    narrow, wide = Darknet(args.cfg), Darknet(args.wide_cfg)
    narrow.load(args.weights)
    widen(narrow, wide, args.seed)
    wide.save(args.out)


if __name__ == '__main__':
    try:
        main()
    except (WeightsError, FileNotFoundError) as error:
        raise SystemExit(f'error: {error}')
