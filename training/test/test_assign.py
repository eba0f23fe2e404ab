"""assign.py: golden assignments, worked out by hand."""

import unittest

import numpy as np
import torch

import drawn  # noqa: F401  puts training/ on the path
import assign
from films import Target

NO_LABELS = np.zeros(0, np.int64)


class Assignment(unittest.TestCase):
    def setUp(self):
        self.anchors = torch.tensor([[30.0, 30.0], [200.0, 200.0]])
        _, self.box = assign.flattened([Target(np.array([[37.0, 22.0, 67.0, 52.0]]), NO_LABELS)], 'cpu')

    def test_a_box_goes_to_its_cell_and_the_two_nearest(self):
        which, anchor, row, column = assign.places(self.box, self.anchors, 16, 8, 8, 3.0)
        # centre (52, 37) / 16 = (3.25, 2.31): cell (3, 2), to the left (2, 2), above (3, 1)
        self.assertEqual(sorted(zip(column.tolist(), row.tolist())), [(2, 2), (3, 1), (3, 2)])
        self.assertEqual((set(anchor.tolist()), set(which.tolist())), ({0}, {0}))

    def test_the_factor_says_which_anchors_may_answer(self):
        # 30 x 30 against an anchor of 200 x 200 is a factor of 6.7.
        for factor, anchors in ((1.0, set()), (1.8, {0}), (6.6, {0}), (6.7, {0, 1})):
            self.assertEqual(set(assign.places(self.box, self.anchors, 16, 8, 8, factor)[1].tolist()), anchors, factor)

    def test_a_box_in_the_corner_has_no_neighbours_outside(self):
        box = torch.tensor([[0.0, 0.0, 12.0, 30.0]])  # centre (6, 15) / 16 = (.38, .94): left of cell 0 is nothing
        _, _, row, column = assign.places(box, self.anchors, 16, 1, 8, 3.0)
        self.assertEqual(list(zip(column.tolist(), row.tolist())), [(0, 0)])

    def test_boxes_know_their_film_also_when_one_has_none(self):
        boxes = [np.zeros((0, 4)), np.array([[1, 2, 3, 4], [5, 6, 7, 8]])]
        film, box = assign.flattened([Target(each, NO_LABELS) for each in boxes], 'cpu')
        self.assertEqual((film.tolist(), box.tolist()), ([1, 1], [[1, 2, 3, 4], [5, 6, 7, 8]]))

    def test_only_the_best_aligned_places_of_each_box_are_taught(self):
        which = torch.tensor([0, 1, 0, 0, 1])
        # confidence x overlap^6: box 0 has .5, .9 x .7^6 = .106 and .1; box 1 has .8 and 0
        overlap, confidence = torch.tensor([1.0, 1.0, 0.7, 1.0, -0.2]), torch.tensor([0.5, 0.8, 0.9, 0.1, 0.9])
        self.assertEqual(assign.aligned(which, overlap, confidence, 1).tolist(), [True, True, False, False, False])
        self.assertEqual(assign.aligned(which, overlap, confidence, 2).tolist(), [True, True, True, False, True])

    def test_cells_in_an_ignored_box_are_not_judged_but_where_a_box_is_taught(self):
        raw = torch.zeros(2, 1, 2, 3, 6)  # two films, one anchor, 2 rows x 3 columns at stride 16
        ignored = np.array([[0.0, 0.0, 30.0, 14.0]])  # holds the centres (8, 8) and (24, 8)
        targets = [Target(np.zeros((0, 4)), NO_LABELS), Target(np.zeros((0, 4)), NO_LABELS, ignored=ignored)]
        place = tuple(torch.tensor([value]) for value in (1, 0, 0, 1))
        mask = assign.unjudged(targets, raw, 16, place)
        self.assertEqual(mask.nonzero().tolist(), [[1, 0, 0, 0]])


if __name__ == '__main__':
    unittest.main()
