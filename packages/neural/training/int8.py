#!/usr/bin/python3
"""What would 8-bit integers cost? PSNR of Y on the held-out images with weights and images between layers rounded to 8 bits.

Usage: int8.py MODEL.onnx
As ONNX Runtime's static quantisation does it: weights in 255 steps per output channel, what goes into a convolution in 256
steps per tensor, between the least and the largest value seen on the patches of patches.py (or the 99.99th percentiles). The
first and the last convolution stay as they are.
"""
import argparse
import pathlib

import numpy as np
import torch
from torch.nn import functional as F

from evaluate import HELD_OUT, LOSSES, enlarge, pairs, psnr
from fetch import DATA
from network import net_of_onnx


class Rounded(torch.nn.Module):
    def __init__(self, net, share):
        super().__init__()
        self.net, self.share, self.ranges, self.calibrating = net, share, {}, True
        self.kernels = [conv.kernel().detach() for conv in net.convs]
        for index in range(1, len(self.kernels) - 1):
            step = self.kernels[index].abs().amax((1, 2, 3), keepdim=True) / 127
            self.kernels[index] = (self.kernels[index] / step).round() * step

    def round(self, x, index):
        if self.calibrating:
            values = x.flatten()[:: max(1, x.numel() // 1_000_000)]
            low, high = values.quantile(1 - self.share).item(), values.quantile(self.share).item()
            before = self.ranges.get(index, (0.0, 0.0))
            self.ranges[index] = (min(low, before[0]), max(high, before[1]))
            return x
        low, high = self.ranges[index]
        step = (high - low) / 255
        return ((x.clamp(low, high) - low) / step).round() * step + low

    def forward(self, x):
        y, last = x, len(self.kernels) - 1
        for index, (conv, kernel) in enumerate(zip(self.net.convs, self.kernels)):
            if 0 < index < last:
                y = self.round(y, index)
            y = F.conv2d(y, kernel, conv.bias, padding=1)
            if index < last:
                y = self.net.slopes[index](y)
        return F.pixel_shuffle(y + x.repeat_interleave(4, 1), 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('model', type=pathlib.Path)
    parser.add_argument('--data', type=pathlib.Path, default=DATA)
    options = parser.parse_args()
    net = net_of_onnx(options.model)
    sources = torch.from_numpy(np.load(options.data / 'lr.npy', mmap_mode='r')[:96].copy()).permute(0, 3, 1, 2).float() / 255
    nets = {'float32': net}
    for share in (1.0, 0.9999):
        rounded = Rounded(net, share)
        with torch.no_grad():
            rounded(sources)
        rounded.calibrating = False
        nets[f'int8, {share:.2%} of the values'] = rounded
    for name, each in nets.items():
        cells = []
        for folder in sorted(path for path in HELD_OUT.iterdir() if path.is_dir()):
            values = [psnr(enlarge(each, half), image) for image, half in pairs(str(folder), LOSSES['clean'])]
            cells.append(f'{folder.name} {np.mean(values):.2f}')
        print(f'{name:28}', '  '.join(cells), flush=True)


if __name__ == '__main__':
    main()
