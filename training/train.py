"""Trains a darknet .cfg on chest films and writes .weights.

    python train.py --cfg net.cfg --data ../data/cxr-opacity --data ../data/cxr-opacity-299 --out runs/first
    python train.py --cfg net.cfg --data ... --init darknet53.conv.74 --freeze 26 --out runs/transfer

The same command goes on where it was stopped: `--out` holds a checkpoint of every epoch, `log.csv` and `best.weights`.
CPU: bf16 autocast and channels_last; CUDA is used where there is one. One seed gives one run.
"""
import argparse
import csv
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from films import DataError, augmented, letterbox, load_pixels, mosaic, read_film, read_set, read_with_boxes
from loss import OVERLAPS, loss_of
from network import Darknet, WeightsError, decode, iou_matrix, suppress


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('--cfg', required=True)
    add('--data', action='append', required=True, help='folder of a set; =WEIGHT behind it sets its share of an epoch')
    add('--out', required=True)
    add('--init', help='.weights that fit the first layers of the cfg')
    add('--freeze', type=int, default=0, help='hold the first N convolutions as they are')
    add('--release', type=float, default=1.0, help='share of the run after which they are let go')
    add('--replay', type=int, default=1, help='times that a view is shown within an epoch, on average, while the front is frozen')
    add('--sources', help='only films of these sources (comma), as a licence may ask')
    add('--lesions', default='opacity')
    add('--attributes', default='')
    add('--images', type=int, default=60000, help='training films shown in all')
    add('--epoch', type=int, default=3000, help='films between two checkpoints')
    add('--batch', type=int, default=16)
    add('--size', help='input size, that of the cfg by default; 256:0.5,320:0.8,416:1 trains smaller first, by share of the run')
    add('--rate', type=float, default=1.2e-3)
    add('--decay', type=float, default=0.02)
    add('--positives', type=float, default=0.65, help='share of films with boxes')
    add('--mosaic', type=float, default=0.0, help='share of mosaics; none in the last fifth')
    add('--strength', type=float, default=1.0, help='of augmentation')
    # With these weights the three parts pull on the shared layers about equally hard; see RUNS.md for what happens when they don't.
    add('--box-loss', type=float, default=0.2)
    add('--objectness-loss', type=float, default=16.0)
    add('--film-loss', type=float, default=0.1)
    add('--overlap', choices=OVERLAPS, default='ciou', help='what the box loss and the objectness target measure')
    add('--focus', type=float, default=0.0, help='exponent of the quality focal weight of objectness; 0: plain cross-entropy')
    add('--anchor-factor', type=float, default=3.0, help='a box may go to anchors whose sides are within this factor')
    add('--best-places', type=int, default=0, help='teach only the N best aligned places of each box; 0: all of them')
    add('--edge-noise', type=float, default=0.0, help='shift each edge of a training box by a normal share of its side')
    add('--ema', type=float, default=0.998)
    add('--validate-every', type=int, default=1)
    add('--seed', type=int, default=1)
    add('--stop-after', type=int, help='end at this many films, as if the run had been stopped')
    add('--threads', type=int, default=0)
    return parser.parse_args()


def main():
    args = options()
    torch.manual_seed(args.seed)
    if args.threads:
        torch.set_num_threads(args.threads)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    lesions, attributes = names(args.lesions), names(args.attributes)
    sets, shares = load_sets(args, lesions, attributes)
    pools = [by_presence([film for film in films if film.split == 'train']) for films in sets]
    network = Darknet(args.cfg)
    args.size = args.size or str(network.width)
    if any(head['classes'] != len(lesions) + len(attributes) for head in network.heads):
        raise WeightsError(f'{args.cfg}: classes={network.heads[0]["classes"]}, but there are {len(lesions) + len(attributes)}')
    start_biases(network)
    if args.init:
        print(f'{args.init}: {network.load(args.init, partial=True)} convolutions')
    network.to(device, memory_format=torch.channels_last)
    average = {name: value.detach().clone().float() for name, value in network.state_dict().items()}
    optimiser = torch.optim.AdamW(groups(network, args.decay), lr=args.rate, betas=(0.9, 0.99))
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    keep_command(args, out)
    state = {'seen': 0, 'seconds': 0.0, 'best': -1.0}
    checkpoint = out / 'checkpoint.pt'
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device)
        try:
            network.load_state_dict(saved['network'])
        except RuntimeError as error:
            raise WeightsError(f'{checkpoint}: weights of another cfg than {args.cfg} is now; give another --out') from error
        optimiser.load_state_dict(saved['optimiser'])
        average, state = saved['average'], saved['state']
        print(f'goes on at {state["seen"]} films')
    while state['seen'] < min(args.images, args.stop_after or args.images):
        began, size = time.time(), size_at(args, state['seen'])
        losses = run_epoch(network, average, optimiser, pools, shares, args, state, size, device, len(lesions))
        state['seconds'] += time.time() - began
        row = {'epoch': math.ceil(state['seen'] / args.epoch), 'images': state['seen'], 'seconds': round(state['seconds']), 'size': size, **losses}
        last = state['seen'] >= args.images
        if last or (state['seen'] // args.epoch) % args.validate_every == 0:
            judged = Darknet(args.cfg).to(device, memory_format=torch.channels_last)
            judged.load_state_dict(average)
            row |= validate(judged, [film for films in sets for film in films if film.split == 'val'], size, len(lesions))
            judged.save(out / 'last.weights', state['seen'])
            if row['ap40'] + row['ap50'] > state['best']:
                state['best'] = row['ap40'] + row['ap50']
                judged.save(out / 'best.weights', state['seen'])
        write_row(out / 'log.csv', row)
        plot(out / 'log.csv')
        print(' '.join(f'{key}={value:.4g}' if isinstance(value, float) else f'{key}={value}' for key, value in row.items()), flush=True)
        part = checkpoint.with_suffix('.part')
        torch.save({'network': network.state_dict(), 'average': average, 'optimiser': optimiser.state_dict(), 'state': state}, part)
        os.replace(part, checkpoint)


def keep_command(args, out):
    """A run goes on with the command that it was begun with; how far, where and on how many threads may change."""
    path, given = out / 'command.json', vars(args)
    if (out / 'checkpoint.pt').exists() and path.exists():
        begun = json.loads(path.read_text())
        free = {'out', 'images', 'stop_after', 'validate_every', 'threads'}
        other = [key for key in given if key not in free and key in begun and begun[key] != given[key]]
        if other:
            raise DataError(f'{path}: this run was begun with ' + ', '.join(f'--{key.replace("_", "-")} {begun[key]}' for key in other) + '; give another --out, or the same command')
    path.write_text(json.dumps(given, indent=1))


def names(text):
    return [name for name in text.split(',') if name]


def load_sets(args, lesions, attributes):
    sets, shares, of_patient = [], [], {}
    for entry in args.data:
        folder, _, share = entry.partition('=')
        films = read_set(folder, lesions, attributes, of_patient)
        if args.sources:
            films = [film for film in films if film.source in names(args.sources)]
        for film in films:
            if film.split == 'train':
                load_pixels(film)
            elif film.split == 'val':
                read_with_boxes(film)  # One that does not decode ends the run now, not after its first epoch.
        train = [film for film in films if film.split == 'train']
        if not train:
            raise DataError(f'{folder}: no film with split=train')
        sets.append(films)
        shares.append(float(share) if share else float(len(train)))
        print(f'{folder}: {len(train)} films to train on, {sum(f.positive for f in train)} with boxes')
    if not any(film.positive for films in sets for film in films if film.split == 'val'):
        raise DataError(f'{", ".join(args.data)}: no film with split=val has a box, so nothing would say which weights are best')
    return sets, np.array(shares) / sum(shares)


def by_presence(films):
    """Films with boxes and those without, each of them all films where there would be none."""
    return {positive: [film for film in films if film.positive == positive] or films for positive in (True, False)}


def groups(network, decay):
    matrices = [p for p in network.parameters() if p.ndim > 1]
    return [{'params': matrices, 'weight_decay': decay}, {'params': [p for p in network.parameters() if p.ndim <= 1], 'weight_decay': 0.0}]


def start_biases(network):
    """Heads begin at a low objectness, or the first batches are spent on unlearning it (Lin et al., RetinaNet, 4.1);
    channel gates begin open."""
    for index, (kind, _, _) in enumerate(network.sections):
        if kind == 'scale_channels':
            gate = network.layers[index - 1].conv
            nn.init.normal_(gate.weight, std=0.01)
            nn.init.constant_(gate.bias, 3.0)
    for head in network.heads:
        bias = network.layers[head['layer']].conv.bias
        with torch.no_grad():
            bias.view(len(head['anchors']), -1)[:, 4] -= 4.5


def size_at(args, seen):
    """Input size of the epoch that begins at this point of the run."""
    if ':' not in args.size:
        return int(args.size)
    steps = [part.split(':') for part in args.size.split(',')]
    return next((int(size) for size, until in steps if seen < float(until) * args.images), int(steps[-1][0]))


def rate_at(args, seen):
    """Linear warm-up over 3 % of the run, then a half cosine to 2 %."""
    done = seen / args.images
    return args.rate * (done / 0.03 if done < 0.03 else 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (done - 0.03) / 0.97)))


def run_epoch(network, average, optimiser, pools, shares, args, state, size, device, lesions):
    # A generator of its own for each epoch: a run that was stopped and went on shows the same films in the same order.
    random = np.random.default_rng([args.seed, state['seen']])
    network.train()
    frozen = network.convolutions()[:args.freeze] if state['seen'] < args.release * args.images else []
    for index, layer in enumerate(network.convolutions()):
        layer.requires_grad_(index >= len(frozen))
    for layer in frozen:
        layer.eval()
    front, shown = (network.front_of(len(frozen)), []) if frozen and args.replay > 1 else (0, [])
    sums, steps = {}, 0
    until = min(state['seen'] + args.epoch, args.images)
    while state['seen'] < until:
        if front and steps % args.replay:
            # What a frozen front says of a view does not change: its maps are kept and shown again, which costs the tail only.
            chosen = [shown[i] for i in random.integers(len(shown), size=args.batch)]
            inputs, targets = torch.stack([maps for maps, _ in chosen]), [target for _, target in chosen]
        else:
            inputs, targets = batch_of(pools, shares, args, random, state, size)
            if front:
                with torch.no_grad(), torch.autocast(device, torch.bfloat16):
                    inputs = network(inputs.to(device, memory_format=torch.channels_last), stop=front)
                shown += zip(inputs, targets)
        inputs = inputs.to(device, memory_format=torch.channels_last)
        for group in optimiser.param_groups:
            group['lr'] = rate_at(args, state['seen'])
        with torch.autocast(device, torch.bfloat16):
            heads = network(inputs, start=front)
        parts = loss_of(heads, network, targets, size, lesions, args, device)
        loss = sum(parts.values())
        if not torch.isfinite(loss):
            raise RuntimeError(f'the loss is {loss.item()} after {state["seen"]} films')
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimiser.step()
        state['seen'] += len(inputs)
        update_average(average, network, min(args.ema, (1 + state['seen'] / args.batch) / (10 + state['seen'] / args.batch)))
        steps += 1
        for key, value in parts.items():
            sums[key] = sums.get(key, 0.0) + value.item()
    return {key: round(value / steps, 5) for key, value in sums.items()}


def update_average(average, network, keep):
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                average[name].lerp_(value.float(), 1 - keep)
            else:
                average[name].copy_(value)


def batch_of(pools, shares, args, random, state, size):
    """(N, 3, size, size) in 0..1, and per film its boxes (pixels of the input), labels, film label and attribute."""
    mosaics = args.mosaic if state['seen'] < 0.8 * args.images else 0.0
    stack, targets = [], []
    for _ in range(args.batch):
        if random.random() < mosaics:
            pixels, boxes, labels = mosaic([draw(pools, shares, args, random) for _ in range(4)], size, random, args.strength)
            film_label, attribute = None, None
        else:
            film = draw(pools, shares, args, random)
            pixels, boxes, labels = augmented(film, size, random, args.strength)
            film_label, attribute = float(film.positive), film.attribute
        stack.append(pixels)
        targets.append((with_noisy_edges(boxes, args.edge_noise, random), labels, film_label, attribute))
    grey = torch.from_numpy(np.stack(stack)).float().div_(255)
    return grey[:, None].expand(-1, 3, -1, -1), targets


def with_noisy_edges(boxes, share, random):
    """Each edge shifted by share x side x N(0, 1), as readers differ; a box never turns inside out."""
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    if not share or not len(boxes):
        return boxes
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    return boxes + np.clip(random.normal(0, share, boxes.shape), -0.3, 0.3).astype(np.float32) * sides


def draw(pools, shares, args, random):
    pool = pools[random.choice(len(pools), p=shares)][bool(random.random() < args.positives)]
    return pool[random.integers(len(pool))]


def validate(network, films, size, lesions):
    """Figures over all films and per set (the folder above `images`)."""
    found = detect(network, films, size, lesions)
    figures = {}
    folders = sorted({film.path.parent.parent.name for film in films})
    for folder in [None, *folders]:
        chosen = [i for i, film in enumerate(films) if folder in (None, film.path.parent.parent.name)]
        some, theirs = [found[i] for i in chosen], [films[i] for i in chosen]
        suffix = f'_{folder}' if folder else ''
        figures[f'ap40{suffix}'] = round(average_precision(some, theirs, 0.4), 4)
        figures[f'ap50{suffix}'] = round(average_precision(some, theirs, 0.5), 4)
        figures[f'auc{suffix}'] = round(auc([f[2] for f in some], [film.positive for film in theirs]), 4)
    known = [i for i, film in enumerate(films) if film.attribute is not None]
    if known and len(found[known[0]][3]):
        figures['auc_attribute0'] = round(auc([found[i][3][0] for i in known], [films[i].attribute == 0 for i in known]), 4)
    if len(folders) > 1:
        for key in ('ap40', 'ap50', 'auc'):
            known = [figures[f'{key}_{folder}'] for folder in folders if not math.isnan(figures[f'{key}_{folder}'])]
            figures[key] = round(float(np.mean(known)), 4) if known else float('nan')
    return figures


@torch.no_grad()
def detect(network, films, size, lesions, batch=16, floor=0.005):
    """Returns per film (boxes (n, 4) in film pixels, scores (n,), film score, attributes of the top box)."""
    network.eval()
    device = next(network.parameters()).device
    found = []
    for start in range(0, len(films), batch):
        views = []
        for film in films[start:start + batch]:
            if film.letterboxed is None or film.letterboxed[0].shape[0] != size:
                film.letterboxed = letterbox(read_film(film.path), size)
            views.append(film.letterboxed)
        x = torch.from_numpy(np.stack([view[0] for view in views])).float().div_(255)[:, None].expand(-1, 3, -1, -1)
        with torch.autocast(device.type, torch.bfloat16):
            heads = network(x.to(device, memory_format=torch.channels_last))
        decoded = [decode(raw, head, size) for raw, head in zip(heads, network.heads)]
        for index, (_, sx, sy, left, top) in enumerate(views):
            rows = torch.cat([d[index] for d in decoded]).cpu().numpy()
            scores = rows[:, 4] * rows[:, 5:5 + lesions].max(1)
            best = scores.argmax()
            kept = np.flatnonzero(scores > min(floor, scores[best]))[:20000]
            kept = kept[np.argsort(-scores[kept], kind='stable')][:400]
            boxes = (rows[kept, :4] - [left, top, left, top]) / [sx, sy, sx, sy]
            chosen = suppress(boxes, scores[kept])
            found.append((boxes[chosen], scores[kept][chosen], float(scores[best]), rows[best, 5 + lesions:]))
    return found


def average_precision(found, films, threshold):
    """COCO: greedy by score, each detection takes the best free box; precision at 101 recalls."""
    total = sum(len(film.boxes) for film in films)
    scores, right = [], []
    for (boxes, confidences, *_), film in zip(found, films):
        overlaps, free = iou_matrix(boxes, film.boxes), np.ones(len(film.boxes), bool)
        for index, score in enumerate(confidences):
            options = np.where(free, overlaps[index], -1)
            hit = len(options) > 0 and options.max() >= threshold
            if hit:
                free[options.argmax()] = False
            scores.append(score)
            right.append(hit)
    if not total:
        return float('nan')
    if not scores:
        return 0.0
    right = np.array(right)[np.argsort(-np.array(scores), kind='stable')]
    recall = np.cumsum(right) / total
    precision = np.maximum.accumulate((np.cumsum(right) / np.arange(1, len(right) + 1))[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101))
    return float(np.mean(np.where(at < len(precision), precision[np.minimum(at, len(precision) - 1)], 0)))


def auc(scores, labels):
    """Mann-Whitney, ties count half."""
    scores, labels = np.asarray(scores, float), np.asarray(labels, bool)
    if labels.all() or not labels.any():
        return float('nan')
    a, b = scores[labels], np.sort(scores[~labels])
    return float(np.mean((np.searchsorted(b, a, 'left') + np.searchsorted(b, a, 'right')) / 2) / len(b))


def write_row(path, row):
    """Appends to log.csv, in place of the rows of a run that was killed between them and its checkpoint; a new column (the first
    validation) rewrites the file."""
    old = [earlier for earlier in csv.DictReader(open(path)) if int(earlier['images']) < row['images']] if path.exists() else []
    columns = list(dict.fromkeys([key for earlier in old for key in earlier] + list(row)))
    part = path.with_suffix('.part')
    with open(part, 'w', newline='') as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(old + [row])
    os.replace(part, path)


def plot(path):
    """Draws every column of log.csv against the films seen, as one SVG beside it."""
    rows = list(csv.DictReader(open(path)))
    panels = [key for key in rows[-1] if key not in ('epoch', 'images', 'seconds', 'size')]
    parts = []
    for index, key in enumerate(panels):
        points = [(float(row['images']), float(row[key])) for row in rows if row.get(key) not in (None, '', 'nan')]
        if not points:
            continue
        left, top = 20 + index % 3 * 260, 30 + index // 3 * 150
        most, low, high = max(x for x, _ in points), min(y for _, y in points), max(y for _, y in points)
        line = ' '.join(f'{left + 220 * x / most:.1f},{top + 100 - 90 * (y - low) / (high - low or 1):.1f}' for x, y in points)
        parts.append(f'<text x="{left}" y="{top}">{key}: {points[-1][1]:.4g} ({low:.4g} to {high:.4g})</text>'
                     f'<polyline points="{line}" fill="none" stroke="#0072b2" stroke-width="1.5"/>')
    height = 30 + (len(panels) + 2) // 3 * 150
    path.with_suffix('.svg').write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" font-family="sans-serif" '
                                        f'font-size="11"><rect width="800" height="{height}" fill="#fff"/>{"".join(parts)}</svg>')


if __name__ == '__main__':
    try:
        main()
    except (DataError, WeightsError, FileNotFoundError) as error:
        raise SystemExit(f'error: {error}')
