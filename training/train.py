"""Trains a darknet .cfg on chest films and writes .weights.

    python train.py --cfg net.cfg --data ../data/cxr-opacity --data ../data/cxr-opacity-299 --out runs/first
    python train.py --cfg net.cfg --data ... --init darknet53.conv.74 --freeze 26 --out runs/transfer

The same command resumes a stopped run: `--out` holds a checkpoint of the last epoch, `log.csv` and `best.weights`.
On the CPU: bf16 autocast and channels_last. CUDA is used if present. The same seed gives the same run.
"""

import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from batches import Views
from darknet import WeightsError
from films import DataError
from loss import loss_of
from network import Darknet
from options import keep_command, options
from runlog import plot, write_row
from validate import validate


KEPT = ('seen', 'seconds', 'best', 'best_at')  # what a checkpoint holds besides the weights


def main():
    args = options(__doc__)
    torch.manual_seed(args.seed)
    if args.threads:
        torch.set_num_threads(args.threads)
    lesions, attributes = ([name for name in text.split(',') if name] for text in (args.lesions, args.attributes))
    views = Views(args, lesions, attributes)
    run = Run(args, views, len(lesions), len(attributes))
    while run.seen < min(args.images, args.stop_after or args.images) and not run.stalled():
        row = run.epoch()
        if run.seen >= args.images or (run.seen // args.epoch) % args.validate_every == 0:
            row |= run.judge()
        write_row(run.out / 'log.csv', row)
        plot(run.out / 'log.csv')
        shown = (f'{key}={value:.4g}' if isinstance(value, float) else f'{key}={value}' for key, value in row.items())
        print(' '.join(shown), flush=True)
        run.save()


class Run:
    """A network in training: its moving average, its optimiser and how many films it has seen."""

    def __init__(self, args, views, lesions, attributes):
        self.args, self.views, self.lesions = args, views, lesions
        self.device = 'cuda' if torch.cuda.is_available() else 'cpu'
        self.network = Darknet(args.cfg)
        args.size = args.size or str(self.network.width)
        if any(head['classes'] != lesions + attributes for head in self.network.heads):
            has = self.network.heads[0]['classes']
            raise WeightsError(f'{args.cfg}: classes={has}, but there are {lesions + attributes}')
        start_biases(self.network)
        if args.init:
            print(f'{args.init}: {self.network.load(args.init, partial=True)} convolutions')
        self.network.to(self.device, memory_format=torch.channels_last)
        self.average = {name: value.detach().clone().float() for name, value in self.network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(groups(self.network, args.decay), lr=args.rate, betas=(0.9, 0.99))
        self.out = Path(args.out)
        self.out.mkdir(parents=True, exist_ok=True)
        keep_command(args, self.out)
        self.seen, self.seconds, self.best, self.best_at, self.size = 0, 0.0, -1.0, 0, None
        if (self.out / 'checkpoint.pt').exists():
            self.restore()

    def restore(self):
        checkpoint = self.out / 'checkpoint.pt'
        saved = torch.load(checkpoint, map_location=self.device)
        try:
            self.network.load_state_dict(saved['network'])
        except RuntimeError as error:
            was = f'its weights do not fit {self.args.cfg} as it is now'
            raise WeightsError(f'{checkpoint}: {was}; give another --out') from error
        self.optimiser.load_state_dict(saved['optimiser'])
        self.average = saved['average']
        for key in KEPT:
            # A checkpoint from before --patience existed has no `best_at`.
            setattr(self, key, saved['state'].get(key, saved['state']['seen']))
        print(f'resumes after {self.seen} films')

    def save(self):
        part = self.out / 'checkpoint.part'
        state = {key: getattr(self, key) for key in KEPT}
        torch.save(
            {
                'network': self.network.state_dict(),
                'average': self.average,
                'optimiser': self.optimiser.state_dict(),
                'state': state,
            },
            part,
        )
        os.replace(part, self.out / 'checkpoint.pt')

    def epoch(self):
        """Shows --epoch films and returns the row of the log, with the mean of each loss."""
        args, began, size = self.args, time.time(), size_at(self.args, self.seen)
        self.size = size
        # One generator per epoch: a resumed run shows the same films in the same order.
        random = np.random.default_rng([args.seed, self.seen])
        self.network.train()
        front, shown = self.freeze(), []
        sums, steps = {}, 0
        until = min(self.seen + args.epoch, args.images)
        while self.seen < until:
            inputs, targets = self.batch(random, size, front, shown, again=bool(front and steps % args.replay))
            for key, value in self.step(inputs, targets, size, front).items():
                sums[key] = sums.get(key, 0.0) + value
            steps += 1
        self.seconds += time.time() - began
        losses = {key: round(value / steps, 5) for key, value in sums.items()}
        return {
            'epoch': math.ceil(self.seen / args.epoch),
            'images': self.seen,
            'seconds': round(self.seconds),
            'size': size,
            **losses,
        }

    def stalled(self):
        return self.args.patience is not None and self.seen - self.best_at > self.args.patience

    def precision(self):
        return torch.autocast(self.device, torch.bfloat16, enabled=self.args.precision == 'bf16')

    def freeze(self):
        """Freezes the front until --release. Returns its number of layers if its maps are reused, else 0."""
        layers, held = self.network.convolutions(), self.args.freeze
        if self.seen >= self.args.release * self.args.images:
            held = 0
        for index, layer in enumerate(layers):
            layer.requires_grad_(index >= held)
            if index < held:
                layer.eval()
        return self.network.front_of(held) if held and self.args.replay > 1 else 0

    def batch(self, random, size, front, shown, again):
        """A batch of views, or of the maps that a frozen front makes from them. A view's maps never change, so they are
        kept in `shown`; showing them `again` costs only the other layers."""
        if again:
            chosen = [shown[i] for i in random.integers(len(shown), size=self.args.batch)]
            return torch.stack([maps for maps, _ in chosen]), [target for _, target in chosen]
        inputs, targets = self.views.batch(random, self.seen, size)
        if front:
            with torch.no_grad(), self.precision():
                inputs = self.network(inputs.to(self.device, memory_format=torch.channels_last), stop=front)
            shown += zip(inputs, targets)
        return inputs, targets

    def step(self, inputs, targets, size, front):
        """One step of the optimiser; returns the parts of the loss."""
        inputs = inputs.to(self.device, memory_format=torch.channels_last)
        for group in self.optimiser.param_groups:
            group['lr'] = rate_at(self.args, self.seen)
        with self.precision():
            heads = self.network(inputs, start=front)
        parts = loss_of(heads, self.network, targets, size, self.lesions, self.args)
        loss = sum(parts.values())
        if not torch.isfinite(loss):
            raise RuntimeError(f'the loss is {loss.item()} after {self.seen} films')
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self.seen += len(inputs)
        steps = self.seen / self.args.batch
        update_average(self.average, self.network, min(self.args.ema, (1 + steps) / (10 + steps)))
        return {key: value.item() for key, value in parts.items()}

    def judge(self):
        """Validates the average; saves it as last.weights and, if it is the best yet, as best.weights."""
        judged = Darknet(self.args.cfg).to(self.device, memory_format=torch.channels_last)
        judged.load_state_dict(self.average)
        figures = validate(judged, self.views.validation, self.size, self.lesions)
        judged.save(self.out / 'last.weights', self.seen)
        if self.seen >= self.args.keep * self.args.images:
            judged.save(self.out / f'{self.seen}.weights', self.seen)
        if figures['ap40'] + figures['ap50'] > self.best:
            self.best, self.best_at = figures['ap40'] + figures['ap50'], self.seen
            judged.save(self.out / 'best.weights', self.seen)
        return figures


def groups(network, decay):
    matrices = [p for p in network.parameters() if p.ndim > 1]
    rest = [p for p in network.parameters() if p.ndim <= 1]
    return [{'params': matrices, 'weight_decay': decay}, {'params': rest, 'weight_decay': 0.0}]


def start_biases(network):
    """Heads start with a low objectness; otherwise the first batches would be spent unlearning a high one (Lin et al.,
    RetinaNet, 4.1). Channel gates start open."""
    for index, (kind, _, _) in enumerate(network.sections):
        if kind == 'scale_channels':
            gate = network.layers[index - 1].conv
            nn.init.normal_(gate.weight, std=0.01)
            nn.init.constant_(gate.bias, 3.0)
    for head in network.heads:
        bias = network.layers[head['layer']].conv.bias
        with torch.no_grad():
            bias.view(len(head['anchors']), -1)[:, 4] -= 4.5


def size_at(args, seen):
    """Input size of the epoch that starts at this point of the run."""
    if ':' not in args.size:
        return int(args.size)
    steps = [part.split(':') for part in args.size.split(',')]
    return next((int(size) for size, until in steps if seen < float(until) * args.images), int(steps[-1][0]))


def rate_at(args, seen):
    """Linear warm-up over 3 % of the run, then a half cosine to 2 %."""
    done = seen / args.images
    if done < 0.03:
        return args.rate * done / 0.03
    return args.rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (done - 0.03) / 0.97)))


def update_average(average, network, keep):
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                average[name].lerp_(value.float(), 1 - keep)
            else:
                average[name].copy_(value)


if __name__ == '__main__':
    try:
        main()
    except (DataError, WeightsError, FileNotFoundError) as error:
        raise SystemExit(f'error: {error}')
