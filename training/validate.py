"""What a network finds on films, and how good that is: AP as COCO defines it, AUC of films."""

import math

import numpy as np
import torch

from boxes import decode, iou_matrix, suppress
from films import letterbox, read_film


def validate(network, films, size, lesions):
    """Figures over all films and per set (the folder above `images`). With several sets, `ap40` ... are their means."""
    found = detect(network, films, size, lesions)
    figures = {}
    folders = sorted({set_of(film) for film in films})
    for folder in [None, *folders]:
        chosen = [i for i, film in enumerate(films) if folder in (None, set_of(film))]
        some, theirs = [found[i] for i in chosen], [films[i] for i in chosen]
        suffix = f'_{folder}' if folder else ''
        figures[f'ap40{suffix}'] = round(average_precision(some, theirs, 0.4), 4)
        figures[f'ap50{suffix}'] = round(average_precision(some, theirs, 0.5), 4)
        figures[f'auc{suffix}'] = round(auc([f[2] for f in some], [film.positive for film in theirs]), 4)
    known = [i for i, film in enumerate(films) if film.attribute is not None]
    if known and len(found[known[0]][3]):
        first = [films[i].attribute == 0 for i in known]
        figures['auc_attribute0'] = round(auc([found[i][3][0] for i in known], first), 4)
    if len(folders) > 1:
        for key in ('ap40', 'ap50', 'auc'):
            values = [figures[f'{key}_{folder}'] for folder in folders if not math.isnan(figures[f'{key}_{folder}'])]
            figures[key] = round(float(np.mean(values)), 4) if values else float('nan')
    return figures


def set_of(film):
    return film.path.parent.parent.name


@torch.no_grad()
def detect(network, films, size, lesions, batch=16, floor=0.005, limit=0.4):
    """Per film (boxes (n, 4) in film pixels, scores (n,), film score, attributes of the best box). Boxes with a raw
    score above `floor`, best first, after NMS at an IoU of `limit`."""
    network.eval()
    device = next(network.parameters()).device
    found = []
    for start in range(0, len(films), batch):
        views = [letterboxed(film, size) for film in films[start : start + batch]]
        x = torch.from_numpy(np.stack([view[0] for view in views])).float().div_(255)[:, None].expand(-1, 3, -1, -1)
        with torch.autocast(device.type, torch.bfloat16):
            heads = network(x.to(device, memory_format=torch.channels_last))
        decoded = [decode(raw, head, size) for raw, head in zip(heads, network.heads)]
        for index, view in enumerate(views):
            rows = torch.cat([d[index] for d in decoded]).cpu().numpy()
            found.append(best_boxes(rows, view, lesions, floor, limit))
    return found


def letterboxed(film, size):
    """letterbox() of a film, cached from one validation to the next."""
    if film.letterboxed is None or film.letterboxed[0].shape[0] != size:
        film.letterboxed = letterbox(read_film(film.path), size)
    return film.letterboxed


def best_boxes(rows, view, lesions, floor, limit):
    """One film's decoded rows (cells, 5 + classes) -> what `detect` returns for it."""
    _, sx, sy, left, top = view
    scores = rows[:, 4] * rows[:, 5 : 5 + lesions].max(1)
    best = scores.argmax()
    kept = np.flatnonzero(scores > min(floor, scores[best]))[:20000]
    kept = kept[np.argsort(-scores[kept], kind='stable')][:400]
    boxes = (rows[kept, :4] - [left, top, left, top]) / [sx, sy, sx, sy]
    chosen = suppress(boxes, scores[kept], limit)
    return boxes[chosen], scores[kept][chosen], float(scores[best]), rows[best, 5 + lesions :]


def average_precision(found, films, threshold):
    """COCO: greedy by score, each detection takes the best free box; precision at 101 recalls."""
    return weighted_average_precision(*matched(found, films, threshold), np.ones(len(films)))


def matched(found, films, threshold):
    """All detections, best first, as (right (n,), film (n,)); and how many boxes each film has."""
    scores, right, of_film = [], [], []
    for index, ((boxes, confidences, *_), film) in enumerate(zip(found, films)):
        overlaps, free = iou_matrix(boxes, film.boxes), np.ones(len(film.boxes), bool)
        for row, score in zip(overlaps, confidences):
            options = np.where(free, row, -1)
            hit = len(options) > 0 and options.max() >= threshold
            if hit:
                free[options.argmax()] = False
            scores.append(score)
            right.append(hit)
            of_film.append(index)
    order = np.argsort(-np.array(scores), kind='stable')
    boxes = np.array([len(film.boxes) for film in films])
    return np.array(right, float)[order], np.array(of_film, int)[order], boxes


def weighted_average_precision(right, of_film, boxes, weights):
    """AP of `matched` detections if film i counts weights[i] times, as drawn by a bootstrap."""
    total = (boxes * weights).sum()
    if not total:
        return float('nan')
    hits, given = np.cumsum(right * weights[of_film]), np.cumsum(weights[of_film])
    if not len(given):
        return 0.0
    precision = np.maximum.accumulate((hits / np.maximum(given, 1e-9))[::-1])[::-1]
    at = np.searchsorted(hits / total, np.linspace(0, 1, 101))
    return float(np.mean(np.where(at < len(precision), precision[np.minimum(at, len(precision) - 1)], 0)))


def auc(scores, labels, weights=None):
    """Mann-Whitney, ties count half; film i counts weights[i] times."""
    scores, labels = np.asarray(scores, float), np.asarray(labels, bool)
    weights = np.ones(len(scores)) if weights is None else weights
    a, b = scores[labels], scores[~labels]
    pairs = weights[labels].sum() * weights[~labels].sum()
    if not pairs:
        return float('nan')
    order = np.argsort(b)
    below = np.concatenate([[0], np.cumsum(weights[~labels][order])])
    halves = below[np.searchsorted(b[order], a, 'left')] + below[np.searchsorted(b[order], a, 'right')]
    return float((halves * weights[labels]).sum() / 2 / pairs)
