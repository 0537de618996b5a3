#!/usr/bin/python3
"""Unpacks the Debian packages of images.tsv into the data folder, and writes down what they are.

Usage: fetch.py [--data DIR] [--attribution]
Needs Debian's apt and 4 GB; the data folder is packages/neural/node_modules/.cache/training unless told otherwise. With --attribution it also writes ATTRIBUTION.md: of each package the version and, from its own
`copyright` file, the licences and the holders of the files.
"""
import argparse
import csv
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
#: Gigabytes, so not in a folder that Git or the build looks into.
DATA = HERE.parent / 'node_modules/.cache/training'


def image_list():
    """The rows of images.tsv: (package, kind, pattern)."""
    with open(HERE / 'images.tsv', encoding='utf8') as file:
        return [tuple(row) for row in csv.reader(file, delimiter='\t') if row and not row[0].startswith('#')]


def fetch(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for package in dict.fromkeys(row[0] for row in image_list()):
        target = folder / package
        if target.is_dir():
            continue
        print('fetch', package, flush=True)
        subprocess.run(['apt-get', 'download', '-q', package], cwd=folder, check=True, capture_output=True)
        (deb,) = folder.glob(f'{package}_*.deb')
        # Unpacked beside and renamed, so that an interrupted run leaves no half package.
        subprocess.run(['dpkg-deb', '-x', deb, folder / 'partial'], check=True)
        version = subprocess.run(['dpkg-deb', '-f', deb, 'Version'], check=True, capture_output=True, text=True).stdout
        (folder / 'partial' / 'VERSION').write_text(version)
        (folder / 'partial').rename(target)
        deb.unlink()


def read_copyright(folder, package):
    """Licences and holders, as the package's machine-readable `copyright` file states them."""
    text = (folder / package / 'usr/share/doc' / package / 'copyright').read_text('utf8', errors='replace')
    # Where the same licence or holder comes back, once is enough.
    licences = dict.fromkeys(match.strip() for match in re.findall(r'^License:[ \t]*(\S.*)$', text, re.M))
    holders = []
    for block in re.findall(r'^Copyright:((?:.*\n)(?:[ \t]+.*\n)*)', text, re.M):
        holders += [line.strip(' \t.*') for line in block.split('\n')]
    if not licences:
        # Not machine-readable: the names of licences that it speaks of.
        licences = dict.fromkeys(re.findall(r'CC[ -]BY(?:[ -]SA)?[ -]?[0-9.]*[0-9]|CC0|L?GPL(?:[ -]?v?[23](?:\.[0-9])?\+?)?|GFDL|public domain', text))
        holders = [line.strip(' \t.*') for line in re.findall(r'^.*(?:Copyright|©).*$', text, re.M)]
    # Without addresses, which only harvesters would use.
    holders = [re.sub(r'\s*<[^>]*>?', '', holder).strip() for holder in holders]
    return list(licences), [holder for holder in dict.fromkeys(holders) if holder]


def write_attribution(folder):
    lines = [
        '# Whose images the network learnt from',
        '',
        'Written by `fetch.py --attribution` from the `copyright` files of the packages (Debian 12, section main). No image is',
        'part of this repository or of the npm package; the weights were made by looking at them. Licences and holders are those of',
        'the whole package; which file has which is told in its `usr/share/doc/PACKAGE/copyright`.',
    ]
    for package in sorted({row[0] for row in image_list()}):
        version = (folder / package / 'VERSION').read_text().strip()
        kinds = sorted({row[1] for row in image_list() if row[0] == package})
        licences, holders = read_copyright(folder, package)
        lines += ['', f'## {package} {version}', '', f'Kinds: {", ".join(kinds)}.', '']
        lines += [f'Licences: {"; ".join(licences) or "see the file"}.', '', f'Holders: {"; ".join(holders) or "see the file"}.']
    (HERE / 'ATTRIBUTION.md').write_text('\n'.join(lines) + '\n', 'utf8')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=pathlib.Path, default=DATA)
    parser.add_argument('--attribution', action='store_true')
    options = parser.parse_args()
    fetch(options.data / 'packages')
    if options.attribution:
        write_attribution(options.data / 'packages')
