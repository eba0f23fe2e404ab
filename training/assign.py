"""Assignment: which places (anchors and cells of the heads) are taught a training box.

A place is one anchor in one cell of one head; it predicts one box.
"""

import numpy as np
import torch


def flattened(targets, device):
    """Boxes of a batch: (film index (n,), corners in input pixels (n, 4))."""
    film = [index for index, target in enumerate(targets) for _ in target.boxes]
    box = np.concatenate([np.asarray(target.boxes, np.float32).reshape(-1, 4) for target in targets])
    return torch.tensor(film, dtype=torch.long, device=device), torch.from_numpy(box).to(device)


def places(box, anchors, stride, rows, columns, factor):
    """Every place of one head that may predict a box: anchors with sides within `factor` of the box's, in the cell of
    its centre and the two nearest neighbours (which scale_x_y = 2 can reach).

    Returns (box index, anchor, row, column), each (m,).
    """
    sides = box[:, 2:] - box[:, :2]
    ratio = sides[:, None] / anchors[None]
    fits = torch.maximum(ratio, 1 / ratio).amax(2) < factor
    centre = (box[:, :2] + box[:, 2:]) / 2 / stride
    cell = centre.floor()
    step = torch.where(centre - cell < 0.5, -1.0, 1.0)
    across, down = torch.tensor([1.0, 0.0], device=box.device), torch.tensor([0.0, 1.0], device=box.device)
    cells = torch.stack([cell, cell + step * across, cell + step * down], 1)
    valid = ((cells >= 0) & (cells < torch.tensor([columns, rows], device=box.device))).all(2)
    which, anchor, neighbour = (fits[:, :, None] & valid[:, None, :]).nonzero().unbind(1)
    at = cells[which, neighbour].long()
    return which, anchor, at[:, 1], at[:, 0]


def aligned(which, overlap, confidence, most):
    """The `most` best aligned places of each box, over all heads: t = confidence * overlap ** 6, the task alignment of
    TOOD (Feng et al. 2021, arXiv:2108.07755, eq. 2, alpha = 1, beta = 6).

    Returns a mask (m,).
    """
    alignment = confidence * overlap.clamp(min=0) ** 6
    # Sorted by box, best first: a place's rank is its distance from the first place of its box.
    order = torch.argsort(alignment, descending=True)
    order = order[torch.argsort(which[order], stable=True)]
    ranked = which[order]
    first = torch.searchsorted(ranked, ranked)
    kept = torch.zeros(len(which), dtype=torch.bool, device=which.device)
    kept[order] = torch.arange(len(order), device=which.device) - first < most
    return kept


def unjudged(targets, raw, stride, place):
    """(N, A, H, W): places whose objectness is not taught: cells centred in an ignored box, unless they are taught."""
    mask = torch.zeros(raw.shape[:-1], dtype=torch.bool, device=raw.device)
    down, across = ((torch.arange(count, device=raw.device) + 0.5) * stride for count in raw.shape[2:4])
    for index, target in enumerate(targets):
        for left, top, right, bottom in target.ignored.tolist():
            mask[index] |= ((down > top) & (down < bottom))[:, None] & ((across > left) & (across < right))[None]
    mask[place] = False
    return mask
