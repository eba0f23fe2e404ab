"""train.py: runs on drawn films, from the command line."""

import csv
import os
import subprocess
import sys
import unittest
from types import SimpleNamespace

import torch

from drawn import ROOT, Drawn, draw_set

import network
import runlog
import train


class Run(Drawn):
    def command(self, out, images, *more):
        folders = ['--data', str(self.folder / 'set'), '--out', str(self.folder / out)]
        lengths = ['--images', '48', '--epoch', '16', '--batch', '8', '--stop-after', str(images)]
        network_ = ['--cfg', str(self.cfg()), '--size', '96', '--threads', '1']
        return [sys.executable, str(ROOT / 'train.py'), *network_, *folders, *lengths, *more]

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

    def test_a_run_that_no_longer_gets_better_ends_early(self):
        run = train.Run.__new__(train.Run)
        for patience, seen, best_at, ended in (
            (None, 9000, 0, False),
            (3000, 9000, 6000, False),
            (3000, 9016, 6000, True),
        ):
            run.args, run.seen, run.best_at = SimpleNamespace(patience=patience), seen, best_at
            self.assertEqual(run.stalled(), ended)

    def test_an_epoch_whose_checkpoint_was_not_written_is_logged_once(self):
        log = self.folder / 'log.csv'
        for images, box in ((16, 3), (32, 2), (32, 2), (48, 1)):
            runlog.write_row(log, {'epoch': images // 16, 'images': images, 'box': box})
        with open(log) as file:
            self.assertEqual([row['images'] for row in csv.DictReader(file)], ['16', '32', '48'])

    def test_a_checkpoint_of_another_cfg_is_named(self):
        draw_set(self.folder / 'set')
        subprocess.run(self.command('out', 16), check=True, stdout=subprocess.DEVNULL)
        command = self.command('out', 32)
        self.cfg(film_gate=8)
        ended = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r'^error: .*checkpoint.pt: its weights do not fit .*tiny.cfg as it is now')

    def test_a_frozen_front_stays_as_it_was_and_its_maps_are_shown_again(self):
        draw_set(self.folder / 'set')
        network.Darknet(self.cfg()).save(self.folder / 'start.weights')
        options = ['--init', str(self.folder / 'start.weights'), '--freeze', '10', '--replay', '2']
        subprocess.run(self.command('out', 48, *options), check=True, stdout=subprocess.DEVNULL)
        before, after = network.Darknet(self.cfg()), network.Darknet(self.cfg())
        before.load(self.folder / 'start.weights')
        after.load(self.folder / 'out' / 'last.weights')
        layers = zip(before.convolutions(), after.convolutions())
        same = [all(torch.equal(a, b) for a, b in zip(one.tensors(), other.tensors())) for one, other in layers]
        self.assertEqual(same[:10], [True] * 10)
        self.assertFalse(any(same[10:]))

    def test_another_command_does_not_go_on_with_the_run(self):
        draw_set(self.folder / 'set')
        subprocess.run(self.command('out', 16), check=True, stdout=subprocess.DEVNULL)
        ended = subprocess.run(self.command('out', 32, '--rate', '0.5'), capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r'^error: .*command.json: this run was started with --rate 0.0012;')
        self.assertIn('"rate": 0.0012', (self.folder / 'out' / 'command.json').read_text())

    def test_a_run_that_nothing_could_judge_is_refused(self):
        folder = draw_set(self.folder / 'set')
        rows = (folder / 'annotations.csv').read_text().splitlines()
        kept = [row for row in rows if row.split(',')[0] not in ('8.png', '10.png')]
        (folder / 'annotations.csv').write_text('\n'.join(kept) + '\n')
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
