#!/usr/bin/python3
"""Trains the network on the patches of patches.py, and writes checkpoint.pt (the averaged weights) into the data folder.

Usage: train.py --steps N | --minutes M [--from MODEL.onnx] [--rate 5e-4] [--seed 0] [--log FILE]
Runs on CUDA where there is one, else on the CPU. With --steps a run is repeatable; with --minutes its length follows the clock.

The loss is the mean difference of RGB and of luma (0.4 : 0.6), since the eye, and every figure that it is judged by, weighs
luma most; in the last quarter it is the squared difference, which is what PSNR measures. The rate falls from `--rate` on a
cosine. Where the processor computes bfloat16, all but the last quarter is done in it: twice as fast.
"""
import argparse
import copy
import math
import os
import pathlib
import random
import time

# Threads that wait must not spin: beside other work on the machine, that costs two thirds of the speed.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

import numpy as np
import torch

from evaluate import HELD_OUT, judge
from fetch import DATA
from network import Net, load_onnx

#: Weights of red, green and blue in luma (BT.601), as the difference of luma is to weigh.
LUMA = torch.tensor([0.257, 0.504, 0.098]).view(1, 3, 1, 1)
#: Share of JPEG sources among the patches.
LOSSY = 0.3
#: What the log tells, of the repository's own held-out pictures.
JUDGED = [('photo', 'clean'), ('photo', 'jpeg85'), ('illustration', 'clean'), ('text', 'clean')]


class Patches:
    def __init__(self, folder, batch, edge, generator):
        self.hr, self.lr, self.lq = (np.load(folder / f'{name}.npy') for name in ('hr', 'lr', 'lq'))
        self.batch, self.edge, self.random = batch, edge, generator

    def draw(self):
        edge, sources, targets = self.edge, [], []
        for index in self.random.integers(0, len(self.hr), self.batch):
            y, x = self.random.integers(0, self.lr.shape[1] + 1 - edge, 2)
            half = self.lq if self.random.random() < LOSSY else self.lr
            source = half[index, y : y + edge, x : x + edge]
            target = self.hr[index, 2 * y : 2 * (y + edge), 2 * x : 2 * (x + edge)]
            for axes in ((0,), (1,)):
                if self.random.random() < 0.5:
                    source, target = np.flip(source, axes), np.flip(target, axes)
            if self.random.random() < 0.5:
                source, target = source.transpose(1, 0, 2), target.transpose(1, 0, 2)
            sources.append(source), targets.append(target)
        return self.tensor(sources), self.tensor(targets)

    @staticmethod
    def tensor(pictures):
        return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float().div_(255)


def loss_of(difference, squared):
    luma = (difference * LUMA.to(difference.device)).sum(1)
    if squared:
        return 0.4 * difference.square().mean() + 0.6 * 2 * luma.square().mean()
    return 0.4 * difference.abs().mean() + 0.6 * luma.abs().mean()


def computes_bf16(device):
    """Whether the processor has instructions for it; emulated, it would be far slower than float32."""
    if device.type == 'cuda':
        return torch.cuda.is_bf16_supported()
    try:
        flags = pathlib.Path('/proc/cpuinfo').read_text().split()
    except OSError:
        return False
    return 'avx512_bf16' in flags or 'amx_bf16' in flags


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument('--steps', type=int)
    length.add_argument('--minutes', type=float)
    parser.add_argument('--data', type=pathlib.Path, default=DATA)
    parser.add_argument('--from', dest='start', type=pathlib.Path, help='weights to go on from')
    parser.add_argument('--rate', type=float, default=5e-4)
    parser.add_argument('--batch', type=int, default=16)
    parser.add_argument('--edge', type=int, default=48, help='of a patch in source pixels, 64 at most')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--bf16', choices=['auto', 'on', 'off'], default='auto')
    parser.add_argument('--fine', type=float, default=0.75, help='share of the run from which on the loss is squared, in float32')
    parser.add_argument('--every', type=int, default=500, help='steps between judgements')
    parser.add_argument('--log', type=pathlib.Path)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    bf16 = options.bf16 == 'on' or (options.bf16 == 'auto' and computes_bf16(device))
    patches = Patches(options.data, options.batch, options.edge, np.random.default_rng(options.seed))
    net = Net()
    if options.start:
        load_onnx(net, options.start)
    net.to(device, memory_format=torch.channels_last)
    average = copy.deepcopy(net)
    optimiser = torch.optim.Adam(net.parameters(), lr=options.rate, betas=(0.9, 0.99))
    log = open(options.log, 'a', encoding='utf8') if options.log else None

    def say(text):
        print(text, flush=True)
        if log:
            print(text, file=log, flush=True)

    say(f'# {" ".join(f"{key}={value}" for key, value in vars(options).items() if key not in ("data", "log", "start"))} '
        f'from={options.start.name if options.start else "noise"} patches={len(patches.hr)} device={device}{", bf16" if bf16 else ""} torch={torch.__version__}')
    begun, total, step, done = time.monotonic(), 0.0, 0, 0.0
    while done < 1:
        step += 1
        done = step / options.steps if options.steps else (time.monotonic() - begun) / (60 * options.minutes)
        fine = done > options.fine
        rate = 1e-7 + options.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        for group in optimiser.param_groups:
            group['lr'] = rate * min(1.0, step / 200)
        source, target = (part.to(device, memory_format=torch.channels_last) for part in patches.draw())
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16 and not fine):
            result = net(source)
        loss = loss_of(result - target, squared=fine)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        optimiser.step()
        total += loss.item()
        with torch.no_grad():
            decay = min(0.999, 1 - 1 / (step + 1))
            for kept, new in zip(average.parameters(), net.parameters()):
                kept.lerp_(new, 1 - decay)
        if step % options.every == 0 or done >= 1:
            judged = ' '.join(f'{kind}-{name} {judge(average, HELD_OUT / kind, name):.3f}' for kind, name in JUDGED)
            since = options.every if step % options.every == 0 else step % options.every
            say(f'{step} loss {total / since:.6f} {judged} {time.monotonic() - begun:.0f} s')
            total = 0.0
            torch.save(average.state_dict(), options.data / 'checkpoint.pt')


if __name__ == '__main__':
    main()
