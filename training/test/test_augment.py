"""augment.py: training views."""

import unittest

import numpy as np

from drawn import Drawn, draw_set

import augment
import films


class Views(Drawn):
    def test_boxes_follow_the_pixels_through_every_warp(self):
        film = films.read_set(draw_set(self.folder / 'set', size=128), ['opacity'], [])[0]
        film.pixels = films.read_film(film.path)
        for seed in range(40):
            pixels, (boxes, labels, *_) = augment.augmented(film, 128, np.random.default_rng(seed), strength=1.0)
            self.assertEqual(len(boxes), len(labels))
            for x0, y0, x1, y1 in boxes:
                inside = pixels[int(y0) + 3 : int(y1) - 3, int(x0) + 3 : int(x1) - 3]
                outside = pixels.astype(float).sum() - inside.astype(float).sum()
                ring = outside / (pixels.size - inside.size)
                self.assertGreater(inside.mean(), ring + 20)

    def test_noisy_edges_stay_in_order_and_none_is_moved_without_noise(self):
        boxes = np.array([[10, 20, 30, 60]], np.float32)
        self.assertTrue((augment.with_noisy_edges(boxes, 0.0, None) == boxes).all())
        noisy = np.concatenate([augment.with_noisy_edges(boxes, 0.5, np.random.default_rng(i)) for i in range(200)])
        self.assertTrue((noisy[:, 2:] > noisy[:, :2]).all())
        self.assertGreater(noisy[:, 0].std(), 3)


if __name__ == '__main__':
    unittest.main()
