#!/usr/bin/python3
"""Checks what must hold of training, on patches of noise, in a minute: nothing is fetched, and no GPU is needed.

Usage: check.py
- A run that is cut, politely (SIGTERM) or not (SIGKILL), and goes on with --resume, logs the same losses and ends with the same bytes
  of weights as one that was not.
- A grown net computes what the old one did; what is grown first moves is the new channels, too.
- A doubled net computes the mean of the results for an image and for the image turned by 180 degrees.
- A net survives the way through ONNX, whatever its width.
"""
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import numpy as np
import torch

import checkpoint
from fetch import HERE
from grow import double, grow
from network import Net, net_of_onnx, net_of_state, save_onnx

SHIPPED = HERE / '../models/hd-x2.onnx'
STEPS = 14


def make_patches(folder):
    random = np.random.default_rng(5)
    for name, edge in (('hr', 128), ('lr', 64), ('lq', 64)):
        np.save(folder / f'{name}.npy', random.integers(0, 256, (20, edge, edge, 3), np.uint8))
    (folder / 'kinds.json').write_text('["photo", "text"]'.replace(']', ', "photo"' * 18 + ']'))


def begin(folder, name, *more):
    command = [sys.executable, HERE / 'train.py', '--data', folder, '--checkpoint', folder / f'{name}.pt', '--threads', 1, '--save', 0, *more]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)


def recipe(folder, name):
    return ('--steps', STEPS, '--batch', 2, '--edge', 16, '--every', 2, '--no-judge', '--chroma', 0.5, '--kinds', 'text=3', '--log', folder / f'{name}.txt')


def finish(run):
    run.stdout.read()
    assert run.wait() == 0, f'training ended with {run.returncode}'


def cut(run, number, after):
    """Sends the signal as soon as the step is in the log."""
    for line in run.stdout:
        if line.startswith(f'{after} '):
            run.send_signal(number)
            break
    run.stdout.read()
    return run.wait()


def outcome(folder, name):
    # Seconds are what may differ.
    losses = re.findall(r'^\d+ loss \S+', (folder / f'{name}.txt').read_text(), re.M)
    return losses, checkpoint.load(folder / f'{name}.pt')


def check_resume(folder):
    finish(begin(folder, 'whole', *recipe(folder, 'whole')))
    for name, number, code in (('asked', signal.SIGTERM, 128 + signal.SIGTERM), ('killed', signal.SIGKILL, -signal.SIGKILL)):
        returned = cut(begin(folder, name, *recipe(folder, name)), number, 4)
        assert returned == code, f'{name}: training ended with {returned}, not {code}'
        at = checkpoint.load(folder / f'{name}.pt')['step']
        # Killed, it may have logged a step and not kept it.
        assert 3 <= at < STEPS, f'{name}: not cut, but at step {at}'
        finish(begin(folder, name, '--resume'))
    losses, whole = outcome(folder, 'whole')
    assert len(losses) == STEPS // 2, losses
    for name in ('asked', 'killed'):
        again, state = outcome(folder, name)
        assert again == losses, f'{name}: {again} is not {losses}'
        for part in ('net', 'average'):
            for key, value in whole[part].items():
                assert torch.equal(value, state[part][key]), f'{name}: {part} {key} differs'
    print(f'resumed runs equal the whole one: {len(losses)} losses, all weights')


def check_growth(folder):
    x = torch.rand(1, 3, 40, 37)
    for plain in (False, True):
        net = net_of_onnx(SHIPPED, plain)
        wide = grow(net, 48)
        with torch.no_grad():
            worst = (net(x) - wide(x)).abs().max().item()
        assert worst < 2e-6, f'the grown net differs by {worst}'
        # What is new must be able to learn: the outputs of new channels get a gradient.
        wide(x).square().mean().backward()
        for conv in wide.convs[1:]:
            assert conv.main.grad[:, 32:].abs().max() > 0, 'new channels learn nothing'
        print(f'{"plain" if plain else "branched"}: 48 channels compute what 32 did, within {worst:.0e}')
    twice = double(net)
    with torch.no_grad():
        worst = (twice(x) - (net(x) + net(x.flip(2, 3)).flip(2, 3)) / 2).abs().max().item()
    assert worst < 2e-6, f'the doubled net differs by {worst}'
    print(f'doubled: the mean of two views, within {worst:.0e}')
    save_onnx(wide, folder / 'wide.onnx')
    with torch.no_grad():
        worst = (net_of_onnx(folder / 'wide.onnx')(x) - wide(x)).abs().max().item()
    assert worst < 5e-6, f'the way through ONNX changes the net by {worst}'
    assert isinstance(net_of_state(wide.state_dict()), Net)
    print(f'through ONNX and back within {worst:.0e}')


if __name__ == '__main__':
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        make_patches(pathlib.Path(folder))
        check_growth(pathlib.Path(folder))
        check_resume(pathlib.Path(folder))
