#!/usr/bin/python3
"""From nothing to a judged model, in one go: fetch.py, patches.py, train.py, export.py, evaluate.py, `pnpm bench quality`.

Usage: reproduce.py [--minutes 10] [--data DIR]
The minutes are those of everything after the download; in a short run the patches are fewer. The result, DATA/reproduced.onnx, is judged beside the shipped model and the interpolators.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import time

from fetch import DATA, HERE


def run(script, *arguments):
    subprocess.run([sys.executable, HERE / script, *map(str, arguments)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--data', type=pathlib.Path, default=DATA)
    options = parser.parse_args()
    data = ('--data', options.data)
    run('fetch.py', *data)
    begun = time.monotonic()
    short = options.minutes < 60
    run('patches.py', *data, '--share', 0.15 if short else 1.0)
    left = options.minutes - (time.monotonic() - begun) / 60
    # Many small steps get further in little time.
    size = ('--batch', 8, '--edge', 32) if short else ('--batch', 16, '--edge', 48)
    run('train.py', *data, '--minutes', f'{max(1.0, left):.2f}', *size, '--every', 1000)
    model = options.data / 'reproduced.onnx'
    run('export.py', options.data / 'checkpoint.pt', model)
    run('evaluate.py', model)
    if shutil.which('node') and (HERE / '../dist/index.mjs').exists():
        judge = HERE / '../../../bench/main.mjs'
        subprocess.run(['node', judge, 'quality', '--no-peers', '--model', model], check=True)
    else:
        print(f'For the comparison with interpolators: pnpm bench quality --model {model}')


if __name__ == '__main__':
    main()
