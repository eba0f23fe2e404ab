"""loss.py: each loss, with golden numbers worked out by hand."""

import math
import unittest
from types import SimpleNamespace

import numpy as np
import torch

import drawn  # noqa: F401  puts training/ on the path
import boxes
import loss
from films import Target

LABELS = np.zeros(1, np.int64)


def settings(**changes):
    plain = dict(box_loss=1.0, objectness_loss=1.0, film_loss=1.0, overlap='iou', focus=0.0, anchor_factor=3.0)
    return SimpleNamespace(**{**plain, 'best_places': 0, **changes})


class Overlaps(unittest.TestCase):
    def test_ciou_of_equal_boxes_is_one_and_falls_with_distance(self):
        box = torch.tensor([[10.0, 10.0, 30.0, 50.0]])
        self.assertAlmostEqual(loss.ciou(box, box).item(), 1.0, places=5)
        # IoU 0; centres 40 apart, hull 60 x 40: -1600 / (3600 + 1600)
        self.assertAlmostEqual(
            loss.ciou(box, box + torch.tensor([40.0, 0.0, 40.0, 0.0])).item(), -1600 / 5200, places=4
        )

    def test_ciou_minds_the_shape(self):
        a, b = torch.tensor([[0.0, 0.0, 10.0, 10.0]]), torch.tensor([[-5.0, 2.5, 15.0, 7.5]])
        # IoU 50 / 150; one centre; v = 4 / pi^2 (atan(20 / 5) - atan(1))^2, alpha = v / (1 - IoU + v)
        v = 4 / math.pi**2 * (math.atan(4) - math.atan(1)) ** 2
        self.assertAlmostEqual(loss.ciou(a, b).item(), 1 / 3 - v * v / (2 / 3 + v), places=5)

    def test_iou_of_boxes_that_share_a_third(self):
        a, b = torch.tensor([[0.0, 0.0, 20.0, 10.0]]), torch.tensor([[10.0, 0.0, 30.0, 10.0]])
        self.assertAlmostEqual(loss.iou(a, b).item(), 100 / 300, places=5)


class Parts(unittest.TestCase):
    def test_a_place_gives_the_same_box_as_decoding_its_head(self):
        head = {'anchors': [(30.0, 20.0)], 'classes': 1, 'scale_xy': 2.0}
        raw = torch.randn(1, 6, 2, 3)
        decoded = boxes.decode(raw, head, 48)[0]
        cells = loss.in_cells(raw, head)[0, 0].reshape(6, 6)
        at = torch.tensor([[column, row] for row in range(2) for column in range(3)])
        given = loss.boxes_at(cells, torch.tensor([[30.0, 20.0]]), at, 16, 2.0)
        self.assertTrue(torch.allclose(given, decoded[:, :4], atol=1e-4))

    def test_the_better_met_of_two_boxes_speaks_for_a_place(self):
        place = tuple(torch.tensor([value, value]) for value in (0, 0, 1, 1))
        wanted = loss.wanted_objectness(torch.zeros(1, 1, 2, 2, 6), place, torch.tensor([0.6, -0.2]))
        self.assertAlmostEqual(wanted[0, 0, 1, 1].item(), 0.6, places=6)
        self.assertAlmostEqual(wanted.sum().item(), 0.6, places=6)

    def test_heads_weigh_alike_or_by_their_places(self):
        self.assertEqual(loss.shares_of_heads([1, 0, 99], by_place=False), [1.0, 1.0, 1.0])
        self.assertEqual(loss.shares_of_heads([1, 0, 3], by_place=True), [0.75, 0.0, 2.25])
        self.assertEqual(loss.shares_of_heads([0, 0, 0], by_place=True), [0.0, 0.0, 0.0])

    def test_focus_spares_what_is_right_already(self):
        logits, wanted, judged = torch.tensor([0.0, 4.0]), torch.tensor([0.5, 1.0]), torch.tensor([True, True])
        # Entropy of a half at the right place: weight |.5 - .5| = 0. The other: (1 - .982014)^2 x .01815 x 4 / 2
        focused = loss.presence_loss(logits, wanted, 2.0, judged).item()
        self.assertAlmostEqual(focused, 0.017986**2 * 0.01815 * 2, places=6)
        plain = loss.presence_loss(logits, wanted, 0.0, judged).item()
        self.assertAlmostEqual(plain, (0.693147 + 0.01815) / 2, places=4)

    def test_what_is_not_judged_costs_nothing(self):
        logits = torch.tensor([0.0, 4.0], requires_grad=True)
        cost = loss.presence_loss(logits, torch.zeros(2), 0.0, torch.tensor([True, False]))
        cost.backward()
        self.assertAlmostEqual(cost.item(), 0.693147 / 2, places=5)
        self.assertEqual(logits.grad[1].item(), 0)

    def test_films_of_unknown_label_teach_nothing(self):
        logits = torch.zeros(2, 1, 2, 2, 1, requires_grad=True)
        loss.masked_loss(logits, torch.tensor([[float('nan')], [1.0]])).backward()
        self.assertEqual(logits.grad[0].abs().sum().item(), 0)
        self.assertGreater(logits.grad[1].abs().sum().item(), 0)

    def test_a_film_whose_boxes_are_all_ignored_is_still_one_with_a_lesion(self):
        none = np.zeros((0, 4), np.float32)
        targets = [Target(none, LABELS[:0], 1.0), Target(none, LABELS[:0], 0.0), Target(none, LABELS[:0])]
        labels = loss.film_targets(targets, 1, 'cpu')[:, 0].tolist()
        self.assertEqual(labels[:2], [1, 0])
        self.assertTrue(math.isnan(labels[2]))


class Whole(unittest.TestCase):
    """One head of one anchor, 2 x 2 cells of 16 px, all raw values 0: boxes as large as the anchor, objectness .5."""

    head = {'anchors': [(16.0, 16.0)], 'classes': 1, 'scale_xy': 2.0}

    def cost(self, target, **changes):
        network = SimpleNamespace(heads=[self.head])
        raw = torch.zeros(1, 6, 2, 2, requires_grad=True)
        return loss.loss_of([raw], network, [target], 32, 1, settings(**changes)), raw

    def test_the_parts_of_one_box(self):
        # The box is that of cell (0, 0), centre (8, 8): at .5 of its cell, so the next ones are right and below.
        # IoU 1 in its own cell, 0 in the others: mean box loss 2 / 3, times 3.
        parts, _ = self.cost(Target(np.array([[0.0, 0.0, 16.0, 16.0]]), LABELS, 1.0))
        self.assertAlmostEqual(parts['box'].item(), 2.0, places=4)
        self.assertAlmostEqual(parts['objectness'].item(), math.log(2), places=5)
        self.assertAlmostEqual(parts['film'].item(), math.log(2), places=5)
        self.assertEqual(parts['attribute'].item(), 0)

    def test_the_best_place_alone_costs_nothing_when_it_is_right(self):
        parts, _ = self.cost(Target(np.array([[0.0, 0.0, 16.0, 16.0]]), LABELS, 1.0), best_places=1)
        self.assertAlmostEqual(parts['box'].item(), 0.0, places=4)

    def test_a_batch_without_boxes_teaches_what_is_absent(self):
        parts, raw = self.cost(Target(np.zeros((0, 4), np.float32), LABELS[:0], 0.0), best_places=3, focus=1.5)
        sum(parts.values()).backward()
        self.assertEqual(parts['box'].item(), 0)
        self.assertTrue((raw.grad[:, 4:] > 0).all())
        self.assertEqual(raw.grad[:, :4].abs().sum().item(), 0)

    def test_an_ignored_box_is_neither_taught_nor_a_fault(self):
        ignored = np.array([[0.0, 0.0, 16.0, 16.0]], np.float32)
        parts, raw = self.cost(Target(np.zeros((0, 4), np.float32), LABELS[:0], 1.0, ignored=ignored))
        parts['objectness'].backward()
        self.assertEqual(raw.grad[0, 4, 0, 0].item(), 0)
        self.assertTrue((raw.grad[0, 4].flatten()[1:] > 0).all())


if __name__ == '__main__':
    unittest.main()
