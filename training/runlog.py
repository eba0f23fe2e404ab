"""log.csv of a run, and its curves as log.svg."""

import csv
import os


def write_row(path, row):
    """Appends to log.csv. Replaces rows that a killed run wrote after its last checkpoint, and adds new columns (the
    first validation has some)."""
    old = []
    if path.exists():
        with open(path) as file:
            old = [earlier for earlier in csv.DictReader(file) if int(earlier['images']) < row['images']]
    columns = list(dict.fromkeys([key for earlier in old for key in earlier] + list(row)))
    part = path.with_suffix('.part')
    with open(part, 'w', newline='') as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(old + [row])
    os.replace(part, path)


def plot(path):
    """Draws every column of log.csv over the number of films shown, as one SVG next to it."""
    with open(path) as file:
        rows = list(csv.DictReader(file))
    panels = [key for key in rows[-1] if key not in ('epoch', 'images', 'seconds', 'size')]
    parts = [panel(rows, key, 20 + index % 3 * 260, 30 + index // 3 * 150) for index, key in enumerate(panels)]
    height = 30 + (len(panels) + 2) // 3 * 150
    path.with_suffix('.svg').write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" font-family="sans-serif" font-size="11">'
        f'<rect width="800" height="{height}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def panel(rows, key, left, top):
    points = [(float(row['images']), float(row[key])) for row in rows if row.get(key) not in (None, '', 'nan')]
    if not points:
        return ''
    most, low, high = max(x for x, _ in points), min(y for _, y in points), max(y for _, y in points)
    line = ' '.join(
        f'{left + 220 * x / most:.1f},{top + 100 - 90 * (y - low) / (high - low or 1):.1f}' for x, y in points
    )
    return (
        f'<text x="{left}" y="{top}">{key}: {points[-1][1]:.4g} ({low:.4g} to {high:.4g})</text>'
        f'<polyline points="{line}" fill="none" stroke="#0072b2" stroke-width="1.5"/>'
    )
