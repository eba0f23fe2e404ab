"""The sets of a run, and the views that make a batch."""

import numpy as np
import torch

from augment import augmented, mosaic, with_noisy_edges
from cutouts import cut_like, load_cutout, refilled
from films import DataError, load_pixels, read_set, read_with_boxes

CALM = 0.8  # From this share of the run on there are neither mosaics nor cut-outs: it ends on films as they are served.


class Views:
    """Draws batches from the sets that the options name.

    `validation` holds the films of the validation splits. For a training film, first its set is drawn, by share, then
    whether it has boxes (--positives), then the film.
    """

    def __init__(self, args, lesions, attributes):
        self.args, of_patient = args, {}
        whole = [self.read(entry, lesions, attributes, of_patient) for entry in args.data]
        cut = [self.read(entry, lesions, attributes, of_patient, cutouts=True) for entry in args.cutouts]
        self.validation = [film for films, _ in whole for film in films if film.split == 'val']
        if not any(film.positive for film in self.validation):
            names = ', '.join(args.data)
            raise DataError(f'{names}: no film with split=val has a box: nothing would show which weights are best')
        self.pools = [by_presence([film for film in films if film.split == 'train']) for films, _ in whole + cut]
        shares = np.array([share for _, share in whole + cut])
        self.shares = shares / shares.sum()
        self.calm_shares = np.array([share for _, share in whole] + [0.0] * len(cut))
        self.calm_shares /= self.calm_shares.sum()
        self.cutouts = {id(film): film for films, _ in cut for film in films}
        self.shapes = list(self.cutouts.values())
        self.bodies = [film for films, _ in whole for film in films if film.split == 'train' and not film.positive]

    def read(self, entry, lesions, attributes, of_patient, cutouts=False):
        """(films, share) of one `folder=share`; training films are kept in memory."""
        folder, _, share = entry.partition('=')
        films = read_set(folder, lesions, attributes, of_patient)
        better = [read_set(other, lesions, attributes, of_patient) for other in self.args.replace]
        films = with_replacements(films, better)
        if self.args.sources:
            films = [film for film in films if film.source in self.args.sources.split(',')]
        for film in films:
            if film.split == 'train':
                load_cutout(film) if cutouts else load_pixels(film)
            elif film.split == 'val':
                read_with_boxes(film)  # A film that doesn't decode ends the run now, not after the first epoch.
        train = [film for film in films if film.split == 'train']
        if not train:
            raise DataError(f'{folder}: no film with split=train')
        if cutouts and len(train) < len(films):
            raise DataError(f'{folder}: cut-outs are only for training, but not all of them have split=train')
        print(f'{folder}: {len(train)} training films, {sum(f.positive for f in train)} with boxes')
        return films, float(share) if share else float(len(train))

    def batch(self, random, seen, size):
        """(N, 3, size, size) in 0..1, and what each film is taught."""
        args, calm = self.args, seen >= CALM * self.args.images
        stack, targets = [], []
        for _ in range(args.batch):
            if random.random() < (0.0 if calm else args.mosaic):
                pixels, target = mosaic([self.draw(random, calm) for _ in range(4)], size, random, args.strength)
            else:
                pixels, target = augmented(self.draw(random, calm), size, random, args.strength)
            stack.append(pixels)
            targets.append(target._replace(boxes=with_noisy_edges(target.boxes, args.edge_noise, random)))
        grey = torch.from_numpy(np.stack(stack)).float().div_(255)
        return grey[:, None].expand(-1, 3, -1, -1), targets

    def draw(self, random, calm):
        """One training film. The outside of a cut-out is filled, and some whole films are cut out in the same way."""
        shares = self.calm_shares if calm else self.shares
        pool = self.pools[random.choice(len(self.pools), p=shares)][bool(random.random() < self.args.positives)]
        film = pool[random.integers(len(pool))]
        if id(film) in self.cutouts:
            return refilled(film, random, self.bodies)
        if self.shapes and not calm and random.random() < self.args.cut_films:
            return cut_like(film, self.shapes[random.integers(len(self.shapes))], random, self.bodies)
        return film


def with_replacements(films, others):
    """The films, with training films replaced by their namesakes in `others`."""
    better = {film.path.name: film for some in others for film in some if film.split == 'train'}
    return [better.get(film.path.name, film) if film.split == 'train' else film for film in films]


def by_presence(films):
    """Films with boxes and films without. If either would be empty, it is all films."""
    return {positive: [film for film in films if film.positive == positive] or films for positive in (True, False)}
