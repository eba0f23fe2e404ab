"""Drawn pictures, none of them a chest film: text, scenes, limbs, skulls, abdomens, blanks; and spoiled films."""

import cv2
import numpy as np


def text(rng: np.random.Generator) -> np.ndarray:
    """A page, a letter, a screenshot with panels."""
    height, width = int(rng.integers(120, 320)), int(rng.integers(120, 320))
    paper, ink = (
        (rng.integers(180, 256), rng.integers(0, 100))
        if rng.random() < 0.7
        else (rng.integers(0, 50), rng.integers(150, 256))
    )
    page = np.full((height, width), paper, np.uint8)
    for _ in range(rng.integers(0, 4)):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        cv2.rectangle(
            page,
            (x, y),
            (x + int(rng.integers(20, width)), y + int(rng.integers(10, height))),
            int(rng.integers(0, 256)),
            -1 if rng.random() < 0.6 else 1,
        )
    size, margin = rng.uniform(0.2, 0.9), int(rng.integers(2, 30))
    y = margin + int(rng.integers(0, height // 3))
    while y < height - rng.integers(0, 60):
        if rng.random() < 0.85:
            letters = ''.join(
                rng.choice(list('abcdefghijklmnopqrstuvwxyzABCDE 0123456789.,-  '), int(rng.integers(3, 60)))
            )
            cv2.putText(
                page, letters, (margin, y), int(rng.integers(0, 8)), size, int(ink), 1 + int(rng.random() < 0.3)
            )
        y += int(8 + 22 * size)
    return page.astype(np.float32) / 255


def leaves(rng: np.random.Generator) -> np.ndarray:
    """Dead leaves: shapes that hide each other have the statistics of photographs."""
    side = 160
    scene = cv2.resize(
        rng.random((int(rng.integers(2, 6)), int(rng.integers(2, 6)))).astype(np.float32),
        (side, side),
        interpolation=cv2.INTER_CUBIC,
    )
    for _ in range(int(rng.integers(1, 60))):
        size = float(np.clip(6 / rng.random() ** 0.8, 4, 110))
        centre = tuple(int(v) for v in rng.integers(0, side, 2))
        level = float(np.clip(rng.normal(0.5, 0.3), 0, 1))
        layer = np.zeros((side, side), np.float32)
        kind = rng.integers(0, 3)
        if kind == 0:
            cv2.ellipse(
                layer, centre, (int(size), int(size * rng.uniform(0.3, 1))), float(rng.uniform(0, 180)), 0, 360, 1.0, -1
            )
        else:
            corners = np.array([centre]) + rng.normal(0, size, (int(rng.integers(3, 7)), 2))
            cv2.fillPoly(layer, [corners.astype(np.int32)], 1.0)
        shade = (
            level
            + rng.uniform(-0.4, 0.4) * np.linspace(-0.5, 0.5, side, dtype=np.float32)[:, None]
            + rng.uniform(0, 0.2) * noise(rng, side)
        )
        scene = scene * (1 - layer) + layer * shade
    return np.clip(scene, 0, 1)


def noise(rng: np.random.Generator, side: int) -> np.ndarray:
    """1/f^n noise, mean 0, deviation 1, n in 0…2.2: a window of one of sixty fields, each a Fourier transform."""
    if not FIELDS:
        FIELDS.extend(field(rng, 256) for _ in range(60))
    chosen = FIELDS[rng.integers(len(FIELDS))]
    top, left = rng.integers(0, 256 - side, 2)
    return chosen[top : top + side, left : left + side]


FIELDS: list[np.ndarray] = []


def field(rng: np.random.Generator, side: int) -> np.ndarray:
    spectrum = np.fft.rfft2(rng.standard_normal((side, side)))
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]) + 1 / side
    values = np.fft.irfft2(spectrum / frequency ** rng.uniform(0, 2.2), s=(side, side))
    return ((values - values.mean()) / (values.std() + 1e-9)).astype(np.float32)


def blank(rng: np.random.Generator) -> np.ndarray:
    """Nothing, a gradient, grain, a clipped exposure, a lone shape."""
    side = 96
    kind = rng.integers(0, 5)
    if kind == 0:
        return np.full((side, side), 0.5, np.float32) + (noise(rng, side) * 0.1 if rng.random() < 0.7 else 0)
    if kind == 1:
        y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
        return (
            rng.uniform(-1, 1) * x
            + rng.uniform(-1, 1) * y
            + rng.uniform(-1, 1) * np.hypot(x - rng.random(), y - rng.random())
            + 0.02 * noise(rng, side)
        )
    if kind == 2:
        return np.abs(noise(rng, side))
    picture = np.zeros((side, side), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        centre, size = tuple(int(v) for v in rng.integers(10, side - 10, 2)), int(rng.integers(4, 50))
        if kind == 3:
            cv2.ellipse(
                picture,
                centre,
                (size, int(size * rng.uniform(0.3, 1) + 1)),
                float(rng.uniform(0, 180)),
                0,
                360,
                rng.uniform(0.2, 1),
                -1,
            )
        else:
            cv2.rectangle(picture, centre, (centre[0] + size, centre[1] + size), rng.uniform(0.2, 1), -1)
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 12)) + 0.02 * noise(rng, side)


def limb(rng: np.random.Generator) -> np.ndarray:
    """A hand, a foot, a knee, an arm: bones in soft tissue, the sum along the ray."""
    side = 160
    flesh, bone = np.zeros((side, side), np.float32), np.zeros((side, side), np.float32)
    if rng.random() < 0.6:
        wrist = np.array([side * rng.uniform(0.4, 0.6), side * rng.uniform(0.85, 1.1)])
        palm = wrist + [side * rng.uniform(-0.05, 0.05), -side * rng.uniform(0.25, 0.35)]
        rod(flesh, bone, rng, wrist + [0, side * 0.3], wrist, side * rng.uniform(0.1, 0.14), bones=2)
        cv2.ellipse(
            flesh, tuple(int(v) for v in (wrist + palm) / 2), (int(side * 0.16), int(side * 0.22)), 0, 0, 360, 1.0, -1
        )
        for angle in np.linspace(rng.uniform(-60, -35), rng.uniform(15, 40), 5) + rng.normal(0, 4, 5):
            way = np.array([np.sin(np.radians(angle)), -np.cos(np.radians(angle))])
            start, length = wrist + way * side * 0.08, side * rng.uniform(0.13, 0.2)
            for joint in range(4):
                rod(flesh, bone, rng, start, start + way * length, side * 0.045)
                start, length = start + way * length * 1.08, length * 0.7
    else:
        start = np.array([side * rng.uniform(0.2, 0.8), -10.0])
        for _ in range(int(rng.integers(1, 4))):
            end = start + [side * rng.uniform(-0.3, 0.3), side * rng.uniform(0.35, 0.8)]
            rod(flesh, bone, rng, start, end, side * rng.uniform(0.08, 0.25), bones=int(rng.integers(1, 3)))
            start = end
    sums = cv2.GaussianBlur(flesh, (0, 0), 2) + rng.uniform(0.5, 2) * cv2.GaussianBlur(bone, (0, 0), 0.8)
    return turned(rng, 1 - np.exp(-rng.uniform(0.6, 2) * sums))


def rod(
    flesh: np.ndarray, bone: np.ndarray, rng: np.random.Generator, start, end, radius: float, bones: int = 1
) -> None:
    a, b = np.asarray(start, float), np.asarray(end, float)
    point = lambda p: (int(p[0]), int(p[1]))
    cv2.line(flesh, point(a), point(b), 1.0, max(2, int(2 * radius)))
    across = np.array([b[1] - a[1], a[0] - b[0]]) / (np.hypot(*(b - a)) + 1e-6)
    for i in range(bones):
        offset = across * radius * (0 if bones == 1 else (i - 0.5) * 0.9)
        thickness = max(1, int(radius * rng.uniform(0.5, 0.9) / bones))
        cv2.line(bone, point(a + offset), point(b + offset), 1.0, thickness)
        cv2.line(bone, point(a + offset), point(b + offset), 0.6, max(1, thickness // 2))
        for tip in (a, b):
            cv2.circle(bone, point(tip + offset), max(1, int(thickness * 0.75)), 0.8, -1)


def skull(rng: np.random.Generator) -> np.ndarray:
    """A round shell of bone with its cavities and teeth."""
    side = 160
    picture = np.zeros((side, side), np.float32)
    centre = (side // 2 + int(rng.integers(-15, 15)), int(side * rng.uniform(0.38, 0.5)))
    axes = (int(side * rng.uniform(0.28, 0.42)), int(side * rng.uniform(0.3, 0.4)))
    cv2.ellipse(picture, centre, axes, 0, 0, 360, rng.uniform(0.35, 0.6), -1)
    cv2.ellipse(picture, centre, axes, 0, 0, 360, rng.uniform(0.7, 1), int(rng.integers(2, 8)))
    cv2.rectangle(
        picture,
        (centre[0] - axes[0] // 2, centre[1] + axes[1] // 2),
        (centre[0] + axes[0] // 2, side - int(rng.integers(0, 30))),
        rng.uniform(0.5, 0.8),
        -1,
    )
    for _ in range(int(rng.integers(2, 7))):
        at = (centre[0] + int(rng.integers(-axes[0] // 2, axes[0] // 2)), centre[1] + int(rng.integers(0, axes[1])))
        cv2.ellipse(
            picture, at, (int(rng.integers(4, 18)), int(rng.integers(4, 14))), 0, 0, 360, rng.uniform(0.1, 0.4), -1
        )
    return turned(rng, cv2.GaussianBlur(picture, (0, 0), rng.uniform(1, 3)))


def belly(rng: np.random.Generator) -> np.ndarray:
    """Abdomen and pelvis: spine, iliac wings, hips, bowel gas, no lung."""
    height, width = 180, int(rng.integers(120, 180))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u = (x - width / 2) / (width / 2)
    picture = np.sqrt(np.clip(1 - (u / rng.uniform(0.85, 1.3)) ** 2, 0, 1)) * rng.uniform(0.5, 0.8)
    spine = np.exp(-((u / rng.uniform(0.08, 0.14)) ** 4)) * (0.8 + 0.2 * np.sign(np.sin(y / rng.uniform(3, 5))))
    picture += rng.uniform(0.1, 0.35) * spine * (y < height * rng.uniform(0.6, 1))
    if rng.random() < 0.8:
        layer = np.zeros((height, width), np.float32)
        for side in (-1, 1):
            wing = (int(width / 2 + side * width * rng.uniform(0.22, 0.28)), int(height * rng.uniform(0.55, 0.8)))
            cv2.ellipse(
                layer,
                wing,
                (int(width * 0.18), int(height * 0.16)),
                side * 35,
                0,
                360,
                1.0,
                -1 if rng.random() < 0.6 else 6,
            )
            cv2.circle(
                layer, (wing[0] + side * int(width * 0.1), wing[1] + int(height * 0.22)), int(width * 0.08), 1.2, -1
            )
        picture += rng.uniform(0.1, 0.4) * cv2.GaussianBlur(layer, (0, 0), 2)
    for _ in range(int(rng.integers(0, 18))):
        layer = np.zeros((height, width), np.float32)
        at = (int(rng.uniform(0.15, 0.85) * width), int(rng.uniform(0.05, 0.9) * height))
        cv2.ellipse(
            layer, at, (int(rng.integers(4, 22)), int(rng.integers(3, 12))), float(rng.uniform(0, 180)), 0, 360, 1.0, -1
        )
        picture -= rng.uniform(0.05, 0.35) * cv2.GaussianBlur(layer, (0, 0), 1.5)
    return np.clip(picture, 0, None)


def turned(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(picture, int(rng.integers(0, 4))))


def spoilt(rng: np.random.Generator, film: np.ndarray) -> np.ndarray:
    """A frontal film (0…1) that no longer is one: rotated, upside down, half of it, halves swapped, in pieces."""
    height, width = film.shape
    kind = rng.integers(0, 9)
    if kind <= 1:
        return np.rot90(film, int(rng.choice([1, 3])))
    if kind == 2:
        return np.rot90(film, 2)
    if kind == 3:
        return 1 - (np.rot90(film, int(rng.integers(0, 4))) if rng.random() < 0.5 else film)
    if kind == 4:
        middle = width // 2
        return np.hstack([film[:, middle:], film[:, :middle]])
    if kind == 5:
        return half(rng, film)
    if kind == 6:
        side = int(min(height, width) * rng.uniform(0.15, 0.4))
        top, left = int(rng.integers(0, height - side)), int(rng.integers(0, width - side))
        return film[top : top + side, left : left + side]
    if kind == 7:
        n = int(rng.integers(2, 5))
        rows = np.array_split(np.arange(height), n)
        columns = np.array_split(np.arange(width), n)
        cut = [film[np.ix_(r, c)] for r in rows for c in columns]
        size = (width // n, height // n)
        cut = [cv2.resize(np.ascontiguousarray(cut[i]), size) for i in rng.permutation(len(cut))]
        return np.vstack([np.hstack(cut[i * n : (i + 1) * n]) for i in range(n)])
    small = cv2.resize(film, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.tile(small, (2, 2) if rng.random() < 0.5 else (1, 2))


def half(rng: np.random.Generator, film: np.ndarray) -> np.ndarray:
    """One lung in the outline of a body from the side: a lateral film's layout, in real tissue."""
    height, width = film.shape
    reach = rng.uniform(0.42, 0.56)
    part = film[:, : int(width * reach)] if rng.random() < 0.5 else film[:, int(width * (1 - reach)) :]
    part = cv2.resize(np.ascontiguousarray(part), (int(height * rng.uniform(0.5, 1)), height))
    if rng.random() < 0.5:
        part = part[:, ::-1]
    if rng.random() < 0.6:
        y = np.linspace(0, 1, height)[:, None]
        x = np.linspace(0, 1, part.shape[1])[None]
        bend = lambda: (
            rng.uniform(-0.05, 0.2) + rng.uniform(0, 0.12) * np.sin(rng.uniform(2, 7) * y + rng.uniform(0, 6))
        )
        inside = 1 / (1 + np.exp(-np.minimum(x - bend(), 1 - bend() - x) / 0.01))
        part = part * inside
    return part.astype(np.float32)
