"""A film as the gate sees it: the same arithmetic as src/gate/thumbnail.ts, value for value."""

import numpy as np

SIDE = 64  # cells along the longer side
SAMPLES = 4  # pixels looked at per cell and direction


def cells(plane: np.ndarray) -> np.ndarray:
    """Grey plane H × W → means of SAMPLES × SAMPLES pixels per cell, the longer side SIDE cells, as float64."""
    height, width = plane.shape
    longer = max(width, height)
    columns = max(1, int(np.floor(width * SIDE / longer + 0.5)))
    rows = max(1, int(np.floor(height * SIDE / longer + 0.5)))
    y = np.floor((np.arange(rows * SAMPLES) + 0.5) * height / (rows * SAMPLES)).astype(int)
    x = np.floor((np.arange(columns * SAMPLES) + 0.5) * width / (columns * SAMPLES)).astype(int)
    picked = plane[np.ix_(y, x)].astype(np.float64)
    return picked.reshape(rows, SAMPLES, columns, SAMPLES).mean(axis=(1, 3))


def thumbnail(plane: np.ndarray) -> np.ndarray:
    """Grey plane H × W → SIDE × SIDE in 0…1: cells stretched from their 1st to their 99th percentile, on black."""
    return boxed(cells(plane))


def boxed(means: np.ndarray) -> np.ndarray:
    """Cells, at most SIDE × SIDE → stretched, centred on black."""
    out = np.zeros((SIDE, SIDE), np.float32)
    rows, columns = means.shape
    top, left = (SIDE - rows) // 2, (SIDE - columns) // 2
    out[top : top + rows, left : left + columns] = stretched(means)
    return out


def stretched(means: np.ndarray) -> np.ndarray:
    """Nearest rank, as in src/imaging/window.ts; a flat picture becomes 0."""
    ordered = np.sort(means, axis=None)
    low, high = (ordered[max(1, int(np.ceil(percent * ordered.size / 100))) - 1] for percent in (1, 99))
    if high <= low:
        return np.zeros_like(means)
    return (np.clip(means, low, high) - low) / (high - low)
