"""Makes wider networks of a trained one, to train on from."""
import torch

from network import Net

#: Of the random inputs, relative to those that training from noise begins with.
SMALL = 0.1


def grow(net, channels):
    """`net` with more channels in every layer: the same function, but for the rounding of longer sums (about 6e-7 of values of 0..1).

    New channels get small random inputs and zero outputs (Net2Net, Chen et al. 2016): at first nothing listens to them, but what
    listens learns from them at once.
    """
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


def double(net):
    """`net` beside itself turned by 180 degrees, in a net of twice the channels: its result is the mean of the results for the image
    and for the turned one, which is better than either (photos by 0.11 dB), before anything is trained."""
    channels, last = net.channels, len(net.convs) - 1
    wide = Net(2 * channels, net.layers, net.plain)
    for index, (old, new) in enumerate(zip(net.convs, wide.convs)):
        kernel, bias = old.kernel().detach(), old.bias.detach()
        turned = kernel.flip(2, 3)
        if index == 0:
            new.take(torch.cat([kernel, turned]), bias.repeat(2))
        elif index == last:
            # Turned, the four pixels that one becomes come in the opposite order.
            order = torch.arange(12).view(3, 4).flip(1).flatten()
            new.take(torch.cat([kernel, turned[order]], 1) / 2, (bias + bias[order]) / 2)
        else:
            both = torch.zeros_like(new.main)
            both[:channels, :channels], both[channels:, channels:] = kernel, turned
            new.take(both, bias.repeat(2))
    with torch.no_grad():
        for old, new in zip(net.slopes, wide.slopes):
            new.weight.copy_(old.weight)
    return wide
