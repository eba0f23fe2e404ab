"""validate.py, compare.py, boxes.py: what a network finds and how good that is."""

import unittest

import numpy as np

import drawn  # noqa: F401  puts training/ on the path
import boxes
import compare
import validate


class Validation(unittest.TestCase):
    class OneFilm:
        def __init__(self, boxes):
            self.boxes = np.array(boxes, float).reshape(-1, 4)

    def test_average_precision_by_hand(self):
        films_ = [self.OneFilm([[0, 0, 10, 10], [20, 20, 30, 30]]), self.OneFilm([])]
        found = [
            (np.array([[0, 0, 10, 10.0], [50, 50, 60, 60], [20, 20, 30, 30]]), np.array([0.9, 0.8, 0.3])),
            (np.array([[0, 0, 5, 5.0]]), np.array([0.5])),
        ]
        # recall 1/2 at precision 1; recall 1 at precision 2/4: (51 * 1 + 50 * 0.5) / 101
        self.assertAlmostEqual(validate.average_precision(found, films_, 0.5), (51 + 25) / 101)

    def test_auc_counts_ties_half(self):
        self.assertAlmostEqual(validate.auc([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0]), 0.875)

    def test_suppression_keeps_the_better_of_two(self):
        found = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [30, 30, 40, 40.0]])
        self.assertEqual(boxes.suppress(found, np.array([0.9, 0.8, 0.7])), [0, 2])

    def test_a_film_that_a_resample_draws_twice_counts_twice(self):
        films_ = [self.OneFilm([[0, 0, 10, 10]]), self.OneFilm([[0, 0, 10, 10]])]
        hit, miss = np.array([[0, 0, 10, 10.0]]), np.array([[50, 50, 60, 60.0]])
        matched = validate.matched([(hit, np.array([0.9])), (miss, np.array([0.8]))], films_, 0.5)
        # One of two boxes found, first: 51 of 101 recalls at precision 1. Then 2 of 3; 68 recalls from 0 to .67 hold.
        self.assertAlmostEqual(validate.weighted_average_precision(*matched, np.array([1, 1])), 51 / 101)
        self.assertAlmostEqual(validate.weighted_average_precision(*matched, np.array([2, 1])), 67 / 101)
        self.assertTrue(np.isnan(validate.weighted_average_precision(*matched, np.array([0, 0]))))
        self.assertAlmostEqual(validate.auc([0.9, 0.5, 0.7], [1, 1, 0], np.array([3, 1, 1])), 0.75)

    def test_patients_are_drawn_whole_and_the_first_draw_is_the_films_as_they_are(self):
        draws = compare.drawn(['a', 'b', 'a', 'c'], 50)
        self.assertEqual((draws.shape, draws[0].tolist()), ((51, 4), [1, 1, 1, 1]))
        self.assertTrue((draws[:, 0] == draws[:, 2]).all())
        self.assertTrue((draws[:, 0] + draws[:, 1] + draws[:, 3] == 3).all())

    def test_weights_that_find_the_same_differ_by_nothing(self):
        films_ = [self.OneFilm([[0, 0, 10, 10]]), self.OneFilm([])]
        found = [(np.array([[0, 0, 10, 10.0]]), np.array([0.9]), 0.9), (np.zeros((0, 4)), np.zeros(0), 0.1)]
        for film in films_:
            film.positive = len(film.boxes) > 0
        figures = compare.figures_of(found, films_)
        one = compare.measured(figures, [0, 1], compare.drawn(['a', 'b'], 20))
        self.assertEqual(
            compare.difference('AP50', one['AP50'], one['AP50']), 'AP50 1.0000 (+0.0000 [+0.0000, +0.0000])'
        )


if __name__ == '__main__':
    unittest.main()
