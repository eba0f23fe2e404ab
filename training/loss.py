"""The loss of a batch of raw heads: boxes, objectness, the film's label and its attributes.

Boxes: 1 - CIoU (or IoU). Objectness: cross-entropy against the IoU of the place's box. Lesion classes: every cell is
taught whether the *film* holds them, so that score = objectness x class multiplies each box by a classifier of the
whole film: the gain that every winner of the RSNA challenge reports, in a plain YOLOv3 head. Attributes are taught in
every cell of the films that have them.
"""

import math

import torch
import torch.nn.functional as F

from assign import aligned, flattened, places, unjudged

BALANCE = {32: 0.6, 16: 1.0, 8: 2.0}  # Weight of objectness by stride: the deep heads have the fewest places.


def loss_of(heads, network, targets, size, lesions, args):
    """{'box', 'objectness', 'film', 'attribute'}: scalars, weighted by the options of train.py."""
    device = heads[0].device
    film_labels = film_targets(targets, lesions, device)
    attribute_labels = attribute_targets(targets, network.heads[0]['classes'] - lesions, device)
    total = {key: torch.zeros((), device=device) for key in ('box', 'objectness', 'film', 'attribute')}
    cells = [in_cells(raw, head) for raw, head in zip(heads, network.heads)]
    taught = taught_places(cells, network.heads, targets, size, args)
    shares = shares_of_heads([len(overlap) for _, overlap in taught], by_place=args.best_places > 0)
    for raw, (place, overlap), share in zip(cells, taught, shares):
        if len(overlap):
            total['box'] += (1 - overlap).mean() * share * args.box_loss * 3
        wanted = wanted_objectness(raw, place, overlap.detach())
        judged = ~unjudged(targets, raw, size // raw.shape[3], place)
        presence = presence_loss(raw[..., 4], wanted, args.focus, judged) * BALANCE.get(size // raw.shape[3], 1.0)
        total['objectness'] += presence * args.objectness_loss
        total['film'] += masked_loss(raw[..., 5 : 5 + lesions], film_labels) * args.film_loss
        if raw.shape[4] > 5 + lesions:
            total['attribute'] += masked_loss(raw[..., 5 + lesions :], attribute_labels) * args.film_loss
    return total


def in_cells(raw, head):
    """(N, A * (5 + classes), H, W) -> (N, A, H, W, 5 + classes), float32."""
    count, (rows, columns) = len(head['anchors']), raw.shape[2:]
    return raw.float().view(len(raw), count, 5 + head['classes'], rows, columns).permute(0, 1, 3, 4, 2)


def taught_places(cells, heads, targets, size, args):
    """Per head ((film, anchor, row, column), overlap of each place's box with the one it is taught)."""
    film, box = flattened(targets, cells[0].device)
    found = []
    for raw, head in zip(cells, heads):
        rows, columns = raw.shape[2:4]
        anchors = torch.tensor(head['anchors'], device=raw.device)
        which, anchor, row, column = places(box, anchors, size // columns, rows, columns, args.anchor_factor)
        at = raw[film[which], anchor, row, column]
        given = boxes_at(at, anchors[anchor], torch.stack([column, row], 1), size // columns, head['scale_xy'])
        confidence = at[:, 4].detach().sigmoid()
        found.append(((film[which], anchor, row, column), OVERLAPS[args.overlap](given, box[which]), which, confidence))
    if not args.best_places:
        return [(place, overlap) for place, overlap, *_ in found]
    overlap, which, confidence = (torch.cat([entry[i] for entry in found]) for i in (1, 2, 3))
    kept = aligned(which, overlap.detach(), confidence, args.best_places).split([len(entry[2]) for entry in found])
    return [(tuple(index[keep] for index in place), overlap[keep]) for (place, overlap, *_), keep in zip(found, kept)]


def boxes_at(at, anchors, cells, stride, scale_xy):
    """Raw values (m, 5 + classes) of places -> corners in input pixels, as in boxes.decode."""
    xy = (at[:, :2].sigmoid() * scale_xy - (scale_xy - 1) / 2 + cells) * stride
    wh = at[:, 2:4].clamp(max=6).exp() * anchors
    return torch.cat([xy - wh / 2, xy + wh / 2], 1)


def shares_of_heads(counts, by_place):
    """Weight of each head's mean box loss: 1 each, or in proportion to its places (3 in all). If a head has only one of
    the few best places, that one should not count as much as a hundred elsewhere."""
    if not by_place:
        return [1.0] * len(counts)
    return [len(counts) * count / max(1, sum(counts)) for count in counts]


def wanted_objectness(raw, place, overlap):
    """(N, A, H, W): the overlap at taught places, 0 elsewhere. If two boxes claim one place, the one with the larger
    overlap wins."""
    wanted, order = torch.zeros(raw.shape[:-1], device=raw.device), overlap.argsort()
    wanted[tuple(index[order] for index in place)] = overlap[order].clamp(0, 1)
    return wanted


def presence_loss(logits, wanted, focus, judged):
    """Mean cross-entropy, 0 where not judged; with `focus` > 0 weighted by |wanted - sigmoid(logit)| ** focus, the
    quality focal loss of Li et al. 2020 (arXiv:2006.04388, eq. 6), times 4 so that the sum keeps its order."""
    entropy = F.binary_cross_entropy_with_logits(logits, wanted, reduction='none')
    if focus:
        entropy = entropy * (wanted - logits.detach().sigmoid()).abs() ** focus * 4
    return torch.where(judged, entropy, torch.zeros_like(entropy)).mean()


def film_targets(targets, lesions, device):
    """(N, lesions): 1 if the film holds the lesion; NaN if one picture shows several films."""
    labels = torch.zeros(len(targets), lesions, device=device)
    for index, target in enumerate(targets):
        if target.film is None:
            labels[index] = float('nan')
        elif target.film:
            labels[index, target.labels if len(target.labels) else slice(None)] = 1.0
    return labels


def attribute_targets(targets, attributes, device):
    """(N, attributes): one-hot; NaN if the film's attribute is unknown."""
    labels = torch.zeros(len(targets), attributes, device=device)
    for index, target in enumerate(targets):
        if target.attribute is None:
            labels[index] = float('nan')
        elif target.attribute >= 0:
            labels[index, target.attribute] = 1.0
    return labels


def masked_loss(logits, labels):
    """Mean cross-entropy over all cells of the films with a known label; logits (N, A, H, W, C), labels (N, C)."""
    known = ~labels[:, 0].isnan()
    if not known.any():
        return logits.sum() * 0
    logits = logits[known]
    return F.binary_cross_entropy_with_logits(logits, labels[known][:, None, None, None, :].expand_as(logits))


def iou(a, b):
    """IoU of paired boxes, corners (m, 4)."""
    wh = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0)
    inter = wh.prod(1)
    return inter / ((a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - inter + 1e-7)


def ciou(a, b):
    """Complete IoU of paired boxes (Zheng et al. 2020, eq. 10-12)."""
    overlap = iou(a, b)
    side_a, side_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    hull = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    distance = ((a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) ** 2).sum(1) / 4 / ((hull**2).sum(1) + 1e-7)
    turn = torch.atan(side_b[:, 0] / side_b[:, 1]) - torch.atan(side_a[:, 0] / (side_a[:, 1] + 1e-7))
    v = 4 / math.pi**2 * turn**2
    with torch.no_grad():
        alpha = v / (1 - overlap + v + 1e-7)
    return overlap - distance - alpha * v


OVERLAPS = {'ciou': ciou, 'iou': iou}
