"""Films and boxes for training: reading, the percentile stretch, letterboxing, augmentation.

A set is a folder with `films.csv` (image, split, patient, source, finding ...), `annotations.csv` (image, xmin, ymin,
xmax, ymax, label; pixels of the film) and `images/`: what `cli annotations convert --to csv` and `split` write.
"""
import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

SPLITS = ('train', 'val', 'test')
LONG_SIDE = 512  # Training films are kept at this size at most; validation always starts from the full film.


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
    attribute: int | None  # index of the film's attribute, -1 for none of them, None where it is unknown
    pixels: np.ndarray | None = field(default=None, repr=False)
    scale: float = 1.0  # pixels / full film
    letterboxed: tuple | None = field(default=None, repr=False)  # as validation shows it, kept from one epoch to the next
    box_places: list = field(default_factory=list, repr=False)  # file and line of each box

    @property
    def positive(self):
        return len(self.boxes) > 0


def read_set(folder, lesions, attributes, of_patient=None):
    """Returns the films of one set. `of_patient`, shared by several sets, says where each patient was met first. `attributes` are looked for as words in the `finding` column ("SIIM Typical Appearance");
    a film of the same source that names none of them, while others do, has none (-1)."""
    folder = Path(folder)
    films, by_name = [], {}
    of_patient = {} if of_patient is None else of_patient
    for line, row in rows(folder / 'films.csv', ('image', 'split', 'patient')):
        where = f'{folder / "films.csv"}:{line}'
        path = folder / 'images' / row['image']
        if not path.is_file():
            raise DataError(f'{where}: {path} is missing')
        if row['image'] in by_name:
            raise DataError(f'{where}: {row["image"]} occurs twice')
        if row['split'] not in SPLITS:
            raise DataError(f'{where}: the split {row["split"]!r} is none of {", ".join(SPLITS)}')
        if row['patient']:
            split, there = of_patient.setdefault(row['patient'], (row['split'], where))
            if split != row['split']:
                raise DataError(f'{where}: patient {row["patient"]} is in {row["split"]} here and in {split} at {there}')
        words = set(re.findall(r'\w+', row.get('finding', '').lower()))
        found = [index for index, name in enumerate(attributes) if name in words]
        film = Film(path, row.get('source') or folder.name, row['patient'], row['split'], np.zeros((0, 4), np.float32),
                    np.zeros(0, np.int64), where, found[0] if found else -1)
        films.append(film)
        by_name[row['image']] = film
    known = {film.source for film in films if film.attribute != -1}
    for film in films:
        if film.source not in known:
            film.attribute = None
    boxes = {}
    for line, row in rows(folder / 'annotations.csv', ('image', 'xmin', 'ymin', 'xmax', 'ymax', 'label')):
        where = f'{folder / "annotations.csv"}:{line}'
        if row['image'] not in by_name:
            raise DataError(f'{where}: {row["image"]} is not in films.csv')
        if not any(row[key] for key in ('xmin', 'ymin', 'xmax', 'ymax', 'label')):
            continue  # A film on which there is nothing, as `annotations convert --add-negatives` writes it.
        if row['label'] not in lesions:
            raise DataError(f'{where}: the label {row["label"]!r} is none of {", ".join(lesions)}')
        try:
            box = [float(row[key]) for key in ('xmin', 'ymin', 'xmax', 'ymax')]
        except ValueError:
            raise DataError(f'{where}: not four numbers') from None
        if not (np.isfinite(box).all() and box[0] < box[2] and box[1] < box[3]):
            raise DataError(f'{where}: the box {box} has no area')
        boxes.setdefault(row['image'], []).append((box, lesions.index(row['label']), where))
    for name, found in boxes.items():
        by_name[name].boxes = np.array([box for box, _, _ in found], np.float32)
        by_name[name].labels = np.array([label for _, label, _ in found], np.int64)
        by_name[name].box_places = [where for _, _, where in found]
    return films


def rows(path, needed):
    reader = csv.DictReader(io.StringIO(decoded(path), newline=''))
    try:
        missing = [name for name in needed if name not in (reader.fieldnames or [])]
        if missing:
            raise DataError(f'{path}:1: no column {", ".join(missing)}')
        for row in reader:
            if None in row or None in row.values():
                raise DataError(f'{path}:{reader.line_num}: not as many cells as the header has, {len(reader.fieldnames)}')
            yield reader.line_num, row
    except csv.Error as error:
        raise DataError(f'{path}:{reader.line_num + 1}: {error}') from None


def decoded(path):
    data = Path(path).read_bytes()
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise DataError(f'{path}:{1 + data[:error.start].count(10)}: the text is not UTF-8; save it as UTF-8') from None


def read_film(path, place=None):
    """Upright 8-bit grey, stretched from its 1st to its 99th percentile (nearest rank) at full depth, as src/imaging/window.ts does."""
    data = Path(path).read_bytes()
    # OpenCV fills up a JPEG that was cut off with grey and only warns: behind the last scan its end must be marked.
    whole = data[:2] != b'\xff\xd8' or data.rfind(b'\xff\xd9') > data.rfind(b'\xff\xda')
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH) if data and whole else None
    if grey is None or grey.dtype not in (np.uint8, np.uint16):
        raise DataError(f'{place + ": " if place else ""}{path} does not decode as an image of 8 or 16 bits')
    depth = 256 if grey.dtype == np.uint8 else 65536
    counts = np.cumsum(np.bincount(grey.ravel(), minlength=depth))
    low, high = (int(np.searchsorted(counts, np.ceil(share * grey.size))) for share in (0.01, 0.99))
    if high <= low:
        return (grey // (depth // 256)).astype(np.uint8)
    table = np.clip(np.floor((np.arange(depth) - low) * 255 / (high - low) + 0.5), 0, 255).astype(np.uint8)
    return table[grey]


def read_with_boxes(film):
    """As read_film; a box that is not on the film is a DataError. Labels are rounded to a hundred-thousandth of the film at worst."""
    pixels = read_film(film.path, film.place)
    height, width = pixels.shape
    size = np.array([width, height], np.float32)
    for box, where in zip(film.boxes, film.box_places):
        if (box[:2] < -1e-5 * size).any() or (box[2:] > size * (1 + 1e-5)).any():
            raise DataError(f'{where}: the box {box.tolist()} is not on the film, which has {width} x {height} pixels')
    return pixels


def load_pixels(film):
    pixels = read_with_boxes(film)
    height, width = pixels.shape
    film.scale = min(1.0, LONG_SIDE / max(height, width))
    if film.scale < 1:
        size = max(1, round(width * film.scale)), max(1, round(height * film.scale))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    film.pixels = pixels


def letterbox(pixels, size):
    """What the service does: returns (size x size bytes, scale x, scale y, left, top)."""
    height, width = pixels.shape
    long_side = max(width, height)
    # Whole numbers: 281 * (416 / 281) is a little less than 416.
    new_width, new_height = max(1, width * size // long_side), max(1, height * size // long_side)
    resized = cv2.resize(pixels, (new_width, new_height), interpolation=cv2.INTER_AREA if size < long_side else cv2.INTER_LINEAR)
    left, top = (size - new_width) // 2, (size - new_height) // 2
    canvas = np.zeros((size, size), np.uint8)
    canvas[top:top + new_height, left:left + new_width] = resized
    return canvas, new_width / width, new_height / height, left, top


def augmented(film, size, random, strength=1.0):
    """One warped, re-toned view of a training film: ((size, size) bytes, boxes in input pixels, labels)."""
    height, width = film.pixels.shape
    zoom = min(size / width, size / height) * np.exp(random.uniform(-0.35, 0.3) * strength)
    stretch = np.exp(random.uniform(-0.1, 0.1) * strength)
    angle = np.deg2rad(random.uniform(-12, 12) * strength)
    mirror = -1 if random.random() < 0.5 else 1
    shift = random.uniform(-0.12, 0.12, 2) * size * strength
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([zoom * stretch * mirror, zoom / stretch])
    matrix = np.hstack([linear, (size / 2 + shift - linear @ [width / 2, height / 2])[:, None]])
    source = film.pixels
    if zoom < 0.6:
        # warpAffine does not average: without a smaller copy to start from, strong shrinking would alias.
        source = cv2.resize(source, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    to_source = matrix @ np.diag([width / source.shape[1], height / source.shape[0], 1])
    # Pixel centres lie half a pixel inside the continuous edges that boxes use.
    to_source[:, 2] += to_source[:, :2] @ [0.5, 0.5] - 0.5
    pixels = cv2.warpAffine(source, to_source, (size, size), flags=cv2.INTER_LINEAR, borderValue=0)
    boxes, kept = warped_boxes(film.boxes * film.scale, matrix, size)
    return retoned(pixels, random, strength), boxes, film.labels[kept]


def warped_boxes(boxes, matrix, size):
    """Axis-parallel boxes around the turned ellipses that fill the boxes (corners would grow with every degree).
    Drops boxes of which under 40 % is left in view."""
    if len(boxes) == 0:
        return boxes, np.zeros(0, np.int64)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix[:, :2].T + matrix[:, 2]
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    extent = np.sqrt((half ** 2) @ (matrix[:, :2] ** 2).T)
    whole = np.hstack([centres - extent, centres + extent])
    clipped = np.clip(whole, 0, size)
    area = lambda b: np.prod(np.maximum(b[:, 2:] - b[:, :2], 0), 1)
    kept = np.flatnonzero((area(clipped) > 0.4 * area(whole)) & (np.min(clipped[:, 2:] - clipped[:, :2], 1) > 4))
    return clipped[kept].astype(np.float32), kept


def retoned(pixels, random, strength):
    levels = np.linspace(0, 1, 256) ** np.exp(random.uniform(-0.4, 0.4) * strength)
    levels = (levels - 0.5) * np.exp(random.uniform(-0.25, 0.25) * strength) + 0.5 + random.uniform(-0.1, 0.1) * strength
    pixels = np.clip(levels * 255, 0, 255).astype(np.uint8)[pixels]
    if random.random() < 0.2 * strength:
        pixels = cv2.GaussianBlur(pixels, (0, 0), random.uniform(0.4, 1.2))
    if random.random() < 0.2 * strength:
        noise = random.standard_normal(pixels.shape, dtype=np.float32) * random.uniform(2, 10)
        pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.3 * strength:
        size = pixels.shape[0]
        for _ in range(random.integers(1, 4)):
            w, h = random.integers(size // 20, size // 6, 2)
            x, y = random.integers(0, size - w), random.integers(0, size - h)
            pixels[y:y + h, x:x + w] = random.integers(0, 256)
    return pixels


def mosaic(four, size, random, strength):
    """Four views of half the size around a common corner; boxes cut to their quarter."""
    half = size // 2
    canvas, boxes, labels = np.zeros((size, size), np.uint8), [], []
    for index, film in enumerate(four):
        x, y = (index % 2) * half, (index // 2) * half
        pixels, found, names = augmented(film, half, random, strength)
        canvas[y:y + half, x:x + half] = pixels
        boxes.append(found + np.array([x, y, x, y], np.float32))
        labels.append(names)
    return canvas, np.concatenate(boxes), np.concatenate(labels)
