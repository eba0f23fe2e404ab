"""A trunk made of ellipsoids, seen from the front, from the side and in slices: pictures made without any film.

No lateral film and no CT slice may teach the gate of a free model, so these are computed. A volume of attenuation
(soft tissue 1, lung ~0.25, bone 2-3, air 0) is drawn once and then projected (an X-ray film shows the sum along the
ray) or cut (a CT slice shows the value itself). The frontal projection of the same trunk is a positive example,
so that the network learns the view, not the style of the drawing.
"""

import cv2
import numpy as np

WIDTH, DEPTH, HEIGHT = 80, 64, 96  # voxels: patient's right to left, front to back, top to bottom

X = np.linspace(-1, 1, WIDTH, dtype=np.float32)[:, None, None]
Y = np.linspace(-1, 1, DEPTH, dtype=np.float32)[None, :, None]
Z = np.linspace(0, 1, HEIGHT, dtype=np.float32)[None, None, :]


def trunk(rng: np.random.Generator) -> np.ndarray:
    """One patient: WIDTH × DEPTH × HEIGHT of attenuation."""
    u = rng.uniform
    apex, base = u(0.05, 0.2), u(0.62, 0.9)
    half_width, half_depth = u(0.5, 0.8), u(0.45, 0.75)
    widest = apex + (base - apex) * u(0.5, 0.9)
    rise = np.clip((widest - Z) / (widest - apex), 0, 1)
    inside = (1 - rise ** u(1.8, 3)) ** (1 / u(1.8, 2.6)) + 1e-3
    cage_x, cage_y = half_width * inside, half_depth * inside ** u(0.7, 1)
    cage = np.sqrt((X / cage_x) ** 2 + (np.abs(Y) / cage_y) ** 2)

    wall = u(0.03, 0.22)
    trunk_x = half_width + wall + u(-0.05, 0.15) * (Z - apex)
    trunk_y = half_depth * u(0.85, 1) + wall * u(0.5, 1.2)
    shoulder = np.clip((Z - apex + u(0.02, 0.12)) / 0.12, 0.35, 1)
    body = (np.abs(X) / (trunk_x * shoulder)) ** 2.5 + (np.abs(Y) / (trunk_y * shoulder**0.5)) ** 2.5 < 1
    volume = body.astype(np.float32)
    if rng.random() < 0.4:
        for side in (-1, 1):
            volume = np.maximum(
                volume, ellipsoid(side * u(0.25, 0.4), -trunk_y, u(0.45, 0.65), u(0.2, 0.32), u(0.2, 0.4), u(0.12, 0.2))
            )

    dome = (
        base
        - u(0.1, 0.22) * np.exp(-((np.abs(X) - 0.5 * half_width) ** 2 / 0.12 + (Y + 0.1) ** 2 / 0.5))
        + u(0.1, 0.25) * np.clip(Y, 0, 1)
    )
    middle = u(0.1, 0.2) + 0.1 * np.clip(Z - 0.4, 0, 1) + 0.04 * np.sin(9 * Z + u(0, 6))
    heart = ellipsoid(-u(0.0, 0.18), -u(0.1, 0.3), base - u(0.15, 0.28), u(0.22, 0.4), u(0.22, 0.38), u(0.14, 0.22)) > 0
    lung = (cage < 0.92) & (Z > apex) & (Z < dome) & (np.abs(X) > middle * (1 - 0.5 * (Y > 0.3))) & ~heart
    volume[lung] = u(0.15, 0.4)
    volume += lung * vessels(rng) * u(0.2, 0.8)
    if rng.random() < 0.5:
        for _ in range(rng.integers(1, 7)):
            spot = ellipsoid(u(-0.6, 0.6), u(-0.5, 0.5), u(apex, base), u(0.08, 0.35), u(0.08, 0.35), u(0.05, 0.2))
            volume += lung * spot * u(0.1, 0.7)
    volume[(X**2 + (Y - 0.05) ** 2 < u(0.05, 0.09) ** 2) & (Z < apex + 0.3)] = 0

    spacing = u(0.07, 0.1)
    slope = u(0.1, 0.3)
    ring = np.abs((Z + slope * Y + u(0, 1)) / spacing % 1 - 0.5) < u(0.12, 0.22)
    volume[(np.abs(cage - 0.97) < u(0.03, 0.06)) & ring & (Z > apex) & (Z < base + 0.1)] = u(1.6, 2.6)
    back = half_depth * u(0.7, 0.95)
    vertebra = (X / u(0.1, 0.16)) ** 2 + ((Y - back) / u(0.12, 0.2)) ** 2 < 1
    discs = np.abs((Z + u(0, 1)) / spacing % 1 - 0.5) < 0.38
    volume[vertebra & discs & body] = u(1.7, 2.6)
    volume[(np.abs(X) < 0.04) & (Y > back) & (Y < back + 0.25) & discs & body] = u(1.5, 2.2)
    volume[(np.abs(X) < 0.08) & (np.abs(Y + half_depth) < 0.06) & (Z > apex + 0.1) & (Z < base - 0.1)] = u(1.5, 2.2)
    if rng.random() < 0.7:
        for _ in range(rng.integers(1, 8)):
            gas = ellipsoid(u(-0.6, 0.6), u(-0.5, 0.3), u(base, 1), u(0.05, 0.2), u(0.05, 0.2), u(0.03, 0.08)) > 0
            volume[gas & (Z > dome + 0.03) & body] = 0
    return volume


def ellipsoid(x: float, y: float, z: float, a: float, b: float, c: float) -> np.ndarray:
    return (((X - x) / a) ** 2 + ((Y - y) / b) ** 2 + ((Z - z) / c) ** 2 < 1).astype(np.float32)


def vessels(rng: np.random.Generator) -> np.ndarray:
    """Branches are thin and bright: the crests of smooth noise."""
    coarse = rng.standard_normal((WIDTH // 4, DEPTH // 4, HEIGHT // 4)).astype(np.float32)
    planes = np.stack([cv2.resize(plane, (HEIGHT, DEPTH), interpolation=cv2.INTER_CUBIC) for plane in coarse])
    fine = cv2.resize(planes.reshape(len(coarse), -1), (DEPTH * HEIGHT, WIDTH), interpolation=cv2.INTER_LINEAR).reshape(
        WIDTH, DEPTH, HEIGHT
    )
    return np.clip(1 - 4 * np.abs(fine), 0, 1)


def arms(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Raised arms across the top of a lateral film; `picture` holds sums along the ray."""
    height, width = picture.shape
    layer = np.zeros((height, width), np.float32)
    for _ in range(rng.integers(1, 3)):
        start = (int(width * rng.uniform(0.3, 0.7)), int(height * rng.uniform(0.05, 0.2)))
        end = (int(width * rng.uniform(-0.2, 1.2)), int(height * rng.uniform(-0.2, 0.1)))
        cv2.line(layer, start, end, 1.0, int(width * rng.uniform(0.15, 0.3)))
    return picture + picture.max() * rng.uniform(0.2, 0.6) * cv2.GaussianBlur(layer, (0, 0), 1.5)


def developed(rng: np.random.Generator, sums: np.ndarray) -> np.ndarray:
    """Sums along the ray → film: bright where little radiation arrives."""
    return 1 - np.exp(-rng.uniform(0.8, 3) * sums / (np.percentile(sums, 95) + 1e-6))


def frontal(rng: np.random.Generator, volume: np.ndarray) -> np.ndarray:
    return developed(rng, volume.sum(axis=1)).T


def lateral(rng: np.random.Generator, volume: np.ndarray) -> np.ndarray:
    """From either side, sometimes rotated by up to 35° about the long axis."""
    sums = turned(volume, rng.uniform(55, 125) if rng.random() < 0.5 else 90).sum(axis=1).T
    if rng.random() < 0.7:
        sums = arms(rng, sums)
    picture = developed(rng, sums)
    return trimmed(rng, picture[:, ::-1] if rng.random() < 0.5 else picture)


def trimmed(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Films are cropped near the body: empty columns go, except for a margin."""
    full = np.flatnonzero(picture.max(axis=0) > 0.1)
    if full.size == 0:
        return picture
    margin = int(rng.integers(-6, 14))
    return picture[:, max(0, full[0] - margin) : full[-1] + 1 + max(margin, -full.size // 3)]


def turned(volume: np.ndarray, degrees: float) -> np.ndarray:
    """Rotated about the long axis; WIDTH × WIDTH × HEIGHT, so that the side view has room."""
    stretch = np.array([[WIDTH / DEPTH, 0], [0, 1]], np.float32)
    to_square = np.hstack([stretch, [[0], [0]]]).astype(np.float32)
    turn = cv2.getRotationMatrix2D((WIDTH / 2, WIDTH / 2), degrees, 1).astype(np.float32)
    whole = turn @ np.vstack([to_square, [0, 0, 1]]).astype(np.float32)
    parts = [cv2.warpAffine(volume[:, :, a : a + 4], whole[:2], (WIDTH, WIDTH)) for a in range(0, HEIGHT, 4)]
    return np.concatenate(parts, axis=2)


def axial(rng: np.random.Generator, volume: np.ndarray) -> np.ndarray:
    """An axial CT slice, sometimes with the table and the round field of view."""
    z = int(HEIGHT * rng.uniform(0.2, 0.9))
    cut = cv2.resize(
        volume[:, :, z : z + int(rng.integers(1, 4))].mean(axis=2).T,
        (128, int(128 * rng.uniform(0.6, 0.9))),
        interpolation=cv2.INTER_LINEAR,
    )
    if rng.random() < 0.6:
        cut = cv2.copyMakeBorder(cut, *(int(v) for v in rng.integers(0, 30, 4)), cv2.BORDER_CONSTANT, value=0)
    height, width = cut.shape
    if rng.random() < 0.5:
        cv2.ellipse(
            cut,
            (width // 2, int(height * rng.uniform(0.6, 0.9))),
            (int(width * rng.uniform(0.4, 0.8)), int(height * 0.15)),
            0,
            20,
            160,
            rng.uniform(0.2, 1),
            1,
        )
    cut = windowed(rng, cut)
    if rng.random() < 0.3:
        disc = np.zeros((height, width), np.float32)
        cv2.circle(disc, (width // 2, height // 2), int(max(width, height) * rng.uniform(0.42, 0.55)), 1.0, -1)
        cut = cut * disc + rng.choice([0.0, 0.0, 1.0]) * (1 - disc)
    return cut


def upright_slice(rng: np.random.Generator, volume: np.ndarray) -> np.ndarray:
    """A CT slice from the front (both lungs side by side, as on a film) or from the side."""
    if rng.random() < 0.7:
        y = int(DEPTH * rng.uniform(0.25, 0.8))
        cut = volume[:, y : y + int(rng.integers(1, 4))].mean(axis=1).T
    else:
        x = int(WIDTH * rng.uniform(0.15, 0.85))
        cut = volume[x : x + int(rng.integers(1, 4))].mean(axis=0).T
    return windowed(rng, cut)


def windowed(rng: np.random.Generator, cut: np.ndarray) -> np.ndarray:
    """Lung window (soft tissue near white) or soft-tissue window (lungs black)."""
    low, high = (
        (rng.uniform(-0.1, 0.15), rng.uniform(0.8, 1.5))
        if rng.random() < 0.75
        else (rng.uniform(0.4, 0.8), rng.uniform(1.2, 2.2))
    )
    return np.clip((cut - low) / (high - low), 0, 1)
