"""Makes a wider network of a trained one, which computes the same (Net2Net, Chen et al. 2016).

New channels get small random inputs and zero outputs: at first nothing listens to them, but what listens learns from them at once.
"""
import torch

from network import Net

#: Of the random inputs, relative to those that training from noise begins with.
SMALL = 0.1


def grow(net, channels):
    """`net` with more channels in every layer: the same function, but for the rounding of longer sums (about 6e-7 of values of 0..1)."""
    assert channels > net.channels, f'{channels} channels are not more than {net.channels}'
    wide = Net(channels, net.layers, net.plain)
    with torch.no_grad():
        for old, new in zip(net.convs, wide.convs):
            outputs, inputs = old.main.shape[:2]
            new.main.mul_(SMALL)
            new.main[:outputs] = 0
            new.main[:outputs, :inputs] = old.kernel()
            new.bias[:outputs] = old.bias
        for old, new in zip(net.slopes, wide.slopes):
            new.weight.copy_(old.weight)
    return wide
