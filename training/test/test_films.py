"""films.py: sets and films as they are read."""

import tempfile
import unittest
from pathlib import Path

import cv2
import numpy as np

from drawn import Drawn, draw_set

import films


class Films(Drawn):
    def read(self, folder):
        return films.read_set(folder, ['opacity'], [])

    def test_a_patient_in_two_splits_is_an_error_with_both_lines(self):
        folder = draw_set(self.folder / 'set')
        text = (folder / 'films.csv').read_text().replace('1.png,drawn,p0,train', '1.png,drawn,p0,val')
        (folder / 'films.csv').write_text(text)
        with self.assertRaisesRegex(
            films.DataError, r'films.csv:3: patient p0 is in val here and in train at .*films.csv:2'
        ):
            self.read(folder)

    def test_a_patient_in_two_sets_is_noticed_and_an_unknown_one_is_nobody(self):
        one, other = draw_set(self.folder / 'one'), draw_set(self.folder / 'other')
        for folder in (one, other):
            path = folder / 'films.csv'
            path.write_text(path.read_text().replace(',p1,', ',,').replace(',p5,', ',,'))
        path = other / 'films.csv'
        path.write_text(path.read_text().replace(',p0,train', ',p0,val'))
        of_patient = {}
        films.read_set(one, ['opacity'], [], of_patient)
        with self.assertRaisesRegex(
            films.DataError, r'other.films.csv:2: patient p0 is in val here and in train at .*one.films.csv:2'
        ):
            films.read_set(other, ['opacity'], [], of_patient)

    def test_rows_of_films_that_cannot_be_placed_are_errors(self):
        for row, message in [
            ('0.png,drawn,p9,train', 'as many cells'),
            ('0.png,drawn,p9,train,,more', 'as many cells'),
            ('0.png,drawn,p9,Val,', "'Val' is not one of train"),
        ]:
            folder = draw_set(self.folder / str(len(row)))
            (folder / 'films.csv').write_text(f'image,source,patient,split,finding\n{row}\n')
            with self.assertRaisesRegex(films.DataError, rf'films.csv:2: .*{message}'):
                self.read(folder)

    def test_bad_rows_are_errors_with_file_and_line(self):
        for row, message in [
            ('0.png,1,2,3,4,nodule', 'nodule'),
            ('0.png,9,2,3,4,opacity', 'no area'),
            ('x.png,1,2,3,4,opacity', 'not in films.csv'),
            ('0.png,a,2,3,4,opacity', 'four numbers'),
            ('0.png,1,2,3,1e999,opacity', 'no area'),
            (f'0.png,1,2,3,{"4" * 200000},opacity', 'field limit'),
        ]:
            folder = draw_set(Path(tempfile.mkdtemp(dir=self.folder)) / 'set')
            with open(folder / 'annotations.csv', 'a') as file:
                file.write(row + '\n')
            with self.assertRaisesRegex(films.DataError, rf'annotations.csv:8: .*{message}'):
                self.read(folder)

    def test_text_that_is_not_utf_8_is_an_error_with_its_line(self):
        folder = draw_set(self.folder / 'set')
        with open(folder / 'films.csv', 'ab') as file:
            file.write('Röntgen.png,drawn,p9,train,\n'.encode('latin-1'))
        with self.assertRaisesRegex(films.DataError, r'films.csv:14: the text is not UTF-8'):
            self.read(folder)

    def test_a_box_that_is_not_on_its_film_is_an_error_with_its_line(self):
        folder = draw_set(self.folder / 'set')
        for row, message in [
            (
                '0.png,90,2,97,9,opacity',
                r'annotations.csv:8: the box \[90.0, 2.0, 97.0, 9.0\] is not on the film, which has 96 x 96 pixels',
            ),
            ('0.png,-1,2,3,4,opacity', 'is not on'),
        ]:
            text = (folder / 'annotations.csv').read_text()
            (folder / 'annotations.csv').write_text(f'{text}{row}\n')
            with self.assertRaisesRegex(films.DataError, message):
                films.load_pixels(self.read(folder)[0])
            (folder / 'annotations.csv').write_text(text)

    def test_an_empty_row_is_a_film_without_boxes(self):
        folder = draw_set(self.folder / 'set')
        with open(folder / 'annotations.csv', 'a') as file:
            file.write('1.png,,,,,\n')
        self.assertEqual([film.positive for film in self.read(folder)[:2]], [True, False])

    def test_a_film_that_does_not_decode_is_an_error_with_its_name(self):
        folder = draw_set(self.folder / 'set')
        (folder / 'images' / '0.png').write_bytes(b'no picture')
        with self.assertRaisesRegex(films.DataError, r'films.csv:2: .*0.png does not decode'):
            films.load_pixels(self.read(folder)[0])
        noise = np.random.default_rng(0).integers(0, 255, (96, 96), dtype=np.uint8)
        whole = cv2.imencode('.jpg', noise)[1].tobytes()
        (folder / 'images' / '0.png').write_bytes(whole)
        films.load_pixels(self.read(folder)[0])
        (folder / 'images' / '0.png').write_bytes(whole[: len(whole) // 2])  # OpenCV would fill it up with grey.
        with self.assertRaisesRegex(films.DataError, r'films.csv:2: .*0.png does not decode'):
            films.load_pixels(self.read(folder)[0])

    def test_the_stretch_takes_the_nearest_rank(self):
        # 100 pixels 0..99: the smallest grey that 1 % reach is 0, 99 % reach 98: round((50 - 0) * 255 / 98) = 130.
        cv2.imwrite(str(self.folder / 'ramp.png'), np.arange(100, dtype=np.uint8).reshape(10, 10))
        self.assertEqual(films.read_film(self.folder / 'ramp.png')[5, 0], 130)

    def test_sixteen_bits_are_stretched_before_they_are_eight(self):
        # The same ramp on the darkest 100 of 65536 levels, as 12-bit films lie on the lowest sixteenth.
        cv2.imwrite(str(self.folder / 'deep.png'), np.arange(100, dtype=np.uint16).reshape(10, 10))
        self.assertEqual(films.read_film(self.folder / 'deep.png')[5, 0], 130)
        cv2.imwrite(str(self.folder / 'flat.png'), np.full((4, 4), 0x1234, np.uint16))
        self.assertEqual(films.read_film(self.folder / 'flat.png')[0, 0], 0x12)

    def test_attributes_are_unknown_on_films_of_sources_that_never_name_one(self):
        folder = draw_set(self.folder / 'set')
        text = (folder / 'films.csv').read_text().splitlines()
        text[1] = '0.png,a,p0,train,Typical Appearance'
        text[2] = '1.png,a,p0,train,Negative'
        (folder / 'films.csv').write_text('\n'.join(text))
        read = films.read_set(folder, ['opacity'], ['atypical', 'typical'])
        self.assertEqual([film.attribute for film in read[:3]], [1, -1, None])


if __name__ == '__main__':
    unittest.main()
