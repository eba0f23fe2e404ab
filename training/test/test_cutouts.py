"""cutouts.py: films cut out along the lungs, filled anew for every view."""

import subprocess
import sys
import unittest

import cv2
import numpy as np

from drawn import ROOT, Drawn, draw_set, write

import cutouts
import films

TWO_LUNGS = np.zeros((96, 96), np.uint8)
cv2.ellipse(TWO_LUNGS, (28, 50), (16, 34), 0, 0, 360, 1, -1)
cv2.ellipse(TWO_LUNGS, (68, 50), (16, 34), 0, 0, 360, 1, -1)


class Always:
    """A generator that draws one fill, and the first of everything else."""

    def __init__(self, fill):
        self.fill = cutouts.FILLS.index(fill)

    def integers(self, count):
        return self.fill if count == len(cutouts.FILLS) else 0


def draw_cutouts(folder):
    """Four cut-outs with grey lungs; the first has one box in view and one nearly out of it, by its `cover`."""
    (folder / 'images').mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(3)
    for index in range(4):
        lungs = random.integers(90, 150, (96, 96), dtype=np.uint8) * TWO_LUNGS
        cv2.imwrite(str(folder / 'images' / f'cut{index}.png'), lungs)
    listed = [[f'cut{index}.png', 'cut', f'c{index}', 'train', ''] for index in range(4)]
    write(folder / 'films.csv', ['image', 'source', 'patient', 'split', 'finding'], listed)
    boxes = [['cut0.png', 20, 30, 40, 60, 'opacity', 0.9], ['cut0.png', 40, 5, 60, 30, 'opacity', 0.1]]
    header = ['image', 'xmin', 'ymin', 'xmax', 'ymax', 'label', 'cover']
    write(folder / 'annotations.csv', header, [*boxes, ['cut1.png', 40, 5, 60, 30, 'opacity', 0.49]])
    return folder


class Cutouts(Drawn):
    def loaded(self):
        read = films.read_set(draw_cutouts(self.folder / 'cut'), ['opacity'], [])
        for film in read:
            cutouts.load_cutout(film)
        return read

    def whole(self, grey=200):
        film = self.loaded()[3]
        film.pixels = np.full((96, 96), grey, np.uint8)
        return film

    def test_boxes_that_cannot_be_seen_are_ignored_and_their_film_stays_positive(self):
        first, second, third, _ = self.loaded()
        self.assertEqual((first.boxes.tolist(), first.ignored.tolist()), ([[20, 30, 40, 60]], [[40, 5, 60, 30]]))
        self.assertEqual((len(second.boxes), len(second.ignored), second.positive), (0, 1, True))
        self.assertFalse(third.positive)

    def test_a_box_of_a_validation_film_always_counts(self):
        folder = draw_cutouts(self.folder / 'cut')
        path = folder / 'films.csv'
        path.write_text(path.read_text().replace('cut0.png,cut,c0,train', 'cut0.png,cut,c0,val'))
        self.assertEqual(len(films.read_set(folder, ['opacity'], [])[0].boxes), 2)

    def test_the_lungs_are_stretched_by_their_own_percentiles(self):
        film = self.loaded()[0]
        inside = film.pixels[film.pixels > 0]
        self.assertEqual((film.pixels[TWO_LUNGS == 0].max(), inside.min(), inside.max()), (0, 1, 255))
        self.assertLess(abs(float(np.median(inside)) - 127), 12)

    def test_the_edge_that_the_file_has_darkened_is_left_out(self):
        film = self.loaded()[0]
        edge = TWO_LUNGS - cv2.erode(TWO_LUNGS, np.ones((5, 5)))
        self.assertEqual(film.pixels[edge > 0].max(), 0)

    def test_every_fill_leaves_the_lungs_and_differs_outside(self):
        film, body = self.loaded()[0], self.whole()
        middle = cv2.erode(TWO_LUNGS, np.ones((3, 3)), iterations=10) > 0
        outside = cv2.dilate(TWO_LUNGS, np.ones((3, 3)), iterations=12) == 0
        greys = {fill: cutouts.refilled(film, Always(fill), [body]).pixels for fill in cutouts.FILLS}
        for fill in ('black', 'blur'):
            self.assertTrue((greys[fill][middle] == film.pixels[middle]).all(), fill)
        self.assertEqual(greys['black'][outside].max(), 0)
        self.assertLess(abs(greys['blur'][outside].mean() - film.pixels[film.pixels > 0].mean()), 25)
        self.assertGreater(greys['body'][outside].mean(), 195)

    def test_lungs_take_the_tone_of_those_of_the_body_that_they_are_put_in(self):
        film, body = self.loaded()[0], self.whole()
        random = np.random.default_rng(4)
        body.pixels = np.where(TWO_LUNGS > 0, random.integers(40, 80, (96, 96)), 200).astype(np.uint8)
        shown = cutouts.refilled(film, Always('body'), [body]).pixels[cv2.erode(TWO_LUNGS, np.ones((9, 9))) > 0]
        self.assertLess(abs(float(shown.mean()) - 60), 6)
        self.assertGreater(float(shown.std()), 6)

    def test_push_pull_carries_a_constant_everywhere(self):
        carried = cutouts.push_pull(np.full((37, 61), 90, np.uint8), np.arange(37 * 61).reshape(37, 61) % 50 == 0)
        self.assertLess(np.abs(carried - 90).max(), 0.01)

    def test_a_whole_film_is_cut_like_a_cutout_and_boxes_outside_are_ignored(self):
        film, shape = self.whole(), self.loaded()[0]
        film.boxes = np.array([[22, 40, 34, 60], [90, 0, 96, 10]], np.float32)
        film.labels = np.zeros(2, np.int64)
        cut = cutouts.cut_like(film, shape, Always('black'), [])
        self.assertEqual((cut.boxes.tolist(), cut.ignored.tolist()), ([[22, 40, 34, 60]], [[90, 0, 96, 10]]))
        self.assertEqual((len(cut.labels), len(film.boxes)), (1, 2))
        self.assertEqual((cut.pixels[50, 28] > 0, cut.pixels[5, 93]), (True, 0))

    def test_a_picture_without_lungs_is_refused_by_name(self):
        film = self.loaded()[0]
        cv2.imwrite(str(film.path), np.zeros((96, 96), np.uint8))
        with self.assertRaisesRegex(films.DataError, r'films.csv:2: .*cut0.png is not a cut-out'):
            cutouts.load_cutout(film)

    def test_a_run_takes_cutouts_beside_whole_films_and_replacements_for_some(self):
        draw_set(self.folder / 'set')
        better = draw_set(self.folder / 'better', seed=5)
        draw_cutouts(self.folder / 'cut')
        command = [sys.executable, str(ROOT / 'train.py'), '--cfg', str(self.cfg()), '--threads', '1']
        command += [
            '--data',
            f'{self.folder / "set"}=1',
            '--cutouts',
            f'{self.folder / "cut"}=2',
            '--replace',
            str(better),
        ]
        command += ['--images', '32', '--epoch', '16', '--batch', '8', '--mosaic', '0.3', '--precision', 'float32']
        ended = subprocess.run([*command, '--out', str(self.folder / 'out')], capture_output=True, text=True)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn('cut: 4 training films, 2 with boxes', ended.stdout)
        self.assertTrue((self.folder / 'out' / 'last.weights').exists())


if __name__ == '__main__':
    unittest.main()
