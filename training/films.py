"""Films and boxes for training: reading, the percentile stretch, letterboxing.

A set is a folder with `films.csv` (image, split, patient, source, finding ...), `annotations.csv` (image, xmin, ymin,
xmax, ymax, label; in pixels of the film) and `images/`, as `cli annotations convert --to csv` and `split` write them.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

SPLITS = ('train', 'val', 'test')
LONG_SIDE = 512  # Training films are kept at most this large; validation always starts from the full film.
SEEN = 0.5  # If a cut-out shows less than this share of a box, the box is ignored: not taught, not counted as wrong.
NONE = np.zeros((0, 4), np.float32)


class DataError(Exception):
    """A fault in a set; the message names the file and the line."""


@dataclass
class Film:
    path: Path
    source: str
    patient: str
    split: str
    boxes: np.ndarray  # (n, 4) xmin, ymin, xmax, ymax, continuous pixel edges of the full film
    labels: np.ndarray  # (n,) index into the lesion classes
    place: str  # file and line of its row
    attribute: int | None  # index of the film's attribute, -1 for none of them, None if unknown
    pixels: np.ndarray | None = field(default=None, repr=False)
    scale: float = 1.0  # pixels / full film
    letterboxed: tuple | None = field(default=None, repr=False)  # as validation shows it, kept for the next validation
    box_places: list = field(default_factory=list, repr=False)  # file and line of each box
    ignored: np.ndarray = field(default_factory=lambda: NONE)  # (n, 4) boxes with too little in view

    @property
    def positive(self):
        return len(self.boxes) + len(self.ignored) > 0


class Target(NamedTuple):
    """What one training view is taught; boxes in pixels of the network's input."""

    boxes: np.ndarray  # (n, 4) corners
    labels: np.ndarray  # (n,)
    film: float | None = None  # 1 if the film holds a lesion, 0 if not, None if the view is not a single film
    attribute: int | None = None
    ignored: np.ndarray = NONE  # (m, 4) where objectness is not taught


def read_set(folder, lesions, attributes, of_patient=None):
    """Returns the films of one set. `of_patient`, shared by several sets, says where each patient first occurred.

    `attributes` are searched for as words in the `finding` column ("SIIM Typical Appearance"). A film with none of them
    has the attribute -1 if other films of its source have one, else None. A `cover` column in annotations.csv says how
    much of each box is visible; training ignores boxes that are less than half visible.
    """
    folder = Path(folder)
    films = read_films(folder, attributes, {} if of_patient is None else of_patient)
    read_boxes(folder, lesions, {film.path.name: film for film in films})
    return films


def read_films(folder, attributes, of_patient):
    films, met = [], set()
    for line, row in rows(folder / 'films.csv', ('image', 'split', 'patient')):
        where = f'{folder / "films.csv"}:{line}'
        path = folder / 'images' / row['image']
        if not path.is_file():
            raise DataError(f'{where}: {path} is missing')
        if row['image'] in met:
            raise DataError(f'{where}: {row["image"]} occurs twice')
        met.add(row['image'])
        if row['split'] not in SPLITS:
            raise DataError(f'{where}: the split {row["split"]!r} is not one of {", ".join(SPLITS)}')
        if row['patient']:
            split, there = of_patient.setdefault(row['patient'], (row['split'], where))
            if split != row['split']:
                here = f'patient {row["patient"]} is in {row["split"]} here'
                raise DataError(f'{where}: {here} and in {split} at {there}')
        words = set(re.findall(r'\w+', row.get('finding', '').lower()))
        found = [index for index, name in enumerate(attributes) if name in words]
        source, attribute = row.get('source') or folder.name, found[0] if found else -1
        films.append(Film(path, source, row['patient'], row['split'], NONE, np.zeros(0, np.int64), where, attribute))
    known = {film.source for film in films if film.attribute != -1}
    for film in films:
        if film.source not in known:
            film.attribute = None
    return films


def read_boxes(folder, lesions, by_name):
    """Gives the films their boxes."""
    boxes = {}
    for line, row in rows(folder / 'annotations.csv', ('image', 'xmin', 'ymin', 'xmax', 'ymax', 'label')):
        where = f'{folder / "annotations.csv"}:{line}'
        if row['image'] not in by_name:
            raise DataError(f'{where}: {row["image"]} is not in films.csv')
        if not any(row[key] for key in ('xmin', 'ymin', 'xmax', 'ymax', 'label')):
            continue  # A film without boxes, as `annotations convert --add-negatives` writes it.
        if row['label'] not in lesions:
            raise DataError(f'{where}: the label {row["label"]!r} is not one of {", ".join(lesions)}')
        box, cover = box_of(row, where)
        seen = cover >= SEEN or by_name[row['image']].split != 'train'
        boxes.setdefault(row['image'], []).append((box, lesions.index(row['label']), where, seen))
    for name, found in boxes.items():
        film, taught = by_name[name], [entry for entry in found if entry[3]]
        film.boxes = np.array([box for box, *_ in taught], np.float32).reshape(-1, 4)
        film.labels = np.array([label for _, label, *_ in taught], np.int64)
        film.ignored = np.array([box for box, *_, seen in found if not seen], np.float32).reshape(-1, 4)
        film.box_places = [entry[2] for entry in taught] + [entry[2] for entry in found if not entry[3]]


def box_of(row, where):
    """A row's box and the visible share of it (1 without a `cover` column)."""
    try:
        box = [float(row[key]) for key in ('xmin', 'ymin', 'xmax', 'ymax')]
        cover = float(row.get('cover') or 1)
    except ValueError:
        raise DataError(f'{where}: not four numbers') from None
    if not (np.isfinite(box).all() and box[0] < box[2] and box[1] < box[3]):
        raise DataError(f'{where}: the box {box} has no area')
    return box, cover


def rows(path, needed):
    reader = csv.DictReader(io.StringIO(decoded(path), newline=''))
    try:
        missing = [name for name in needed if name not in (reader.fieldnames or [])]
        if missing:
            raise DataError(f'{path}:1: no column {", ".join(missing)}')
        for row in reader:
            if None in row or None in row.values():
                cells = f'not as many cells as the header has, {len(reader.fieldnames)}'
                raise DataError(f'{path}:{reader.line_num}: {cells}')
            yield reader.line_num, row
    except csv.Error as error:
        raise DataError(f'{path}:{reader.line_num + 1}: {error}') from None


def decoded(path):
    data = Path(path).read_bytes()
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise DataError(
            f'{path}:{1 + data[: error.start].count(10)}: the text is not UTF-8; save it as UTF-8'
        ) from None


def read_film(path, place=None):
    """Upright 8-bit grey, stretched from its 1st to its 99th percentile at full depth."""
    grey = decoded_film(path, place)
    return stretched(grey, grey.ravel())


def decoded_film(path, place=None):
    """Grey of 8 or 16 bits, as in the file."""
    data = Path(path).read_bytes()
    # OpenCV fills a truncated JPEG with grey and only warns, so check for an end marker after the last scan.
    whole = data[:2] != b'\xff\xd8' or data.rfind(b'\xff\xd9') > data.rfind(b'\xff\xda')
    kind = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), kind) if data and whole else None
    if grey is None or grey.dtype not in (np.uint8, np.uint16):
        raise DataError(f'{place + ": " if place else ""}{path} does not decode as an image of 8 or 16 bits')
    return grey


def stretched(grey, judged):
    """8-bit grey, from the 1st to the 99th percentile (nearest rank) of the `judged` pixels, as src/imaging does."""
    depth = 256 if grey.dtype == np.uint8 else 65536
    counts = np.cumsum(np.bincount(judged, minlength=depth))
    low, high = (int(np.searchsorted(counts, np.ceil(share * judged.size))) for share in (0.01, 0.99))
    if high <= low:
        return (grey // (depth // 256)).astype(np.uint8)
    table = np.clip(np.floor((np.arange(depth) - low) * 255 / (high - low) + 0.5), 0, 255).astype(np.uint8)
    return table[grey]


def read_with_boxes(film):
    """Like read_film, but a box that is not on the film is a DataError."""
    pixels = read_film(film.path, film.place)
    check_boxes(film, pixels)
    return pixels


def check_boxes(film, pixels):
    """Raises DataError for a box that is not on the film; allows for labels rounded to 1e-5 of the film."""
    height, width = pixels.shape
    size = np.array([width, height], np.float32)
    for box, where in zip(np.concatenate([film.boxes, film.ignored]), film.box_places):
        if (box[:2] < -1e-5 * size).any() or (box[2:] > size * (1 + 1e-5)).any():
            raise DataError(f'{where}: the box {box.tolist()} is not on the film, which has {width} x {height} pixels')


def load_pixels(film):
    """Keeps a training film in memory, at most LONG_SIDE large."""
    pixels = read_with_boxes(film)
    height, width = pixels.shape
    film.scale = min(1.0, LONG_SIDE / max(height, width))
    if film.scale < 1:
        size = max(1, round(width * film.scale)), max(1, round(height * film.scale))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    film.pixels = pixels


def letterbox(pixels, size):
    """As the service does it: returns (size x size bytes, scale x, scale y, left, top)."""
    height, width = pixels.shape
    long_side = max(width, height)
    # In integers: 281 * (416 / 281) is a little less than 416.
    new_width, new_height = max(1, width * size // long_side), max(1, height * size // long_side)
    how = cv2.INTER_AREA if size < long_side else cv2.INTER_LINEAR
    resized = cv2.resize(pixels, (new_width, new_height), interpolation=how)
    left, top = (size - new_width) // 2, (size - new_height) // 2
    canvas = np.zeros((size, size), np.uint8)
    canvas[top : top + new_height, left : left + new_width] = resized
    return canvas, new_width / width, new_height / height, left, top
