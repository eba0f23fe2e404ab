"""Training views: a film warped, re-toned and covered in places, or four of them as a mosaic."""

import cv2
import numpy as np

from films import Target


def augmented(film, size, random, strength=1.0):
    """One warped, re-toned view of a training film: ((size, size) bytes, Target)."""
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
        # warpAffine does not average: strong shrinking would alias, so start from a smaller copy.
        source = cv2.resize(source, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    to_source = matrix @ np.diag([width / source.shape[1], height / source.shape[0], 1])
    # Pixel centres lie half a pixel inside the continuous edges that boxes use.
    to_source[:, 2] += to_source[:, :2] @ [0.5, 0.5] - 0.5
    pixels = cv2.warpAffine(source, to_source, (size, size), flags=cv2.INTER_LINEAR, borderValue=0)
    boxes, kept = warped_boxes(film.boxes * film.scale, matrix, size)
    ignored, _ = warped_boxes(film.ignored * film.scale, matrix, size)
    target = Target(boxes, film.labels[kept], float(film.positive), film.attribute, ignored)
    return retoned(pixels, random, strength), target


def warped_boxes(boxes, matrix, size):
    """Axis-parallel boxes around the rotated ellipses that fill the boxes (around rotated corners they would grow with
    every degree). Drops boxes with less than 40 % left in view."""
    if len(boxes) == 0:
        return boxes, np.zeros(0, np.int64)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix[:, :2].T + matrix[:, 2]
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    extent = np.sqrt((half**2) @ (matrix[:, :2] ** 2).T)
    whole = np.hstack([centres - extent, centres + extent])
    clipped = np.clip(whole, 0, size)
    area = lambda b: np.prod(np.maximum(b[:, 2:] - b[:, :2], 0), 1)
    in_view = area(clipped) > 0.4 * area(whole)
    kept = np.flatnonzero(in_view & (np.min(clipped[:, 2:] - clipped[:, :2], 1) > 4))
    return clipped[kept].astype(np.float32), kept


def retoned(pixels, random, strength):
    levels = np.linspace(0, 1, 256) ** np.exp(random.uniform(-0.4, 0.4) * strength)
    levels = (
        (levels - 0.5) * np.exp(random.uniform(-0.25, 0.25) * strength) + 0.5 + random.uniform(-0.1, 0.1) * strength
    )
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
            pixels[y : y + h, x : x + w] = random.integers(0, 256)
    return pixels


def mosaic(four, size, random, strength):
    """Four views of half the size, with boxes cut to their quarter: ((size, size) bytes, Target)."""
    half = size // 2
    canvas, targets = np.zeros((size, size), np.uint8), []
    for index, film in enumerate(four):
        x, y = (index % 2) * half, (index // 2) * half
        canvas[y : y + half, x : x + half], target = augmented(film, half, random, strength)
        corner = np.array([x, y, x, y], np.float32)
        targets.append(target._replace(boxes=target.boxes + corner, ignored=target.ignored + corner))
    boxes, labels, ignored = (
        np.concatenate([getattr(target, name) for target in targets]) for name in ('boxes', 'labels', 'ignored')
    )
    return canvas, Target(boxes, labels, ignored=ignored)


def with_noisy_edges(boxes, share, random):
    """Each edge shifted by share x side x N(0, 1), as readers differ; a box never turns inside out."""
    if not share or not len(boxes):
        return boxes
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    return boxes + np.clip(random.normal(0, share, boxes.shape), -0.3, 0.3).astype(np.float32) * sides
