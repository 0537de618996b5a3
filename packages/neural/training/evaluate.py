#!/usr/bin/python3
"""PSNR of Y (BT.601, border of 2 left out) on images, beside bicubic enlargement.

Usage: evaluate.py MODEL.onnx|CHECKPOINT.pt [FOLDER ...]   (default: the repository's own held-out images)
A quick look while training. The comparison with other upscalers, with the file as it is shipped, is `pnpm bench quality`.
"""
import argparse
import functools
import io
import pathlib

import numpy as np
import torch
from PIL import Image

from network import open_net

HERE = pathlib.Path(__file__).resolve().parent
HELD_OUT = HERE / '../../../bench/images'
#: What the half is made by, and the quality of the JPEG that it goes through; None: none.
LOSSES = {
    'clean': (Image.BICUBIC, None),
    'area': (Image.BOX, None),
    'jpeg95': (Image.BICUBIC, 95),
    'jpeg85': (Image.BICUBIC, 85),
    'jpeg75': (Image.BICUBIC, 75),
}


def luma(pixels):
    return 16 + pixels.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255


def psnr(one, other):
    difference = (luma(one) - luma(other))[2:-2, 2:-2]
    return 10 * np.log10(255**2 / np.maximum((difference**2).mean(), 1e-9))


@functools.lru_cache(maxsize=None)
def pairs(folder, loss):
    """The images of a folder and their halves, made as the name of the loss says. Transparent ones are put on grey."""
    reduction, quality = LOSSES[loss]
    result = []
    for path in sorted(path for path in pathlib.Path(folder).rglob('*') if path.suffix in ('.png', '.webp', '.bmp')):
        image = Image.open(path)
        if image.mode in ('RGBA', 'LA', 'P'):
            image = image.convert('RGBA')
            image = Image.alpha_composite(Image.new('RGBA', image.size, (128, 128, 128, 255)), image)
        image = image.convert('RGB')
        image = image.crop((0, 0, image.width - image.width % 2, image.height - image.height % 2))
        half = image.resize((image.width // 2, image.height // 2), reduction)
        if quality:
            file = io.BytesIO()
            half.save(file, 'JPEG', quality=quality)
            half = Image.open(file).convert('RGB')
        result.append((np.asarray(image), np.asarray(half)))
    return result


def enlarge(net, half):
    device = next(net.parameters()).device
    with torch.no_grad():
        result = net(torch.from_numpy(half.copy()).to(device).permute(2, 0, 1)[None].float() / 255)[0]
    return result.permute(1, 2, 0).clamp(0, 1).mul(255).round().byte().cpu().numpy()


def bicubic(half):
    return np.asarray(Image.fromarray(half).resize((2 * half.shape[1], 2 * half.shape[0]), Image.BICUBIC))


def judge(net, folder, loss='clean'):
    """Mean PSNR of Y in dB over the images of a folder."""
    return float(np.mean([psnr(enlarge(net, half), image) for image, half in pairs(str(folder), loss)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('model', type=pathlib.Path)
    parser.add_argument('folders', type=pathlib.Path, nargs='*')
    options = parser.parse_args()
    torch.set_num_threads(2)
    net = open_net(options.model)
    folders = options.folders or sorted(path for path in HELD_OUT.iterdir() if path.is_dir())
    print('PSNR of Y in dB: the network (bicubic)')
    for folder in folders:
        cells = []
        for name in LOSSES:
            base = np.mean([psnr(bicubic(half), image) for image, half in pairs(str(folder), name)])
            cells.append(f'{name} {judge(net, folder, name):.2f} ({base:.2f})')
        print(f'{folder.name:14}', '   '.join(cells))


if __name__ == '__main__':
    main()
