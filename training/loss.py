"""What a batch of raw heads costs: boxes, objectness, the film's label and its attributes.

Boxes: 1 - CIoU (or IoU). Objectness: cross-entropy against the IoU of the box that the place gives. Lesion classes are
taught on every cell what the *film* holds: score = objectness x class then multiplies a classifier of the whole film into
each box, the gain that every winner of the RSNA challenge reports, in a plain YOLOv3 head. Attributes are taught on every
cell of the films that have them.
"""
import math

import torch
import torch.nn.functional as F

from assign import aligned, flattened, places

BALANCE = {32: 0.6, 16: 1.0, 8: 2.0}


def loss_of(heads, network, targets, size, lesions, args, device):
    """{'box', 'objectness', 'film', 'attribute'}: scalars, weighted by the options of train.py."""
    film_labels = film_targets(targets, lesions, device)
    attribute_labels = attribute_targets(targets, network.heads[0]['classes'] - lesions, device)
    total = {key: torch.zeros((), device=device) for key in ('box', 'objectness', 'film', 'attribute')}
    views = [in_cells(raw, head) for raw, head in zip(heads, network.heads)]
    taught = taught_places(views, network.heads, targets, size, args, device)
    for raw, head, (place, overlap) in zip(views, network.heads, taught):
        stride = size // raw.shape[3]
        objectness = torch.zeros(raw.shape[:-1], device=device)
        if len(overlap):
            total['box'] += (1 - overlap).mean() * args.box_loss * 3
            # If two boxes claim one place, the better met one speaks for it.
            order = overlap.detach().argsort()
            objectness[tuple(index[order] for index in place)] = overlap.detach()[order].clamp(0, 1)
        presence = presence_loss(raw[..., 4], objectness, args.focus) * BALANCE.get(stride, 1.0)
        total['objectness'] += presence * args.objectness_loss
        total['film'] += masked_loss(raw[..., 5:5 + lesions], film_labels) * args.film_loss
        if head['classes'] > lesions:
            total['attribute'] += masked_loss(raw[..., 5 + lesions:], attribute_labels) * args.film_loss
    return total


def in_cells(raw, head):
    """(N, A * (5 + classes), H, W) -> (N, A, H, W, 5 + classes), float32."""
    count, (rows, columns) = len(head['anchors']), raw.shape[2:]
    return raw.float().view(len(raw), count, 5 + head['classes'], rows, columns).permute(0, 1, 3, 4, 2)


def taught_places(views, heads, targets, size, args, device):
    """Per head ((film, anchor, row, column), overlap of the box that each place gives with the one it is taught)."""
    film, box = flattened(targets, device)
    found = []
    for raw, head in zip(views, heads):
        rows, columns = raw.shape[2:4]
        anchors = torch.tensor(head['anchors'], device=device)
        which, anchor, row, column = places(box, anchors, size // columns, rows, columns, args.anchor_factor)
        at = raw[film[which], anchor, row, column]
        given = boxes_at(at, anchors[anchor], torch.stack([column, row], 1), size // columns, head['scale_xy'])
        overlap = OVERLAPS[args.overlap](given, box[which])
        confidence = at[:, 4].detach().sigmoid()
        found.append(((film[which], anchor, row, column), overlap, which, confidence))
    if not args.best_places:
        return [(place, overlap) for place, overlap, *_ in found]
    which, overlap, confidence = (torch.cat([entry[i] for entry in found]) for i in (2, 1, 3))
    kept = aligned(which, overlap.detach(), confidence, args.best_places).split([len(entry[2]) for entry in found])
    return [(tuple(index[keep] for index in place), overlap[keep]) for (place, overlap, *_), keep in zip(found, kept)]


def boxes_at(at, anchors, cells, stride, scale_xy):
    """Raw values (m, 5 + classes) of places -> corners in input pixels, as network.decode gives them."""
    xy = (at[:, :2].sigmoid() * scale_xy - (scale_xy - 1) / 2 + cells) * stride
    wh = at[:, 2:4].clamp(max=6).exp() * anchors
    return torch.cat([xy - wh / 2, xy + wh / 2], 1)


def presence_loss(logits, wanted, focus):
    """Mean cross-entropy; with `focus` > 0 weighted by |wanted - sigmoid(logit)| ** focus, the quality focal loss of
    Li et al. 2020 (arXiv:2006.04388, eq. 6), scaled so that an untaught place costs about as much as without."""
    if not focus:
        return F.binary_cross_entropy_with_logits(logits, wanted)
    weight = (wanted - logits.detach().sigmoid()).abs() ** focus
    return (F.binary_cross_entropy_with_logits(logits, wanted, reduction='none') * weight).mean() * 4


def film_targets(targets, lesions, device):
    """(N, lesions): 1 where the film holds the lesion; NaN where one picture shows several films."""
    labels = torch.zeros(len(targets), lesions, device=device)
    for index, (_, names_of_boxes, film_label, _) in enumerate(targets):
        if film_label is None:
            labels[index] = float('nan')
        elif film_label:
            labels[index, names_of_boxes if len(names_of_boxes) else slice(None)] = 1.0
    return labels


def attribute_targets(targets, attributes, device):
    """(N, attributes): one-hot; NaN where the film's attribute is unknown."""
    labels = torch.zeros(len(targets), attributes, device=device)
    for index, (_, _, _, attribute) in enumerate(targets):
        if attribute is None:
            labels[index] = float('nan')
        elif attribute >= 0:
            labels[index, attribute] = 1.0
    return labels


def masked_loss(logits, labels):
    """Mean cross-entropy over all cells of the films whose label is known; logits (N, A, H, W, C), labels (N, C)."""
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
    distance = ((a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) ** 2).sum(1) / 4 / ((hull ** 2).sum(1) + 1e-7)
    turn = torch.atan(side_b[:, 0] / side_b[:, 1]) - torch.atan(side_a[:, 0] / (side_a[:, 1] + 1e-7))
    v = 4 / math.pi ** 2 * turn ** 2
    with torch.no_grad():
        alpha = v / (1 - overlap + v + 1e-7)
    return overlap - distance - alpha * v


OVERLAPS = {'ciou': ciou, 'iou': iou}
