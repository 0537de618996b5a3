"""Draws batches from the patches that patches.py cut."""
import json

import numpy as np
import torch


class Patches:
    """`draw()` gives (sources, targets, lossy): RGB of 0..1, [N, 3, edge, edge] and twice that, and which of the sources are JPEGs.

    `lossy` is the share of JPEGs; `weights` says of kinds how much likelier they are drawn than their number says.
    """

    def __init__(self, folder, batch, edge, seed, lossy, weights):
        # Mapped, not read: several runs share the pages, and a resumed one begins at once.
        self.hr, self.lr, self.lq = (np.load(folder / f'{name}.npy', mmap_mode='r') for name in ('hr', 'lr', 'lq'))
        self.batch, self.edge, self.lossy = batch, edge, lossy
        self.random = np.random.default_rng(seed)
        self.chances = chances_of(json.loads((folder / 'kinds.json').read_text()), weights) if weights else None

    def __len__(self):
        return len(self.hr)

    def draw(self):
        edge, sources, targets, lossy = self.edge, [], [], []
        for index in self.random.choice(len(self.hr), self.batch, p=self.chances):
            y, x = self.random.integers(0, self.lr.shape[1] + 1 - edge, 2)
            lossy.append(self.random.random() < self.lossy)
            half = self.lq if lossy[-1] else self.lr
            source = half[index, y : y + edge, x : x + edge]
            target = self.hr[index, 2 * y : 2 * (y + edge), 2 * x : 2 * (x + edge)]
            for axes in ((0,), (1,)):
                if self.random.random() < 0.5:
                    source, target = np.flip(source, axes), np.flip(target, axes)
            if self.random.random() < 0.5:
                source, target = source.transpose(1, 0, 2), target.transpose(1, 0, 2)
            sources.append(source), targets.append(target)
        return tensor(sources), tensor(targets), torch.tensor(lossy)

    def state(self):
        return self.random.bit_generator.state

    def restore(self, state):
        self.random.bit_generator.state = state


def tensor(images):
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float().div_(255)


def chances_of(kinds, weights):
    unknown = set(weights) - set(kinds)
    assert not unknown, f'no patches of kind {", ".join(sorted(unknown))}'
    chances = np.array([weights.get(kind, 1.0) for kind in kinds])
    return chances / chances.sum()


def parse_weights(text):
    """`photo=2,text=0.5` as {'photo': 2.0, 'text': 0.5}."""
    return {kind: float(weight) for kind, weight in (part.split('=') for part in text.split(','))} if text else {}
