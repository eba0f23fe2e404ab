"""from_model.py: a served model as weights that training goes on from."""

import unittest

import numpy as np
import torch

from drawn import Drawn

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

    def test_a_model_of_another_cfg_is_refused(self):
        with self.assertRaisesRegex(darknet.WeightsError, 'not those of the model'):
            from_model.take(network.Darknet(self.cfg()), [])


if __name__ == '__main__':
    unittest.main()
