"""leave_out.py, mean.py, widen.py: what can be done with weights outside a run."""

import subprocess
import sys
import unittest

import numpy as np
import torch

from drawn import ROOT, Drawn

import network


class Tools(Drawn):
    def test_a_class_that_is_left_out_takes_nothing_with_it(self):
        cfg = self.cfg(classes=3)
        whole = network.Darknet(cfg)
        whole.save(self.folder / 'whole.weights')
        subprocess.run(
            [
                sys.executable,
                ROOT / 'leave_out.py',
                cfg,
                self.folder / 'whole.weights',
                '--keep',
                '0,2',
                '--out',
                self.folder / 'part',
            ],
            check=True,
        )
        part = network.Darknet(self.folder / 'part.cfg')
        part.load(self.folder / 'part.weights')
        film = torch.rand(1, 3, 96, 96)
        for one, other in zip(whole.eval()(film), part.eval()(film)):
            one = one.view(1, 3, 8, *one.shape[2:])[:, :, [0, 1, 2, 3, 4, 5, 7]]
            self.assertTrue(torch.allclose(one.reshape(other.shape), other, atol=1e-5))

    def test_a_mean_counts_each_weights_by_its_share(self):
        cfg = self.cfg()
        ones, fives = network.Darknet(cfg), network.Darknet(cfg)
        for net, value in ((ones, 1.0), (fives, 5.0)):
            with torch.no_grad():
                for layer in net.convolutions():
                    for tensor in layer.tensors():
                        tensor.fill_(value)
            net.save(self.folder / f'{value:g}.weights')
        command = [
            sys.executable,
            ROOT / 'mean.py',
            cfg,
            self.folder / '1.weights',
            self.folder / '5.weights',
            '--out',
            self.folder / 'mean.weights',
        ]
        for more, expected in (([], 3.0), (['--shares', '3,1'], 2.0)):
            subprocess.run([*command, *more], check=True)
            numbers, _ = network.read_weights(self.folder / 'mean.weights')
            self.assertTrue(np.allclose(numbers, expected))
        self.assertEqual(subprocess.run([*command, '--shares', '1'], capture_output=True).returncode, 1)

    def test_a_wider_network_says_what_the_narrower_one_said(self):
        cfg = self.cfg()
        narrow = network.Darknet(cfg)
        with torch.no_grad():
            for layer in narrow.convolutions():
                if layer.norm is not None:
                    for tensor in (layer.norm.weight, layer.norm.running_var):
                        tensor.uniform_(0.5, 1.5)
                    for tensor in (layer.norm.bias, layer.norm.running_mean):
                        tensor.normal_()
        narrow.save(self.folder / 'narrow.weights')
        wide = self.cfg('wide.cfg', widths=[4, 6, 8, 16, 16, 20], neck_widths=[8, 6, 8])
        command = [sys.executable, ROOT / 'widen.py', cfg, self.folder / 'narrow.weights']
        subprocess.run([*command, wide, '--out', self.folder / 'wide.weights'], check=True)
        wider = network.Darknet(wide)
        wider.load(self.folder / 'wide.weights')
        film = torch.rand(2, 3, 96, 96)
        for one, other in zip(narrow.eval()(film), wider.eval()(film)):
            self.assertGreater(one.abs().max(), 0.1)
            self.assertTrue(torch.allclose(one, other, rtol=1e-3, atol=1e-4))
        kernels = next(c.conv.weight for c in wider.convolutions() if c.conv.weight.shape == (8, 16, 1, 1))
        self.assertFalse(torch.allclose(kernels[0], kernels[4]), 'copies with the same shares would stay copies')
        narrower = self.cfg('narrower.cfg', widths=[4, 4, 8, 8, 8, 4])
        refused = subprocess.run(
            [*command, narrower, '--out', self.folder / 'none.weights'], capture_output=True, text=True
        )
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r'narrower.cfg:\d+: 4 filters, but the narrower network has 8')


if __name__ == '__main__':
    unittest.main()
