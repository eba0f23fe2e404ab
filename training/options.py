"""The options of train.py, and their record, which a resumed run must match."""

import argparse
import json

from films import DataError
from loss import OVERLAPS

# These may differ when a run is resumed: how far, where, and on how many threads.
FREE = {'out', 'images', 'stop_after', 'validate_every', 'threads', 'keep', 'precision', 'patience'}


def options(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for add in (data_options, network_options, run_options, view_options, loss_options):
        add(parser.add_argument_group(add.__doc__).add_argument)
    return parser.parse_args()


def data_options(add):
    """data"""
    add(
        '--data',
        action='append',
        required=True,
        metavar='DIR[=SHARE]',
        help='folder of a set, and how often it is drawn from (its number of films by default)',
    )
    add(
        '--cutouts',
        action='append',
        default=[],
        metavar='DIR[=SHARE]',
        help='the same for films cut out along the lungs: filled anew for every view, none in the last fifth',
    )
    add('--cut-films', type=float, default=0.25, help='with --cutouts: share of whole films that are cut out like them')
    add('--replace', action='append', default=[], metavar='DIR', help='its training films replace their namesakes')
    add('--sources', help='only films of these sources (comma-separated), as a licence may require')
    add('--lesions', default='opacity', help='labels of the lesion classes (comma-separated), in the order of the cfg')
    add('--attributes', default='', help='attribute classes (comma-separated), words of the finding column')


def network_options(add):
    """network"""
    add('--cfg', required=True, help='darknet .cfg of the network')
    add('--init', help='.weights for the first layers of the cfg')
    add('--freeze', type=int, default=0, help='freeze the first N convolutions')
    add('--release', type=float, default=1.0, help='share of the run after which they are trained, too')
    add(
        '--replay',
        type=int,
        default=1,
        help='how often a view is shown within an epoch, on average, while the front is frozen',
    )


def run_options(add):
    """run"""
    add('--out', required=True, help='folder of the run; if it holds a checkpoint, the run is resumed')
    add('--images', type=int, default=60000, help='training films shown in total')
    add('--epoch', type=int, default=3000, help='films between two checkpoints')
    add('--batch', type=int, default=16, help='films per step')
    add(
        '--size',
        help='input size, by default that of the cfg; 256:0.5,320:0.8,416:1: smaller first, by share of the run',
    )
    add('--rate', type=float, default=1.2e-3, help='highest learning rate')
    add('--decay', type=float, default=0.02, help='weight decay of the kernels')
    add('--ema', type=float, default=0.998, help='how much the moving average of the weights keeps at each step')
    add('--validate-every', type=int, default=1, help='epochs between two validations')
    add('--patience', type=int, help='end early if the validation figures have not risen for this many films')
    add(
        '--keep',
        type=float,
        default=1.0,
        help='keep the weights of each validation from this share of the run on, for mean.py',
    )
    add('--seed', type=int, default=1, help='of all random numbers')
    add('--stop-after', type=int, help='end at this many films, as if the run had been stopped')
    add('--threads', type=int, default=0, help='threads of PyTorch; 0: its default')
    add(
        '--precision',
        choices=('bf16', 'float32'),
        default='bf16',
        help='of the convolutions; float32 is faster on processors without AMX',
    )


def view_options(add):
    """views"""
    add('--positives', type=float, default=0.65, help='share of films with boxes')
    add('--mosaic', type=float, default=0.0, help='share of mosaics; none in the last fifth of the run')
    add('--strength', type=float, default=1.0, help='of the augmentation')
    add('--edge-noise', type=float, default=0.0, help='shift of a box edge: standard deviation, as share of its side')


def loss_options(add):
    """loss"""
    # With these weights the three parts pull on the shared layers about equally hard: RUNS.md says what happens if not.
    add('--box-loss', type=float, default=0.2, help='weight of the box loss')
    add('--objectness-loss', type=float, default=16.0, help='weight of the objectness loss')
    add('--film-loss', type=float, default=0.1, help='weight of the losses of lesion and attribute classes')
    add('--overlap', choices=OVERLAPS, default='ciou', help='what the box loss and the objectness target measure')
    add('--focus', type=float, default=0.0, help='exponent of the quality focal weight of objectness; 0: plain')
    add('--anchor-factor', type=float, default=3.0, help='a box may go to anchors whose sides are within this factor')
    add('--best-places', type=int, default=0, help='teach only the N best aligned places of each box; 0: all of them')


def keep_command(args, out):
    """Writes command.json; a run is resumed only with the command that started it, except for FREE."""
    path, given = out / 'command.json', vars(args)
    if (out / 'checkpoint.pt').exists() and path.exists():
        begun = json.loads(path.read_text())
        other = [key for key in given if key not in FREE and key in begun and begun[key] != given[key]]
        if other:
            were = ', '.join(f'--{key.replace("_", "-")} {begun[key]}' for key in other)
            raise DataError(f'{path}: this run was started with {were}; give another --out, or the same command')
    path.write_text(json.dumps(given, indent=1))
