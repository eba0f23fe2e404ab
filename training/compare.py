"""Compares weights on the same validation films: paired differences with 95 % intervals over patients.

    python compare.py net.cfg before.weights after.weights --data DIR/cxr-opacity --data DIR/siim-covid19

The first weights are what the others are compared with. The line `all` pools every film of every set: choose by it,
since a single small set can mislead by more than a run gains. `cli evaluate --compare` compares two results files.
"""

import argparse

import numpy as np
import torch

from darknet import WeightsError
from films import DataError, read_set
from network import Darknet
from validate import auc, detect, matched, set_of, weighted_average_precision


def main():
    args = options()
    torch.set_num_threads(args.threads)
    lesions, attributes, of_patient = args.lesions.split(','), [a for a in args.attributes.split(',') if a], {}
    films = [film for folder in args.data for film in read_set(folder, lesions, attributes, of_patient)]
    films = [film for film in films if film.split == args.split]
    if not films:
        raise DataError(f'{", ".join(args.data)}: no film with split={args.split}')
    judged = []
    for path in args.weights:
        network = Darknet(args.cfg)
        network.load(path)
        found = detect(network, films, args.size or network.width, len(lesions), limit=args.nms)
        judged.append(figures_of(found, films))
    for line in compared(args.weights, judged, films, args.resamples):
        print(line)


def compared(names, judged, films, resamples):
    """Lines of a report: the figures of the first weights, and how much the others differ from them."""
    for name, chosen in groups(films):
        draws = drawn([films[i].patient or films[i].place for i in chosen], resamples)
        first, *others = (measured(figures, chosen, draws) for figures in judged)
        yield f'{name}: {len(chosen)} films'
        yield f'  {names[0]}: ' + ', '.join(f'{key} {values[0]:.4f}' for key, values in first.items())
        for path, figures in zip(names[1:], others):
            yield f'  {path}: ' + ', '.join(difference(key, first[key], figures[key]) for key in first)


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('cfg', help='darknet .cfg of all the weights')
    add('weights', nargs='+', help='.weights; the first are what the others are compared with')
    add('--data', action='append', required=True, help='folder of a set')
    add('--split', default='val', help='train, val or test')
    add('--lesions', default='opacity', help='labels of the lesion classes (comma-separated)')
    add('--attributes', default='', help='attribute classes (comma-separated)')
    add('--size', type=int, help='input size, by default that of the cfg')
    add('--nms', type=float, default=0.5, help='IoU above which the weaker of two boxes is dropped')
    add('--resamples', type=int, default=500, help='resamples of patients for the intervals')
    add('--threads', type=int, default=1, help='threads of PyTorch')
    return parser.parse_args()


def figures_of(found, films):
    """{'AP40', 'AP50': matched detections, 'AUC': (film scores, labels)}: what resampling starts from."""
    return {
        'AP40': matched(found, films, 0.4),
        'AP50': matched(found, films, 0.5),
        'AUC': (np.array([entry[2] for entry in found]), np.array([film.positive for film in films])),
    }


def groups(films):
    """[(name, indices of its films)]: all films, then each set if there are several."""
    folders = sorted({set_of(film) for film in films})
    sets = [(folder, [i for i, film in enumerate(films) if set_of(film) == folder]) for folder in folders]
    return [('all', list(range(len(films))))] + (sets if len(sets) > 1 else [])


def drawn(patients, count, seed=0):
    """(1 + count, films): how often each film counts, first once each, then by patients drawn with replacement."""
    random, (names, of_film) = np.random.default_rng(seed), np.unique(patients, return_inverse=True)
    drawn = [np.bincount(random.integers(len(names), size=len(names)), minlength=len(names)) for _ in range(count)]
    return np.stack([np.ones(len(patients)), *(times[of_film] for times in drawn)])


def measured(figures, chosen, draws):
    """{figure: (1 + resamples,)} of the chosen films."""
    weights = np.zeros((len(draws), len(figures['AUC'][0])))
    weights[:, chosen] = draws
    values = {key: [weighted_average_precision(*figures[key], w) for w in weights] for key in ('AP40', 'AP50')}
    values['AUC'] = [auc(*figures['AUC'], w) for w in weights]
    return {key: np.array(value) for key, value in values.items()}


def difference(key, first, second):
    change = second - first
    low, high = np.nanpercentile(change[1:], [2.5, 97.5]) if len(change) > 1 else (float('nan'),) * 2
    return f'{key} {second[0]:.4f} ({change[0]:+.4f} [{low:+.4f}, {high:+.4f}])'


if __name__ == '__main__':
    try:
        main()
    except (DataError, WeightsError, FileNotFoundError) as error:
        raise SystemExit(f'error: {error}')
