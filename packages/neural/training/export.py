#!/usr/bin/python3
"""Folds the branches of a checkpoint and writes it as ONNX, and beside it in the format of @unplugin-hd/engine (which must be built).

Usage: export.py CHECKPOINT.pt|MODEL.onnx MODEL.onnx [--mix OTHER.onnx 0.5]
With --mix the weights are a mean of both, which often is better than either when one was trained on from the other.
"""
import argparse
import hashlib
import pathlib
import subprocess

import torch

from network import check_folding, open_net, save_onnx

#: Needs no Python: `node convert.mjs MODEL.onnx MODEL.hdw --float16` does the same for an ONNX file that is there.
CONVERT = pathlib.Path(__file__).resolve().parents[2] / 'engine/scripts/convert.mjs'


def mix(net, other, share):
    """A net of one branch, whose kernels are `share` of the other's and the rest of the first one's."""
    with torch.no_grad():
        for mine, its in zip(net.convs, other.convs):
            mine.take(mine.kernel().lerp(its.kernel(), share), mine.bias.lerp(its.bias, share))
        for mine, its in zip(net.slopes, other.slopes):
            mine.weight.lerp_(its.weight, share)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('model', type=pathlib.Path)
    parser.add_argument('--mix', nargs=2, metavar=('OTHER', 'SHARE'))
    options = parser.parse_args()
    net = open_net(options.checkpoint)
    print(f'folded kernels equal their branches within {check_folding(net):.1e}')
    if options.mix:
        mix(net, open_net(pathlib.Path(options.mix[0])), float(options.mix[1]))
    parameters = sum(conv.main.numel() + conv.bias.numel() for conv in net.convs) + sum(slope.weight.numel() for slope in net.slopes)
    save_onnx(net, options.model)
    digest = hashlib.sha256(options.model.read_bytes()).hexdigest()
    print(f'{options.model}: {parameters} parameters, {options.model.stat().st_size} bytes, sha256 {digest}', flush=True)
    subprocess.run(['node', CONVERT, options.model, options.model.with_suffix('.hdw'), '--float16'], check=True)


if __name__ == '__main__':
    main()
