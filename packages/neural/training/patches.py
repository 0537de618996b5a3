#!/usr/bin/python3
"""Cuts patches from the images that fetch.py unpacked: of each the original (128x128), the half of it, and that half as a JPEG.

Usage: patches.py [--data DIR] [--share 1.0] [--seed 1]
Writes hr.npy, lr.npy, lq.npy and kinds.json into the data folder (2.4 GB with the whole share). Halves are made by bicubic
(65 %), Lanczos (15 %), area (12 %) and Hamming reduction, JPEGs of quality 70 to 97, mostly with half the colour.
The halves of dithered areas are drawn as they are, and their originals are enlarged from them.
"""
import argparse
import csv
import glob
import io
import json
import os
import pathlib
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fetch import DATA, HERE, image_list

Image.MAX_IMAGE_PIXELS = None
EDGE = 128
#: Patches of each kind, with the whole share.
QUOTAS = {'photo': 14000, 'texture': 5000, 'illustration': 3000, 'alpha': 5000, 'screen': 4000, 'text': 3000}
#: Patches of dithered areas.
PATTERNS = 1500
#: Of one kind at most this many files, and none smaller than this: icons teach little.
MOST_FILES, LEAST_BYTES = 1200, 15_000
#: Flat patches (mean step between neighbours, in levels) teach nothing.
LEAST_ENERGY = 2.0
BICUBIC, LANCZOS, BOX, HAMMING = Image.BICUBIC, Image.LANCZOS, Image.BOX, Image.HAMMING


def energy(patch):
    grey = patch.astype(np.float32).mean(2)
    return np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()


def held_out_packages():
    """Packages of the images for judging, which must never be learnt from."""
    with open(HERE / '../../../bench/images/origin.tsv', encoding='utf8') as file:
        return {row['package'] for row in csv.DictReader((line for line in file if line[0] != '#'), delimiter='\t')}


def load(path):
    image = Image.open(path)
    image.load()
    if image.mode in ('RGBA', 'LA', 'P'):
        image = image.convert('RGBA')
        colour = tuple(random.randrange(256) for _ in range(3)) + (255,)
        image = Image.alpha_composite(Image.new('RGBA', image.size, colour), image)
    return image.convert('RGB')


def versions(image, path, kind):
    """The image at one size or several. Photos are always reduced, which takes noise and JPEG's blocks away; by different
    factors and filters, since images on the web are of every sharpness."""
    width, height = image.size
    short = min(width, height)
    if kind in ('screen', 'text'):
        yield image
        return
    lossy = str(path).lower().endswith(('jpg', 'jpeg', 'webp'))
    least = (1.9 if short > 800 else 1.4 if short > 400 else 1.15) if lossy else (1.5 if short > 1000 else 1.0)
    most = max(least, min(8.0, short / 200))
    for _ in range(6 if short > 1000 and kind == 'photo' else 1):
        factor = least * (most / least) ** random.random()
        size = (round(width / factor), round(height / factor))
        if min(size) < EDGE:
            continue
        if factor == 1.0:
            yield image
        else:
            yield image.resize(size, random.choices([LANCZOS, BICUBIC, HAMMING, BOX], [35, 35, 15, 15])[0], reducing_gap=3.0)


def cut(kind, files, quota):
    """`quota` patches with something on them, spread over the files."""
    candidates = []
    per_file = max(4, int(6 * quota / max(1, len(files))))
    for path in files:
        try:
            sizes = [np.asarray(version) for version in versions(load(path), path, kind)]
        except (OSError, ValueError, SyntaxError):
            continue
        for pixels in sizes:
            height, width = pixels.shape[:2]
            if height < EDGE or width < EDGE:
                continue
            for _ in range(max(2, min(per_file // len(sizes), int(2.5 * height * width / EDGE**2)))):
                y, x = random.randrange(height - EDGE + 1), random.randrange(width - EDGE + 1)
                patch = pixels[y : y + EDGE, x : x + EDGE]
                strength = energy(patch)
                if strength > LEAST_ENERGY:
                    candidates.append((strength, patch.copy()))
    candidates.sort(key=lambda item: -item[0])
    detailed, smooth = candidates[: int(1.5 * quota)], candidates[int(1.5 * quota) :]
    # Most of it detailed; a fifth smooth, or clean shapes on plain ground would be forgotten.
    few = min(quota // 5, len(smooth))
    chosen = random.sample(detailed, min(quota - few, len(detailed))) + random.sample(smooth, few)
    print(f'{kind}: {len(files)} files, {len(candidates)} candidates, {len(chosen)} patches', flush=True)
    return [patch for _, patch in chosen]


def draw_text(fonts, count):
    """Words on plain and on busy ground, drawn at twice the size, since browsers smooth their letters too."""
    with open('/usr/share/common-licenses/GPL-3', encoding='utf8') as file:
        words = file.read().split()
    colour = lambda: tuple(random.randrange(256) for _ in range(3))
    patches = []
    for _ in range(count):
        # Half of it dark on light or light on dark, as pages are.
        plain = random.random() < 0.5
        dark = random.random() < 0.5
        ground = (random.randrange(30),) * 3 if plain and dark else (random.randrange(235, 256),) * 3 if plain else colour()
        image = Image.new('RGB', (EDGE * 2, EDGE * 2), ground)
        draw = ImageDraw.Draw(image)
        for _ in range(random.randrange(0, 5) if not plain else random.randrange(0, 2)):
            x, y = random.randrange(-50, EDGE * 2), random.randrange(-50, EDGE * 2)
            box = [x, y, x + random.randrange(10, 200), y + random.randrange(10, 150)]
            draw.rounded_rectangle(box, radius=random.randrange(0, 30), fill=colour())
        y = random.randrange(-20, 10)
        while y < EDGE * 2:
            size = random.randrange(16, 72)
            font = ImageFont.truetype(random.choice(fonts), size)
            fill = (255 - ground[0],) * 3 if plain and random.random() < 0.8 else colour()
            draw.text((random.randrange(-40, 20), y), ' '.join(random.choices(words, k=8)), font=font, fill=fill)
            y += int(size * 1.3)
        patches.append(np.asarray(image.resize((EDGE, EDGE), random.choice([LANCZOS, BOX, BICUBIC]))))
    print(f'text: {len(fonts)} fonts, {len(patches)} patches', flush=True)
    return patches


#: Thresholds of an ordered dither of 4x4 (Bayer 1973).
BAYER = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) + 0.5) / 16


def draw_patterns(count):
    """Halves of two colours that alternate from pixel to pixel, as dithering leaves them, and what they are enlarged to: what a
    network makes of them by itself is darker or brighter, since no reduction of an image ends so."""
    rows, columns = np.indices((EDGE // 2, EDGE // 2))
    for _ in range(count):
        colours = np.array([[random.randrange(256) for _ in range(3)] for _ in range(2)])
        if random.random() < 0.6:
            colours = np.repeat(np.array([[random.randrange(128)], [random.randrange(128, 256)]]), 3, axis=1)
        if random.random() < 0.3:
            colours = np.array([[0] * 3, [255] * 3])
        share = random.random()
        slope = random.choice([0.0, 0.0, 1.0]) * (columns / columns.max() - 0.5)
        choice = random.randrange(5)
        if choice == 0:
            mask = BAYER[rows % 4, columns % 4] < share + slope
        elif choice == 1:
            mask = (rows + columns) % random.choice([2, 2, 2, 3, 4]) == 0
        elif choice == 2:
            step = random.choice([2, 2, 3])
            mask = (rows % step == 0) & (columns % step == 0)
        elif choice == 3:
            mask = random.choice([rows, columns]) % random.choice([2, 2, 3]) == 0
        else:
            mask = np.random.default_rng(random.randrange(1 << 30)).random(rows.shape) < share + slope
        if random.random() < 0.5:
            mask = ~mask
        # Over a part only, so that it has a border.
        if random.random() < 0.5:
            mask = mask & (columns > random.randrange(EDGE // 2)) & (rows > random.randrange(EDGE // 2))
        half = colours[mask.astype(int)].astype(np.uint8)
        yield np.asarray(Image.fromarray(half).resize((EDGE, EDGE), BICUBIC)), half


def halve(patch):
    """The half of a patch, clean and as a JPEG."""
    image = Image.fromarray(patch)
    kernel = random.choices([BICUBIC, LANCZOS, BOX, HAMMING], [65, 15, 12, 8])[0]
    small = image.resize((EDGE // 2, EDGE // 2), kernel)
    file = io.BytesIO()
    small.save(file, 'JPEG', quality=random.randrange(70, 98), subsampling=random.choice([0, 2, 2]))
    return np.asarray(small), np.asarray(Image.open(file).convert('RGB'))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=pathlib.Path, default=DATA)
    parser.add_argument('--share', type=float, default=1.0, help='of the patches; 0.25 is enough for a short run')
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    rows = image_list()
    both = held_out_packages() & {package for package, _, _ in rows}
    assert not both, f'these packages are for judging, not for learning: {both}'

    patches, kinds = [], []
    for kind, quota in QUOTAS.items():
        quota = int(quota * options.share)
        patterns = [options.data / 'packages' / row[0] / row[2] for row in rows if row[1] == ('font' if kind == 'text' else kind)]
        files = sorted({path for pattern in patterns for path in glob.glob(str(pattern), recursive=True)})
        files = [path for path in files if os.path.isfile(path) and os.path.getsize(path) > LEAST_BYTES]
        if kind == 'text':
            new = draw_text(files, quota)
        else:
            new = cut(kind, random.sample(files, min(len(files), int(MOST_FILES * options.share) + 50)), quota)
        patches += new
        kinds += [kind] * len(new)

    triples = [(patch, *halve(patch)) for patch in patches]
    for patch, half in draw_patterns(int(PATTERNS * options.share)):
        triples.append((patch, half, half))
        kinds.append('pattern')

    order = list(range(len(triples)))
    random.shuffle(order)
    for place, name in enumerate(['hr', 'lr', 'lq']):
        np.save(options.data / f'{name}.npy', np.stack([triples[index][place] for index in order]))
    (options.data / 'kinds.json').write_text(json.dumps([kinds[index] for index in order]))
    print(f'{len(triples)} patches')


if __name__ == '__main__':
    main()
