"""Films cut out along the lungs: the outside is black in the file and filled anew for every view.

A network trained on cut-outs with only one kind of outside learns the outline. So the outside is black, the lungs' own
grey extended outwards, or the body of another film, at random. Some whole films are cut out the same way, so that the
look does not reveal which set a film is from.
"""

from dataclasses import replace

import cv2
import numpy as np

from films import SEEN, DataError, check_boxes, decoded_film, stretched

OUTSIDE = 4  # The highest grey level outside the lungs: JPEG leaves no exact zeros.
FILLS = ('black', 'blur', 'body')


def load_cutout(film):
    """Keeps a cut-out in memory at its own size: 0 outside, the lungs stretched to 1..255 by their own percentiles."""
    grey = decoded_film(film.path, film.place)
    # JPEG darkens the two pixels along the edge; they would show as an outline.
    inside = cv2.erode((grey > OUTSIDE).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if grey.dtype != np.uint8 or not inside.any():
        raise DataError(f'{film.place}: {film.path} is not a cut-out of 8 bits')
    check_boxes(film, grey)
    film.pixels = cut_out(grey, inside)


def cut_out(grey, inside):
    """0 outside; inside stretched to 1..255 by its own percentiles."""
    return np.where(inside, np.maximum(stretched(grey, grey[inside]), 1), 0).astype(np.uint8)


def refilled(film, random, bodies):
    """The cut-out, its outside filled by one of FILLS, drawn at random; `bodies` are whole films without lesions."""
    return replace(film, pixels=filled(film.pixels, film.pixels > 0, random, bodies))


def cut_like(film, cutout, random, bodies):
    """A whole film cut out along the lungs of `cutout` and filled. Boxes with too little left are ignored."""
    height, width = film.pixels.shape
    inside = cv2.resize((cutout.pixels > 0).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    pixels = filled(cut_out(film.pixels, inside), inside, random, bodies)
    seen = np.array([cover_of(box * film.scale, inside) >= SEEN for box in film.boxes], bool)
    return replace(
        film,
        pixels=pixels,
        boxes=film.boxes[seen],
        labels=film.labels[seen],
        ignored=np.concatenate([film.ignored, film.boxes[~seen]]).reshape(-1, 4),
    )


def cover_of(box, inside):
    """The share of a box that lies inside the mask."""
    left, top, right, bottom = np.round(box).astype(int)
    part = inside[max(0, top) : bottom, max(0, left) : right]
    return float(part.mean()) if part.size else 0.0


def filled(pixels, inside, random, bodies):
    fill = FILLS[random.integers(len(FILLS) if bodies else 2)]
    if fill == 'black':
        return np.where(inside, pixels, 0).astype(np.uint8)
    carried = push_pull(pixels, inside)
    if fill == 'body':
        body = bodies[random.integers(len(bodies))].pixels
        body = cv2.resize(body, pixels.shape[::-1], interpolation=cv2.INTER_AREA)
        # Lungs stretched on their own are too light for the body around them: give them the tone of those they replace.
        there, here = body[inside], pixels[inside]
        carried = (carried - here.mean()) * (there.std() / max(float(here.std()), 1.0)) + there.mean()
        # Soft edges, and nothing of the other film in the middle of the lungs.
        share = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 3)
        carried = carried * share + body * (1 - share)
    return np.clip(carried + 0.5, 0, 255).astype(np.uint8)


def push_pull(pixels, inside):
    """The pixels inside, extended outwards smoothly (Gortler et al. 1996, section 3.4, "the lumigraph"): float32."""
    weight = inside.astype(np.float32)
    return pulled(pixels.astype(np.float32) * weight, weight)


def pulled(value, weight):
    """`value` is premultiplied by `weight` (0 to 1): what is missing comes from the next coarser level."""
    height, width = value.shape
    if min(height, width) <= 2:
        return value + (1 - weight) * (value.sum() / max(weight.sum(), 1e-6))
    coarse = pulled(cv2.pyrDown(value), cv2.pyrDown(weight))
    return value + (1 - weight) * cv2.pyrUp(coarse, dstsize=(width, height))
