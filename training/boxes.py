"""Decodes raw heads into boxes, and NMS."""

import numpy as np
import torch


def decode(raw, head, size):
    """Raw head -> (N, cells, 5 + classes): corners in input pixels, objectness and class probabilities."""
    n, _, rows, columns = raw.shape
    raw = raw.float().view(n, len(head['anchors']), 5 + head['classes'], rows, columns).permute(0, 1, 3, 4, 2)
    grid = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing='ij')[::-1], -1).to(
        raw.device
    )
    s, stride = head['scale_xy'], size / columns
    xy = (raw[..., :2].sigmoid() * s - (s - 1) / 2 + grid) * stride
    wh = raw[..., 2:4].clamp(max=6).exp() * torch.tensor(head['anchors'], device=raw.device)[None, :, None, None]
    return torch.cat([xy - wh / 2, xy + wh / 2, raw[..., 4:].sigmoid()], -1).flatten(1, 3)


def suppress(boxes, scores, limit=0.4, most=50):
    """Greedy NMS over boxes sorted best first. Returns the indices that stay."""
    overlaps, left, chosen = iou_matrix(boxes, boxes), np.ones(len(boxes), bool), []
    for index in range(len(boxes)):
        if left[index]:
            chosen.append(index)
            left &= overlaps[index] <= limit
            if len(chosen) == most:
                break
    return chosen


def iou_matrix(a, b):
    wh = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    inter = np.prod(np.maximum(wh, 0), 2)
    area = lambda x: np.prod(x[:, 2:] - x[:, :2], 1)
    return inter / (area(a)[:, None] + area(b)[None] - inter + 1e-9)
