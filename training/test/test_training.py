"""python -m unittest discover -s training/test   (from the project's root; needs PyTorch, OpenCV, NumPy)"""
import csv
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import cv2
import numpy as np
import torch

from drawn import ROOT, Drawn, draw_set, write

import assign
import films
import from_model
import loss
import network
import train


class Network(Drawn):
    def test_weights_come_back_as_they_were_written(self):
        cfg = self.cfg()
        one, other = network.Darknet(cfg), network.Darknet(cfg)
        one.save(self.folder / 'a.weights', seen=7)
        other.load(self.folder / 'a.weights')
        other.save(self.folder / 'b.weights', seen=7)
        self.assertEqual((self.folder / 'a.weights').read_bytes(), (self.folder / 'b.weights').read_bytes())
        self.assertEqual(network.read_weights(self.folder / 'a.weights')[1], 7)
        x = torch.rand(1, 3, 96, 96)
        for a, b in zip(one.eval()(x), other.eval()(x)):
            self.assertTrue(torch.equal(a, b))

    def test_heads_have_the_strides_of_yolov3(self):
        heads = network.Darknet(self.cfg(classes=3))(torch.rand(2, 3, 96, 96))
        self.assertEqual([tuple(head.shape) for head in heads], [(2, 24, 3, 3), (2, 24, 6, 6), (2, 24, 12, 12)])

    def test_weights_of_another_cfg_are_refused_by_name(self):
        network.Darknet(self.cfg()).save(self.folder / 'a.weights')
        other = network.Darknet(self.cfg(classes=2))
        with self.assertRaisesRegex(network.WeightsError, 'a.weights.*another cfg'):
            other.load(self.folder / 'a.weights')

    def test_a_backbone_fills_the_first_convolutions_only(self):
        source = network.Darknet(self.cfg())
        source.save(self.folder / 'a.weights')
        numbers = sum(t.numel() for layer in source.convolutions()[:5] for t in layer.tensors())
        data = (self.folder / 'a.weights').read_bytes()
        (self.folder / 'cut.weights').write_bytes(data[:20 + 4 * numbers])
        self.assertEqual(network.Darknet(self.cfg()).load(self.folder / 'cut.weights', partial=True), 5)
        (self.folder / 'torn.weights').write_bytes(data[:20 + 4 * numbers + 40])
        with self.assertRaisesRegex(network.WeightsError, 'do not end at a convolution'):
            network.Darknet(self.cfg()).load(self.folder / 'torn.weights', partial=True)

    def test_the_rest_goes_on_from_the_map_of_a_front(self):
        net = network.Darknet(self.cfg()).eval()
        # stem, then stages of 1 + 2 convolutions: after three stages, 10 convolutions and 3 shortcuts
        front = net.front_of(10)
        self.assertEqual(front, 13)
        x = torch.rand(1, 3, 96, 96)
        for whole, parts in zip(net(x), net(net(x, stop=front), start=front)):
            self.assertTrue(torch.equal(whole, parts))
        with self.assertRaisesRegex(network.WeightsError, 'reaches back'):
            net.front_of(14)

    def test_a_pointer_of_git_lfs_is_named_as_one(self):
        (self.folder / 'lfs.weights').write_text('version https://git-lfs.github.com/spec/v1\noid sha256:00\n')
        with self.assertRaisesRegex(network.WeightsError, 'Git LFS'):
            network.read_weights(self.folder / 'lfs.weights')

    def test_a_fault_in_a_cfg_is_named_with_its_line(self):
        (self.folder / 'bad.cfg').write_text('[net]\nwidth=32\nheight=32\n\n[crop]\nflip=1\n')
        with self.assertRaisesRegex(network.WeightsError, r'bad.cfg:5: \[crop\]'):
            network.Darknet(self.folder / 'bad.cfg')
        for text, message in [('[net]\nheight=32\n', r'bad.cfg:1: \[net\]: no width='), ('[net]\nwidth=32\nheight=32\n\n[convolutional]\nsize=3\n', r'bad.cfg:5: \[convolutional\]: no filters=')]:
            (self.folder / 'bad.cfg').write_text(text)
            with self.assertRaisesRegex(network.WeightsError, message):
                network.Darknet(self.folder / 'bad.cfg')

    def test_six_anchors_are_refused_before_a_cfg_is_written(self):
        ended = subprocess.run([sys.executable, ROOT / 'network.py', '--write-cfg', self.folder / 'six.cfg', '--anchors', '1,2,3,4,5,6,7,8,9,10,11,12'], capture_output=True, text=True)
        self.assertEqual((ended.returncode, (self.folder / 'six.cfg').exists()), (1, False))
        self.assertRegex(ended.stderr, '^error: .*12 numbers.*nine pairs')


class Films(Drawn):
    def read(self, folder):
        return films.read_set(folder, ['opacity'], [])

    def test_a_patient_in_two_splits_is_an_error_with_both_lines(self):
        folder = draw_set(self.folder / 'set')
        text = (folder / 'films.csv').read_text().replace('1.png,drawn,p0,train', '1.png,drawn,p0,val')
        (folder / 'films.csv').write_text(text)
        with self.assertRaisesRegex(films.DataError, r'films.csv:3: patient p0 is in val here and in train at .*films.csv:2'):
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
        with self.assertRaisesRegex(films.DataError, r'other.films.csv:2: patient p0 is in val here and in train at .*one.films.csv:2'):
            films.read_set(other, ['opacity'], [], of_patient)

    def test_rows_of_films_that_cannot_be_placed_are_errors(self):
        for row, message in [('0.png,drawn,p9,train', 'as many cells'), ('0.png,drawn,p9,train,,more', 'as many cells'), ('0.png,drawn,p9,Val,', "'Val' is none of train")]:
            folder = draw_set(self.folder / str(len(row)))
            (folder / 'films.csv').write_text(f'image,source,patient,split,finding\n{row}\n')
            with self.assertRaisesRegex(films.DataError, rf'films.csv:2: .*{message}'):
                self.read(folder)

    def test_bad_rows_are_errors_with_file_and_line(self):
        for row, message in [('0.png,1,2,3,4,nodule', 'nodule'), ('0.png,9,2,3,4,opacity', 'no area'), ('x.png,1,2,3,4,opacity', 'not in films.csv'),
                             ('0.png,a,2,3,4,opacity', 'four numbers'), ('0.png,1,2,3,1e999,opacity', 'no area'), (f'0.png,1,2,3,{"4" * 200000},opacity', 'field limit')]:
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
        for row, message in [('0.png,90,2,97,9,opacity', r'annotations.csv:8: the box \[90.0, 2.0, 97.0, 9.0\] is not on the film, which has 96 x 96 pixels'), ('0.png,-1,2,3,4,opacity', 'is not on')]:
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
        (folder / 'images' / '0.png').write_bytes(whole[:len(whole) // 2])  # OpenCV would fill it up with grey.
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

    def test_boxes_follow_the_pixels_through_every_warp(self):
        film = self.read(draw_set(self.folder / 'set', size=128))[0]
        film.pixels = films.read_film(film.path)
        for seed in range(40):
            pixels, boxes, labels = films.augmented(film, 128, np.random.default_rng(seed), strength=1.0)
            self.assertEqual(len(boxes), len(labels))
            for x0, y0, x1, y1 in boxes:
                inside = pixels[int(y0) + 3:int(y1) - 3, int(x0) + 3:int(x1) - 3]
                outside = pixels.astype(float).sum() - inside.astype(float).sum()
                ring = outside / (pixels.size - inside.size)
                self.assertGreater(inside.mean(), ring + 20)

    def test_attributes_are_unknown_on_films_of_sources_that_never_name_one(self):
        folder = draw_set(self.folder / 'set')
        text = (folder / 'films.csv').read_text().splitlines()
        text[1] = '0.png,a,p0,train,Typical Appearance'
        text[2] = '1.png,a,p0,train,Negative'
        (folder / 'films.csv').write_text('\n'.join(text))
        read = films.read_set(folder, ['opacity'], ['atypical', 'typical'])
        self.assertEqual([film.attribute for film in read[:3]], [1, -1, None])


class Loss(Drawn):
    def test_ciou_of_equal_boxes_is_one_and_falls_with_distance(self):
        box = torch.tensor([[10., 10., 30., 50.]])
        self.assertAlmostEqual(loss.ciou(box, box).item(), 1.0, places=5)
        # IoU 0; centres 40 apart, hull 60 x 40: -1600 / (3600 + 1600)
        self.assertAlmostEqual(loss.ciou(box, box + torch.tensor([40., 0., 40., 0.])).item(), -1600 / 5200, places=4)

    def test_iou_of_boxes_that_share_a_third(self):
        a, b = torch.tensor([[0., 0., 20., 10.]]), torch.tensor([[10., 0., 30., 10.]])
        self.assertAlmostEqual(loss.iou(a, b).item(), 100 / 300, places=5)

    def test_a_box_goes_to_its_cell_and_the_two_nearest(self):
        anchors = torch.tensor([[30., 30.], [200., 200.]])
        _, box = assign.flattened([(np.array([[37., 22., 67., 52.]]), None)], 'cpu')
        which, anchor, row, column = assign.places(box, anchors, 16, 8, 8, 3.0)
        # centre (52, 37) / 16 = (3.25, 2.31): cell (3, 2), to the left (2, 2), above (3, 1)
        self.assertEqual(sorted(zip(column.tolist(), row.tolist())), [(2, 2), (3, 1), (3, 2)])
        self.assertEqual((set(anchor.tolist()), set(which.tolist())), ({0}, {0}))
        # 30 x 30 against an anchor of 200 x 200 is a factor of 6.7.
        self.assertEqual(set(assign.places(box, anchors, 16, 8, 8, 7.0)[1].tolist()), {0, 1})

    def test_only_the_best_aligned_places_of_each_box_are_taught(self):
        which = torch.tensor([0, 1, 0, 0, 1])
        # confidence x overlap^6: box 0 has .5, .9 x .7^6 = .106 and .1; box 1 has .8 and 0
        overlap, confidence = torch.tensor([1.0, 1.0, 0.7, 1.0, -0.2]), torch.tensor([0.5, 0.8, 0.9, 0.1, 0.9])
        self.assertEqual(assign.aligned(which, overlap, confidence, 1).tolist(), [True, True, False, False, False])
        self.assertEqual(assign.aligned(which, overlap, confidence, 2).tolist(), [True, True, True, False, True])

    def test_focus_spares_what_is_right_already(self):
        logits, wanted = torch.tensor([0.0, 4.0]), torch.tensor([0.5, 1.0])
        # Entropy of a half at the right place: weight |0.5 - 0.5| = 0. The other: (1 - .982014)^2 x .01815 x 4 / 2
        self.assertAlmostEqual(loss.presence_loss(logits, wanted, 2.0).item(), 0.017986 ** 2 * 0.01815 * 2, places=6)
        self.assertAlmostEqual(loss.presence_loss(logits, wanted, 0.0).item(), (0.693147 + 0.01815) / 2, places=4)

    def test_films_of_unknown_label_teach_nothing(self):
        logits = torch.zeros(2, 1, 2, 2, 1, requires_grad=True)
        loss.masked_loss(logits, torch.tensor([[float('nan')], [1.0]])).backward()
        self.assertEqual(logits.grad[0].abs().sum().item(), 0)
        self.assertGreater(logits.grad[1].abs().sum().item(), 0)

    def test_noisy_edges_stay_in_order_and_none_is_moved_without_noise(self):
        boxes = np.array([[10, 20, 30, 60]], np.float32)
        self.assertTrue((train.with_noisy_edges(boxes, 0.0, None) == boxes).all())
        noisy = np.concatenate([train.with_noisy_edges(boxes, 0.5, np.random.default_rng(i)) for i in range(200)])
        self.assertTrue((noisy[:, 2:] > noisy[:, :2]).all())
        self.assertGreater(noisy[:, 0].std(), 3)


class ServedModel(Drawn):
    def test_a_network_with_folded_norms_says_the_same_with_norms_again(self):
        net = network.Darknet(self.cfg()).eval()
        pairs = []
        for layer in net.convolutions():
            kernel = layer.conv.weight.detach().numpy()
            bias = layer.conv.bias.detach().numpy() if layer.norm is None else np.linspace(-0.3, 0.3, len(kernel), dtype=np.float32)
            pairs.append((kernel, bias))
        from_model.take(net, pairs)
        films_ = torch.rand(4, 3, 96, 96)
        before = [head.detach() for head in net(films_)]
        from_model.give_norms(net, films_, batch=2)
        for a, b in zip(before, net.eval()(films_)):
            self.assertLess((a - b).abs().max().item(), 1e-3)
        # In training, by the films' own statistics, it says nearly the same, too: that is what the norms are for.
        norm = net.convolutions()[0].norm
        self.assertGreater((norm.running_var - 1).abs().max().item(), 0.01)

    def test_a_model_of_another_cfg_is_refused(self):
        with self.assertRaisesRegex(network.WeightsError, 'not those of the model'):
            from_model.take(network.Darknet(self.cfg()), [])


class Validation(unittest.TestCase):
    class OneFilm:
        def __init__(self, boxes):
            self.boxes = np.array(boxes, float).reshape(-1, 4)

    def test_average_precision_by_hand(self):
        films_ = [self.OneFilm([[0, 0, 10, 10], [20, 20, 30, 30]]), self.OneFilm([])]
        found = [(np.array([[0, 0, 10, 10.], [50, 50, 60, 60], [20, 20, 30, 30]]), np.array([.9, .8, .3])), (np.array([[0, 0, 5, 5.]]), np.array([.5]))]
        # recall 1/2 at precision 1; recall 1 at precision 2/4: (51 * 1 + 50 * 0.5) / 101
        self.assertAlmostEqual(train.average_precision(found, films_, 0.5), (51 + 25) / 101)

    def test_auc_counts_ties_half(self):
        self.assertAlmostEqual(train.auc([.9, .5, .5, .1], [1, 1, 0, 0]), 0.875)

    def test_suppression_keeps_the_better_of_two(self):
        boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [30, 30, 40, 40.]])
        self.assertEqual(network.suppress(boxes, np.array([.9, .8, .7])), [0, 2])


class Run(Drawn):
    def command(self, out, images, *more):
        return [sys.executable, str(ROOT / 'train.py'), '--cfg', str(self.cfg()), '--data', str(self.folder / 'set'), '--out', str(self.folder / out),
                '--images', '48', '--epoch', '16', '--batch', '8', '--size', '96', '--threads', '1', '--stop-after', str(images), *more]

    def test_a_run_that_was_stopped_goes_on_and_ends_as_if_it_had_not_been(self):
        draw_set(self.folder / 'set')
        environment = {**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'}
        for out, stops in (('whole', [48]), ('twice', [16, 48])):
            for images in stops:
                subprocess.run(self.command(out, images), check=True, env=environment, stdout=subprocess.DEVNULL)
        whole, twice = ((self.folder / out / 'last.weights').read_bytes() for out in ('whole', 'twice'))
        self.assertEqual(whole, twice)
        with open(self.folder / 'twice' / 'log.csv') as file:
            self.assertEqual([row['images'] for row in csv.DictReader(file)], ['16', '32', '48'])

    def test_an_epoch_whose_checkpoint_was_not_written_is_logged_once(self):
        log = self.folder / 'log.csv'
        for images, loss in ((16, 3), (32, 2), (32, 2), (48, 1)):
            train.write_row(log, {'epoch': images // 16, 'images': images, 'box': loss})
        with open(log) as file:
            self.assertEqual([row['images'] for row in csv.DictReader(file)], ['16', '32', '48'])

    def test_a_checkpoint_of_another_cfg_is_named(self):
        draw_set(self.folder / 'set')
        subprocess.run(self.command('out', 16), check=True, stdout=subprocess.DEVNULL)
        command = self.command('out', 32)
        self.cfg(film_gate=8)
        ended = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r'^error: .*checkpoint.pt: weights of another cfg than .*tiny.cfg is now')

    def test_a_frozen_front_stays_as_it_was_and_its_maps_are_shown_again(self):
        draw_set(self.folder / 'set')
        network.Darknet(self.cfg()).save(self.folder / 'start.weights')
        subprocess.run(self.command('out', 48, '--init', str(self.folder / 'start.weights'), '--freeze', '10', '--replay', '2'), check=True,
                       stdout=subprocess.DEVNULL)
        before, after = network.Darknet(self.cfg()), network.Darknet(self.cfg())
        before.load(self.folder / 'start.weights')
        after.load(self.folder / 'out' / 'last.weights')
        same = [all(torch.equal(a, b) for a, b in zip(one.tensors(), other.tensors())) for one, other in zip(before.convolutions(), after.convolutions())]
        self.assertEqual(same[:10], [True] * 10)
        self.assertFalse(any(same[10:]))

    def test_another_command_does_not_go_on_with_the_run(self):
        draw_set(self.folder / 'set')
        subprocess.run(self.command('out', 16), check=True, stdout=subprocess.DEVNULL)
        ended = subprocess.run(self.command('out', 32, '--rate', '0.5'), capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r'^error: .*command.json: this run was begun with --rate 0.0012;')
        self.assertIn('"rate": 0.0012', (self.folder / 'out' / 'command.json').read_text())

    def test_a_run_that_nothing_could_judge_is_refused(self):
        folder = draw_set(self.folder / 'set')
        rows = (folder / 'annotations.csv').read_text().splitlines()
        (folder / 'annotations.csv').write_text('\n'.join(row for row in rows if row.split(',')[0] not in ('8.png', '10.png')) + '\n')
        ended = subprocess.run(self.command('out', 16), capture_output=True, text=True)
        self.assertRegex(ended.stderr, r'^error: .*no film with split=val has a box')

    def test_the_size_grows_between_epochs_also_over_a_frozen_front(self):
        draw_set(self.folder / 'set')
        command = self.command('out', 48, '--freeze', '10', '--replay', '2')
        command[command.index('--size') + 1] = '64:0.5,96:1'
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(self.folder / 'out' / 'log.csv') as file:
            self.assertEqual([row['size'] for row in csv.DictReader(file)], ['64', '64', '96'])

    def test_a_fault_in_the_data_ends_the_run_in_one_line(self):
        draw_set(self.folder / 'set')
        (self.folder / 'set' / 'images' / '2.png').unlink()
        ended = subprocess.run(self.command('out', 16), capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r'^error: .*films.csv:4: .*2.png is missing\n$')


if __name__ == '__main__':
    unittest.main()
