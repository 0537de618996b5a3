#!/usr/bin/python3
"""Makes the images of origin.tsv from the Debian packages that it names. Usage: make.py FOLDER_WITH_UNPACKED_PACKAGES"""
import csv
import pathlib
import sys

from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent

with open(HERE / 'origin.tsv', encoding='utf8') as file:
    rows = list(csv.DictReader((line for line in file if line[0] != '#'), delimiter='\t'))
for row in rows:
    image = Image.open(pathlib.Path(sys.argv[1]) / row['package'] / row['file'])
    # Transparency only where the image is there to show it.
    alpha = row['image'].startswith('alpha/')
    if not alpha and image.mode in ('RGBA', 'LA', 'P'):
        image = image.convert('RGBA')
        image = Image.alpha_composite(Image.new('RGBA', image.size, (255, 255, 255, 255)), image)
    image = image.convert('RGBA' if alpha else 'RGB')
    factor = float(row['factor'])
    if factor != 1:
        image = image.resize((round(image.width / factor), round(image.height / factor)), Image.LANCZOS)
    left, top, right, bottom = (int(value) for value in row['crop'].split(','))
    assert right <= image.width and bottom <= image.height, f'{row["image"]} is {image.width}x{image.height}'
    assert (right - left) % 2 == 0 and (bottom - top) % 2 == 0, f'{row["image"]}: odd crop'
    target = HERE / f'{row["image"]}.png'
    target.parent.mkdir(exist_ok=True)
    image.crop((left, top, right, bottom)).save(target, optimize=True)
