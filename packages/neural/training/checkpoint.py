"""Everything that a run needs to go on, in one file; written beside and renamed, so that a cut leaves the old one or the new one."""
import os
import signal

import torch


def save(path, state):
    partial = path.with_name(f'{path.name}.partial')
    with open(partial, 'wb') as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def load(path):
    try:
        # It holds the state of random generators and the options, too: more than weights. Only for files of your own.
        return torch.load(path, map_location='cpu', weights_only=False)
    except TypeError:
        # PyTorch before 1.13 knows no such option.
        return torch.load(path, map_location='cpu')


class Stop:
    """SIGTERM and SIGINT end the run after the step that it is in. `signal` is which one came, or None."""

    def __init__(self):
        self.signal = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.note)

    def note(self, number, _):
        # Whoever asks a second time does not want to wait.
        if self.signal is not None:
            raise SystemExit(128 + number)
        self.signal = number
