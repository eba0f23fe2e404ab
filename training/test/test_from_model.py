"""from_model.py: a served model as weights from which training starts."""

import importlib.util
import subprocess
import sys
import unittest

import numpy as np
import torch

from drawn import ROOT, Drawn, draw_set, serve

import darknet
import from_model
import network


class ServedModel(Drawn):
    def test_a_network_with_folded_norms_says_the_same_with_norms_again(self):
        net = network.Darknet(self.cfg()).eval()
        pairs = []
        for layer in net.convolutions():
            kernel = layer.conv.weight.detach().numpy()
            bias = (
                layer.conv.bias.detach().numpy()
                if layer.norm is None
                else np.linspace(-0.3, 0.3, len(kernel), dtype=np.float32)
            )
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

    def test_filters_get_the_size_back_that_they_have_in_training(self):
        kernel = torch.tensor([[3.0, 4.0], [0.003, 0.004]])[:, :, None, None]
        # Fan-in 2: sqrt(2 / 2) = 1. Root mean squares sqrt(12.5) and a thousandth of it.
        expected = from_model.SIZE / torch.tensor([12.5**0.5, 12.5**0.5 / 1000])
        self.assertTrue(torch.allclose(from_model.scales(kernel), expected))
        self.assertLessEqual(from_model.scales(kernel * 0).max().item(), 1000)

    def test_a_model_of_another_cfg_is_refused(self):
        with self.assertRaisesRegex(darknet.WeightsError, 'not those of the model'):
            from_model.take(network.Darknet(self.cfg()), [])

    @unittest.skipUnless(importlib.util.find_spec('onnx'), 'needs onnx')
    def test_what_is_served_comes_back_as_weights_that_a_run_goes_on_from(self):
        trained = network.Darknet(self.cfg())
        for layer in trained.convolutions():
            if layer.norm is not None:
                torch.nn.init.uniform_(layer.norm.weight, 0.5, 1.5)
                torch.nn.init.normal_(layer.norm.bias)
        (self.folder / 'model').mkdir()
        serve(trained, self.folder / 'model' / 'model.onnx')
        set_, weights = draw_set(self.folder / 'set'), self.folder / 'again.weights'
        command = [sys.executable, str(ROOT / 'from_model.py'), str(self.folder / 'model'), '--cfg', str(self.cfg())]
        subprocess.run([*command, '--data', str(set_), '--out', str(weights)], check=True, stdout=subprocess.DEVNULL)
        again = network.Darknet(self.cfg())
        again.load(weights)
        film = torch.rand(2, 3, 96, 96)
        for one, other in zip(trained.eval()(film), again.eval()(film)):
            # Kernels were stored in half precision.
            self.assertTrue(torch.allclose(one, other, rtol=1e-2, atol=1e-2))
        run = ['--out', str(self.folder / 'run'), '--images', '16', '--epoch', '16', '--batch', '8', '--threads', '1']
        train = [sys.executable, str(ROOT / 'train.py'), '--cfg', str(self.cfg()), '--data', str(set_), *run]
        subprocess.run([*train, '--init', str(weights)], check=True, stdout=subprocess.DEVNULL)


if __name__ == '__main__':
    unittest.main()
