"""Fits the input gate's network and writes src/gate/frontalChest.json.

    python training/gate/fit.py --films DIR/cxr-opacity --films DIR/cxr-opacity-299

A film of 64 × 64 cells goes through four convolutions to one number: how much it looks like an upright frontal chest
film. Nine tenths of the positives are NIH films (rows of films.csv with split=train and no ieee8023 source), the rest
frontal projections of drawn trunks. Negatives are drawn, computed or made by spoiling those films (drawn.py,
phantom.py). No lateral film, CT slice or photograph is read. The same seed gives the same pictures. The shipped
parameters were fitted in three rounds of about two minutes each on one core, the later ones started from the previous
state (`--start`):

    --seed 20261121 --epochs 9  --pictures 8192 --drawn 300
    --seed 20261122 --epochs 9  --pictures 8192 --drawn 300 --rate 2e-3
    --seed 20261123 --epochs 10 --pictures 8192 --drawn 300 --rate 2e-3

In the first two, DRAWERS had a second drawing of leaves in place of the second limb.
"""

import argparse
import base64
import csv
import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

import drawn
import phantom
from thumbnail import SIDE, boxed, thumbnail

CHANNELS = (16, 24, 32, 48)
DRAWERS = (drawn.text, drawn.leaves, drawn.blank, drawn.limb, drawn.limb, drawn.skull, drawn.belly)


def main() -> None:
    options = arguments()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    films = {
        split: [film for folder in options.films for film in read_films(Path(folder), split)]
        for split in ('train', 'val')
    }
    print(f'{len(films["train"])} training films, {len(films["val"])} held out')
    pictures = Pictures(rng, films['train'], options.drawn)
    network = build()
    if options.start is not None:
        network.load_state_dict(torch.load(options.start))
    fit(network, rng, pictures, options)
    network.eval()
    held_out = torch.from_numpy(np.stack([thumbnail(film) for film in films['val']]))[:, None]
    with torch.no_grad():
        scores = torch.sigmoid(network(held_out)).flatten().numpy()
    print('held-out films, lowest scores:', np.sort(scores)[:8].round(3))
    write(network, Path(options.out), len(films['train']), options.seed)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--films', action='append', required=True, help='folder with films.csv and images/; can be given several times'
    )
    parser.add_argument('--out', default=str(Path(__file__).parents[2] / 'src/gate/frontalChest.json'))
    parser.add_argument('--start', help='state file of an earlier run to continue')
    parser.add_argument('--seed', type=int, default=20261121)
    parser.add_argument('--state', default='gate.pt', help='where the state is saved after each epoch')
    parser.add_argument('--rate', type=float, default=3e-3, help='highest learning rate')
    parser.add_argument('--epochs', type=int, default=12)
    parser.add_argument('--pictures', type=int, default=16384, help='pictures per epoch')
    parser.add_argument('--drawn', type=int, default=600, help='drawn patients, and twice as many other drawings')
    return parser.parse_args()


def read_films(folder: Path, split: str) -> list[np.ndarray]:
    """The NIH Clinical Center's films in a folder, as bytes, at most 192 px: a free model may learn from no others."""
    with open(folder / 'films.csv', newline='') as file:
        rows = [row for row in csv.DictReader(file) if row['split'] == split and 'ieee8023' not in row['source']]
    foreign = {row['source'] for row in rows} - {'rsna-nih', 'nih-google', 'nih-bbox', 'rsna-s299', 'rsna-full'}
    if foreign:
        raise SystemExit(f'{folder}: this gate must not learn from films of {", ".join(sorted(foreign))}')
    return [small(cv2.imread(str(folder / 'images' / row['image']), cv2.IMREAD_GRAYSCALE)) for row in rows]


def small(film: np.ndarray) -> np.ndarray:
    height, width = film.shape
    scale = 192 / max(height, width)
    return (
        cv2.resize(film, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        if scale < 1
        else film
    )


class Pictures:
    """The training material: films, drawn patients from all sides, other drawings. Drawn once, varied each time."""

    def __init__(self, rng: np.random.Generator, films: list[np.ndarray], drawn_patients: int):
        self.films = films
        self.frontals: list[np.ndarray] = []
        self.views: list[np.ndarray] = []
        for _ in range(drawn_patients):
            volume = phantom.trunk(rng)
            self.frontals.append(phantom.frontal(rng, volume))
            self.views += [phantom.lateral(rng, volume) for _ in range(4)]
            self.views += [phantom.axial(rng, volume) for _ in range(3)]
            self.views += [phantom.upright_slice(rng, volume) for _ in range(4)]
        self.drawings = [DRAWERS[i % len(DRAWERS)](rng) for i in range(2 * drawn_patients)]

    def one(self, rng: np.random.Generator, frontal: bool) -> np.ndarray:
        """One picture, in 0…1, before it is varied."""
        film = any_of(rng, self.films).astype(np.float32) / 255
        if frontal:
            return any_of(rng, self.frontals) if rng.random() < 0.1 else film
        kind = rng.random()
        if kind < 0.33:
            return any_of(rng, self.views)
        if kind < 0.45:
            return drawn.half(rng, film)
        if kind < 0.73:
            return drawn.spoilt(rng, film)
        return any_of(rng, self.drawings)


def any_of(rng: np.random.Generator, pictures: list[np.ndarray]) -> np.ndarray:
    return pictures[rng.integers(len(pictures))]


def quick_thumbnail(picture: np.ndarray) -> np.ndarray:
    """Like thumbnail(), but with means over whole cells: with pictures this small there is no need to skip pixels."""
    height, width = picture.shape
    scale = SIDE / max(height, width)
    size = (max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5)))
    return boxed(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def build() -> nn.Sequential:
    layers: list[nn.Module] = []
    before = 1
    for channels in CHANNELS:
        layers += [nn.Conv2d(before, channels, 3, stride=2, padding=1), nn.BatchNorm2d(channels), nn.ReLU()]
        before = channels
    cells = (SIDE >> len(CHANNELS)) ** 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(before * cells, 1))


def fit(network: nn.Sequential, rng: np.random.Generator, pictures: 'Pictures', options: argparse.Namespace) -> None:
    batch = 64
    steps = options.epochs * (options.pictures // batch)
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=steps, pct_start=0.1)
    network.train()
    for epoch in range(options.epochs):
        losses = []
        for _ in range(options.pictures // batch):
            labels = rng.random(batch) < 0.45
            shown = np.stack(
                [quick_thumbnail(varied(rng, pictures.one(rng, bool(label)), bool(label))) for label in labels]
            )
            logits = network(torch.from_numpy(shown)[:, None]).flatten()
            loss = nn.functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(labels.astype(np.float32)))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f'epoch {epoch + 1}: loss {np.mean(losses):.4f}', flush=True)
        torch.save(network.state_dict(), options.state)


def varied(rng: np.random.Generator, picture: np.ndarray, frontal: bool) -> np.ndarray:
    """The picture as from another machine, operator or day; its kind stays the same."""
    picture = warped(rng, np.ascontiguousarray(picture, dtype=np.float32))
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    low, high = np.percentile(picture[::2, ::2], [0.5, 99.5])
    picture = np.clip((picture - low) / (high - low + 1e-6), 0, 1)
    if frontal and rng.random() < 0.2:
        picture = whitened(rng, picture)
    if rng.random() < 0.3:
        picture = harmonised(rng, picture)
    picture = picture ** np.exp(rng.uniform(-0.8, 0.8))
    if rng.random() < 0.3:
        dark, bright = rng.uniform(0, 0.25), rng.uniform(0.65, 1)
        picture = np.clip((picture - dark) / (bright - dark), 0, 1)
    if rng.random() < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 2.5))
    if rng.random() < 0.4:
        picture = picture + rng.uniform(0, 0.08) * drawn.noise(rng, 160)[: picture.shape[0], : picture.shape[1]]
    return labelled(rng, picture) if rng.random() < 0.5 else picture


def warped(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Cropped or padded, tilted, stretched; the longer side becomes at most 160 px."""
    height, width = picture.shape
    left, right, top, bottom = rng.uniform(-0.12, 0.14, 4) * (rng.random(4) < 0.6)
    if rng.random() < 0.1:
        left, right, top, bottom = rng.uniform(-0.4, 0, 4)
    seen_width, seen_height = width * (1 - left - right), height * (1 - top - bottom)
    squeeze = np.exp(rng.normal(0, 0.12))
    scale = 160 / max(seen_width * squeeze, seen_height / squeeze)
    turn = np.radians(rng.normal(0, 5))
    across, down = scale * squeeze, scale / squeeze
    size = (max(8, int(seen_width * across)), max(8, int(seen_height * down)))
    centre = np.array([width * (0.5 + (left - right) / 2), height * (0.5 + (top - bottom) / 2)])
    matrix = np.array([[across * np.cos(turn), -across * np.sin(turn)], [down * np.sin(turn), down * np.cos(turn)]])
    offset = np.array(size) / 2 - matrix @ centre
    border = float(rng.choice([0, 0, 0, picture.min(), picture.max()]))
    return cv2.warpAffine(
        picture,
        np.hstack([matrix, offset[:, None]]),
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=border,
    )


def whitened(rng: np.random.Generator, film: np.ndarray) -> np.ndarray:
    """White lungs: films of sick patients are films, too."""
    height, width = film.shape
    mask = np.zeros((height, width), np.float32)
    for side in (0.3, 0.7):
        if rng.random() < 0.7:
            centre = (int(width * (side + rng.normal(0, 0.05))), int(height * rng.uniform(0.3, 0.65)))
            cv2.ellipse(
                mask,
                centre,
                (int(width * rng.uniform(0.08, 0.2)), int(height * rng.uniform(0.1, 0.35))),
                float(rng.normal(0, 15)),
                0,
                360,
                rng.uniform(0.3, 0.95),
                -1,
            )
    mask = cv2.GaussianBlur(mask, (0, 0), width * rng.uniform(0.01, 0.06))
    return film * (1 - mask) + mask * np.percentile(film, rng.uniform(75, 95))


def harmonised(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Some machines even out large differences: the abdomen gets as dark as the lungs, and only edges are left."""
    if rng.random() < 0.5:
        tiles = int(rng.integers(2, 9))
        even = (
            cv2.createCLAHE(rng.uniform(1.5, 6), (tiles, tiles))
            .apply((picture * 255).astype(np.uint8))
            .astype(np.float32)
            / 255
        )
    else:
        height, width = picture.shape
        coarse = cv2.GaussianBlur(
            cv2.resize(picture, (20, 20), interpolation=cv2.INTER_AREA), (0, 0), rng.uniform(1, 5)
        )
        broad = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
        even = np.clip(0.5 + rng.uniform(1, 2) * (picture - broad), 0, 1)
    share = rng.uniform(0.4, 1)
    return share * even + (1 - share) * picture


def labelled(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Markers, tubes and frames lie on every kind of picture."""
    picture = np.ascontiguousarray(picture, dtype=np.float32)
    height, width = picture.shape
    for _ in range(int(rng.integers(0, 3))):
        corner = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.rectangle(
            picture,
            corner,
            (corner[0] + int(rng.integers(2, 24)), corner[1] + int(rng.integers(2, 10))),
            rng.uniform(0, 1),
            -1,
        )
    if rng.random() < 0.3:
        points = rng.uniform(0, 1, (4, 2)) * [width, height]
        cv2.polylines(picture, [points.astype(np.int32)], False, rng.uniform(0.6, 1), 1)
    if rng.random() < 0.15:
        cv2.rectangle(picture, (0, 0), (width - 1, height - 1), float(rng.integers(0, 2)), int(rng.integers(1, 8)))
    return picture


def write(network: nn.Sequential, path: Path, films: int, seed: int) -> None:
    """Kernels with their batch norms folded in, layer by layer: weights (out, in, row, column), then biases.

    `parameters` are float32, little endian, base64; `sha256` is of their bytes; `logitOfPattern` is the logit
    of the thumbnail whose level i is (7919 i mod 256) / 255.
    """
    tensors: list[torch.Tensor] = []
    modules = list(network)
    for i, module in enumerate(modules):
        if isinstance(module, nn.Conv2d):
            norm = modules[i + 1]
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            tensors += [module.weight * gain[:, None, None, None], (module.bias - norm.running_mean) * gain + norm.bias]
        if isinstance(module, nn.Linear):
            tensors += [module.weight, module.bias]
    raw = b''.join(tensor.detach().numpy().astype('<f4').tobytes() for tensor in tensors)
    text = base64.b64encode(raw).decode()
    pattern = torch.from_numpy((np.arange(SIDE * SIDE) * 7919 % 256 / 255).astype(np.float32)).reshape(1, 1, SIDE, SIDE)
    with torch.no_grad():
        logit = network(pattern).item()
    path.write_text(
        json.dumps(
            {
                'origin': f'training/gate/fit.py, seed {seed}, from {films} films of NIH ChestX-ray14 '
                '(NIH Clinical Center; no restrictions on use) and pictures drawn by training/gate',
                'channels': CHANNELS,
                'sha256': hashlib.sha256(raw).hexdigest(),
                'logitOfPattern': logit,
                'parameters': text,
            },
            indent=2,
        )
        + '\n'
    )
    print(f'{path}: {len(raw) // 4} parameters')


if __name__ == '__main__':
    main()
