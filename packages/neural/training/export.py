#!/usr/bin/python3
"""Folds the branches of a checkpoint and writes it as ONNX. Usage: export.py CHECKPOINT.pt MODEL.onnx"""
import argparse
import hashlib
import pathlib

import torch

from network import Net, check_folding, save_onnx


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('model', type=pathlib.Path)
    options = parser.parse_args()
    net = Net()
    net.load_state_dict(torch.load(options.checkpoint, map_location='cpu'))
    print(f'folded kernels equal their branches within {check_folding(net):.1e}')
    save_onnx(net, str(options.model))
    parameters = sum(conv.main.numel() + conv.bias.numel() for conv in net.convs) + sum(slope.weight.numel() for slope in net.slopes)
    digest = hashlib.sha256(options.model.read_bytes()).hexdigest()
    print(f'{options.model}: {parameters} parameters, {options.model.stat().st_size} bytes, sha256 {digest}')


if __name__ == '__main__':
    main()
