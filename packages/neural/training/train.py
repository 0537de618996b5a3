#!/usr/bin/python3
"""Trains the network on the patches of patches.py, and keeps a checkpoint: everything that the run needs to go on.

Usage: train.py --steps N | --minutes M [--from MODEL.onnx] [--grow CHANNELS] [--plain] [--rate 5e-4] [--chroma 0] [--log FILE] ...
       train.py --resume                         (goes on as if it had not been cut; with the options that the run was begun with)
Runs on CUDA where there is one, else on the CPU. With --steps a run is repeatable; with --minutes its length follows the clock,
less the time that the process was stopped. SIGTERM and SIGINT end it after a checkpoint; `export.py` takes that, too.

The rate falls from `--rate` on a cosine; the loss (loss.py) is squared in the last quarter. Where the processor computes bfloat16,
all but the last quarter is done in it: up to twice as fast.
"""
import argparse
import copy
import math
import os
import pathlib
import sys
import time

# Threads that wait must not spin: beside other work on the machine, that costs two thirds of the speed.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

import torch

import checkpoint
from evaluate import HELD_OUT, judge
from fetch import DATA
from grow import double, grow
from loss import loss_of
from network import Net, net_of_onnx
from sampling import Patches, parse_weights
from teach import teach

#: What the log tells, of the repository's own held-out images.
JUDGED = [('photo', 'clean'), ('photo', 'area'), ('photo', 'jpeg85'), ('illustration', 'clean'), ('text', 'clean')]
#: A step that took longer, in seconds, was stopped from outside (SIGSTOP) meanwhile: it counts as this.
LONGEST_STEP = 30
#: Options that belong to the machine, not to the run.
LOCAL = ('data', 'checkpoint', 'threads', 'resume')


def computes_bf16(device):
    """Whether the processor has instructions for it; emulated, it would be far slower than float32."""
    if device.type == 'cuda':
        return torch.cuda.is_bf16_supported()
    try:
        flags = pathlib.Path('/proc/cpuinfo').read_text().split()
    except OSError:
        return False
    return 'avx512_bf16' in flags or 'amx_bf16' in flags


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument('--steps', type=int)
    length.add_argument('--minutes', type=float)
    length.add_argument('--resume', action='store_true', help='goes on from the checkpoint, with the options of the run')
    parser.add_argument('--data', type=pathlib.Path, default=DATA)
    parser.add_argument('--checkpoint', type=pathlib.Path, help='default: checkpoint.pt in the data folder')
    parser.add_argument('--save', type=float, default=120, help='seconds between checkpoints; there is one at every judgement, too')
    parser.add_argument('--from', dest='start', type=pathlib.Path, help='weights to go on from')
    parser.add_argument('--grow', type=int, metavar='CHANNELS', help='makes the net wider before it is trained (with --from)')
    parser.add_argument('--double', action='store_true', help='puts the net beside itself turned by 180 degrees (with --from)')
    parser.add_argument('--channels', type=int, default=32, help='of a net that begins from noise')
    parser.add_argument('--plain', action='store_true', help='without branches: one kernel a convolution')
    parser.add_argument('--rate', type=float, default=5e-4)
    parser.add_argument('--batch', type=int, default=16)
    parser.add_argument('--edge', type=int, default=48, help='of a patch in source pixels, 64 at most')
    parser.add_argument('--lossy', type=float, default=0.3, help='share of JPEG sources')
    parser.add_argument('--chroma', type=float, default=0.0, help='weight of the differences of colour where the source is a JPEG')
    parser.add_argument('--kinds', default='', help='how much likelier some kinds are drawn than their number says: photo=2,text=0.5')
    parser.add_argument('--teacher', type=pathlib.Path, help='a model whose results, averaged over mirror images, are learnt beside the truth')
    parser.add_argument('--teach', type=float, default=0.5, help='share of the teacher in what is learnt')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--bf16', choices=['auto', 'on', 'off'], default='auto')
    parser.add_argument('--fine', type=float, default=0.75, help='share of the run from which on the loss is squared, in float32')
    parser.add_argument('--every', type=int, default=500, help='steps between judgements')
    parser.add_argument('--no-judge', action='store_true', help='logs the loss alone')
    parser.add_argument('--log', type=pathlib.Path)
    options = parser.parse_args()
    options.checkpoint = options.checkpoint or options.data / 'checkpoint.pt'
    if (options.grow or options.double) and not options.start:
        parser.error('--grow and --double need --from')
    return options


class Log:
    """Prints, and appends to a file. What was written after the checkpoint that a run goes on from is taken back."""

    def __init__(self, path, size):
        self.file = open(path, 'a', encoding='utf8') if path else None
        if self.file and size is not None:
            self.file.truncate(size)

    def say(self, text):
        print(text, flush=True)
        if self.file:
            print(text, file=self.file, flush=True)

    def size(self):
        return self.file.seek(0, os.SEEK_END) if self.file else None


def first_net(options):
    if not options.start:
        return Net(options.channels, plain=options.plain)
    net = net_of_onnx(options.start, options.plain)
    net = double(net) if options.double else net
    return grow(net, options.grow) if options.grow else net


def main():
    options = read_options()
    saved = checkpoint.load(options.checkpoint) if options.resume else None
    if saved:
        vars(options).update(saved['options'])
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    bf16 = options.bf16 == 'on' or (options.bf16 == 'auto' and computes_bf16(device))
    patches = Patches(options.data, options.batch, options.edge, options.seed, options.lossy, parse_weights(options.kinds))
    net = first_net(options).to(device, memory_format=torch.channels_last)
    teacher = net_of_onnx(options.teacher, plain=True).to(device, memory_format=torch.channels_last) if options.teacher else None
    average = copy.deepcopy(net)
    optimiser = torch.optim.Adam(net.parameters(), lr=options.rate, betas=(0.9, 0.99))
    log = Log(options.log, saved['log'] if saved else None)
    step, spent, total = 0, 0.0, 0.0
    if saved:
        if saved['patches'] != len(patches):
            sys.exit(f'{options.checkpoint} learnt from {saved["patches"]} patches, and {options.data} has {len(patches)}: go on where they were cut.')
        net.load_state_dict(saved['net']), average.load_state_dict(saved['average']), optimiser.load_state_dict(saved['optimiser'])
        patches.restore(saved['drawn']), torch.set_rng_state(saved['random'])
        step, spent, total = saved['step'], saved['spent'], saved['total']
    else:
        told = {key: value for key, value in vars(options).items() if key not in (*LOCAL, 'log', 'start', 'save', 'no_judge', 'teacher')}
        log.say(f'# {" ".join(f"{key}={value}" for key, value in told.items())} from={options.start.name if options.start else "noise"} '
                f'teacher={options.teacher.name if options.teacher else "none"} channels={net.channels} patches={len(patches)} device={device}{", bf16" if bf16 else ""} torch={torch.__version__}')

    def save():
        checkpoint.save(options.checkpoint, {
            'options': {key: value for key, value in vars(options).items() if key not in LOCAL}, 'patches': len(patches),
            'net': net.state_dict(), 'average': average.state_dict(), 'optimiser': optimiser.state_dict(),
            'drawn': patches.state(), 'random': torch.get_rng_state(), 'step': step, 'spent': spent, 'total': total, 'log': log.size(),
        })

    stop, last, kept_at = checkpoint.Stop(), time.monotonic(), time.monotonic()
    done = share_done(options, step, spent)
    while done < 1 and stop.signal is None:
        step += 1
        done = share_done(options, step, spent)
        fine = done > options.fine
        rate = 1e-7 + options.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        for group in optimiser.param_groups:
            group['lr'] = rate * min(1.0, step / 200)
        source, target, lossy = (part.to(device) for part in patches.draw())
        source, target = (part.contiguous(memory_format=torch.channels_last) for part in (source, target))
        if teacher:
            target = target.lerp(teach(teacher, source), options.teach)
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16 and not fine):
            result = net(source)
        loss = loss_of(result - target, lossy, fine, options.chroma)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        optimiser.step()
        total += loss.item()
        with torch.no_grad():
            decay = min(0.999, 1 - 1 / (step + 1))
            for kept, new in zip(average.parameters(), net.parameters()):
                kept.lerp_(new, 1 - decay)
        now = time.monotonic()
        spent, last = spent + min(LONGEST_STEP, now - last), now
        if step % options.every == 0 or done >= 1:
            judged = '' if options.no_judge else ' '.join(f'{kind}-{name} {judge(average, HELD_OUT / kind, name):.3f}' for kind, name in JUDGED)
            log.say(f'{step} loss {total / (step % options.every or options.every):.6f} {judged} {spent:.0f} s')
            total, kept_at = 0.0, now
            save()
        elif now - kept_at > options.save:
            kept_at = now
            save()
    save()
    if stop.signal is not None:
        print(f'stopped after step {step}; --resume goes on', flush=True)
        sys.exit(128 + stop.signal)


def share_done(options, step, spent):
    return step / options.steps if options.steps else spent / (60 * options.minutes)


if __name__ == '__main__':
    main()
