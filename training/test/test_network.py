"""network.py, darknet.py, yolov3.py: a cfg as a module, weights in and out."""

import subprocess
import sys
import unittest

import torch

from drawn import ROOT, Drawn

import darknet
import network


class Network(Drawn):
    def test_weights_come_back_as_they_were_written(self):
        cfg = self.cfg()
        one, other = network.Darknet(cfg), network.Darknet(cfg)
        one.save(self.folder / 'a.weights', seen=7)
        other.load(self.folder / 'a.weights')
        other.save(self.folder / 'b.weights', seen=7)
        self.assertEqual((self.folder / 'a.weights').read_bytes(), (self.folder / 'b.weights').read_bytes())
        self.assertEqual(darknet.read_weights(self.folder / 'a.weights')[1], 7)
        x = torch.rand(1, 3, 96, 96)
        for a, b in zip(one.eval()(x), other.eval()(x)):
            self.assertTrue(torch.equal(a, b))

    def test_heads_have_the_strides_of_yolov3(self):
        heads = network.Darknet(self.cfg(classes=3))(torch.rand(2, 3, 96, 96))
        self.assertEqual([tuple(head.shape) for head in heads], [(2, 24, 3, 3), (2, 24, 6, 6), (2, 24, 12, 12)])

    def test_weights_of_another_cfg_are_refused_by_name(self):
        network.Darknet(self.cfg()).save(self.folder / 'a.weights')
        other = network.Darknet(self.cfg(classes=2))
        with self.assertRaisesRegex(darknet.WeightsError, 'a.weights.*another cfg'):
            other.load(self.folder / 'a.weights')

    def test_a_backbone_fills_the_first_convolutions_only(self):
        source = network.Darknet(self.cfg())
        source.save(self.folder / 'a.weights')
        numbers = sum(t.numel() for layer in source.convolutions()[:5] for t in layer.tensors())
        data = (self.folder / 'a.weights').read_bytes()
        (self.folder / 'cut.weights').write_bytes(data[: 20 + 4 * numbers])
        self.assertEqual(network.Darknet(self.cfg()).load(self.folder / 'cut.weights', partial=True), 5)
        (self.folder / 'torn.weights').write_bytes(data[: 20 + 4 * numbers + 40])
        with self.assertRaisesRegex(darknet.WeightsError, 'do not end at a convolution'):
            network.Darknet(self.cfg()).load(self.folder / 'torn.weights', partial=True)

    def test_the_rest_goes_on_from_the_map_of_a_front(self):
        net = network.Darknet(self.cfg()).eval()
        # stem, then stages of 1 + 2 convolutions: after three stages, 10 convolutions and 3 shortcuts
        front = net.front_of(10)
        self.assertEqual(front, 13)
        x = torch.rand(1, 3, 96, 96)
        for whole, parts in zip(net(x), net(net(x, stop=front), start=front)):
            self.assertTrue(torch.equal(whole, parts))
        with self.assertRaisesRegex(darknet.WeightsError, 'reaches back'):
            net.front_of(14)

    def test_a_pointer_of_git_lfs_is_named_as_one(self):
        (self.folder / 'lfs.weights').write_text('version https://git-lfs.github.com/spec/v1\noid sha256:00\n')
        with self.assertRaisesRegex(darknet.WeightsError, 'Git LFS'):
            darknet.read_weights(self.folder / 'lfs.weights')

    def test_a_fault_in_a_cfg_is_named_with_its_line(self):
        (self.folder / 'bad.cfg').write_text('[net]\nwidth=32\nheight=32\n\n[crop]\nflip=1\n')
        with self.assertRaisesRegex(darknet.WeightsError, r'bad.cfg:5: \[crop\]'):
            network.Darknet(self.folder / 'bad.cfg')
        faults = {
            '[net]\nheight=32\n': r'bad.cfg:1: \[net\]: no width=',
            '[net]\nwidth=32\nheight=32\n\n[convolutional]\nsize=3\n': r'bad.cfg:5: \[convolutional\]: no filters=',
        }
        for text, message in faults.items():
            (self.folder / 'bad.cfg').write_text(text)
            with self.assertRaisesRegex(darknet.WeightsError, message):
                network.Darknet(self.folder / 'bad.cfg')

    def test_six_anchors_are_refused_before_a_cfg_is_written(self):
        command = [sys.executable, ROOT / 'network.py', '--write-cfg', self.folder / 'six.cfg']
        ended = subprocess.run([*command, '--anchors', '1,2,3,4,5,6,7,8,9,10,11,12'], capture_output=True, text=True)
        self.assertEqual((ended.returncode, (self.folder / 'six.cfg').exists()), (1, False))
        self.assertRegex(ended.stderr, '^error: .*12 numbers.*nine pairs')


if __name__ == '__main__':
    unittest.main()
