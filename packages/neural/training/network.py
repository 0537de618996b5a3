"""The network, as it is trained and as it is run; and the way to and from ONNX."""
import numpy as np
import onnx
from onnx import checker, helper, numpy_helper
import torch
from torch import nn
from torch.nn import functional as F

import checkpoint

CHANNELS = 32
LAYERS = 10


class FoldedConv(nn.Module):
    """A 3x3 convolution that is trained as several branches (3x3; 1x1 then 3x3; 3x3 then 1x1; 1x1) and run as one.

    All branches are linear and their sum is again a 3x3 convolution, so the kernels are added up, not the images: training
    costs no more than that of the plain convolution, and inference is the same. What changes is the way that the optimiser takes
    (ECBSR, Zhang et al. 2021; RepVGG, Ding et al. 2021).
    """

    def __init__(self, inputs, outputs, wide=2, plain=False):
        """With `plain` there is the main branch alone."""
        super().__init__()
        middle = wide * outputs
        self.plain = plain
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.main = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        if plain:
            nn.init.kaiming_normal_(self.main, a=0.25)
            return
        self.point = nn.Parameter(torch.zeros(outputs, inputs))
        self.widen = nn.Parameter(torch.empty(middle, inputs))
        self.narrow = nn.Parameter(torch.zeros(outputs, middle, 3, 3))
        self.before = nn.Parameter(torch.empty(middle, inputs, 3, 3))
        self.after = nn.Parameter(torch.zeros(outputs, middle))
        # The last step of every extra branch is zero: at the start only the main branch speaks.
        for weight in (self.main, self.widen, self.before):
            nn.init.kaiming_normal_(weight, a=0.25)

    def kernel(self):
        if self.plain:
            return self.main
        kernel = self.main + torch.einsum('omhw,mi->oihw', self.narrow, self.widen)
        kernel = kernel + torch.einsum('om,mihw->oihw', self.after, self.before)
        return kernel + F.pad(self.point[:, :, None, None], (1, 1, 1, 1))

    def take(self, kernel, bias):
        """Becomes the convolution of this kernel, by the main branch alone."""
        with torch.no_grad():
            self.main.copy_(kernel), self.bias.copy_(bias)
            if not self.plain:
                self.point.zero_(), self.narrow.zero_(), self.after.zero_()

    def forward(self, x):
        return F.conv2d(x, self.kernel(), self.bias, padding=1)

    def branches(self, x):
        """The same, branch by branch: what `kernel` is checked against."""
        if self.plain:
            return self(x)
        wide = F.conv2d(F.conv2d(x, self.widen[:, :, None, None]), self.narrow, padding=1)
        late = F.conv2d(F.conv2d(x, self.before, padding=1), self.after[:, :, None, None])
        return F.conv2d(x, self.main, self.bias, padding=1) + wide + late + F.conv2d(x, self.point[:, :, None, None])


class Net(nn.Module):
    """RGB 0..1, [N, 3, H, W] to [N, 3, 2H, 2W]: what is learnt is the difference to the pixels repeated."""

    def __init__(self, channels=CHANNELS, layers=LAYERS, plain=False):
        super().__init__()
        self.channels, self.layers, self.plain = channels, layers, plain
        widths = [3] + [channels] * (layers + 1) + [12]
        self.convs = nn.ModuleList(FoldedConv(a, b, plain=plain) for a, b in zip(widths, widths[1:]))
        # One slope for all channels of a layer: a leaky ReLU, which the native runtime computes within the convolution. A slope for each
        # channel would be a step of its own, and take 12 % of the native runtime's time.
        self.slopes = nn.ModuleList(nn.PReLU(init=0.2) for _ in range(layers + 1))
        self.convs[-1].main.data.mul_(0.1)

    def forward(self, x):
        y = x
        for conv, slope in zip(self.convs, self.slopes):
            y = slope(conv(y))
        return F.pixel_shuffle(self.convs[-1](y).float() + x.repeat_interleave(4, 1), 2)


#: Of the twelve values that become 2x2 pixels: the place in a line of RGB pixels of each value of `pixel_shuffle`.
SHUFFLED = [colour * 4 + row * 2 + column for row in range(2) for column in range(2) for colour in range(3)]


def net_of_state(state):
    """A net of the shape of these weights, with them."""
    channels = state['convs.0.bias'].shape[0]
    layers = sum(name.endswith('.bias') for name in state) - 2
    net = Net(channels, layers, plain='convs.0.point' not in state)
    net.load_state_dict(state)
    return net


def open_net(path):
    """The net of a file: of a model, or the averaged weights of a checkpoint."""
    return net_of_onnx(path) if path.suffix == '.onnx' else net_of_state(checkpoint.load(path)['average'])


def net_of_onnx(path, plain=False):
    """A net of the shape of a model that `save_onnx` wrote (or of the first one), with its weights as the main branches."""
    graph = onnx.load(str(path)).graph
    tensors = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    convs = [node for node in graph.node if node.op_type == 'Conv' and len(node.input) == 3]
    slopes = [slope_of(node, tensors) for node in graph.node if node.op_type in ('LeakyRelu', 'PRelu')]
    assert len(slopes) == len(convs) - 1, f'{path} is another architecture'
    kernels = [torch.from_numpy(tensors[node.input[1]].copy()) for node in convs]
    biases = [torch.from_numpy(tensors[node.input[2]].copy()) for node in convs]
    if 'kernel0' in tensors:
        # What `save_onnx` put into the weights, taken out again.
        kernels[0] = kernels[0] * 255
        order = np.argsort(SHUFFLED)
        kernels[-1], biases[-1] = kernels[-1][order] / 255, (biases[-1][order] - 0.5) / 255
    net = Net(len(biases[0]), len(convs) - 2, plain)
    for conv, kernel, bias in zip(net.convs, kernels, biases):
        conv.take(kernel, bias)
    with torch.no_grad():
        for mine, slope in zip(net.slopes, slopes):
            mine.weight.fill_(slope)
    return net


def slope_of(node, tensors):
    """Of negative values. The first models had one for each channel, whose mean is where training can go on from."""
    return node.attribute[0].f if node.op_type == 'LeakyRelu' else float(tensors[node.input[1]].mean())


def save_onnx(net, path):
    """Writes uint8 [1, H, W, 3] to uint8 [1, 2H, 2W, 3], branches folded, opset 13."""
    node, constant = helper.make_node, numpy_helper.from_array
    nodes, weights = [], []

    def weight(name, value, kind=np.float32):
        weights.append(constant(np.ascontiguousarray(value, kind), name))
        return name

    # The 1/255 is a part of the first kernel, the 255 and what rounds of the last one: no step of their own.
    nodes.append(node('Transpose', ['image'], ['planes'], perm=[0, 3, 1, 2]))
    nodes.append(node('Cast', ['planes'], ['x0'], to=onnx.TensorProto.FLOAT))
    last = len(net.convs) - 1
    with torch.no_grad():
        for index, conv in enumerate(net.convs):
            kernel, bias = conv.kernel().double().numpy(), conv.bias.double().numpy()
            if index == 0:
                kernel = kernel / 255
            if index == last:
                kernel, bias = kernel[SHUFFLED] * 255, bias[SHUFFLED] * 255 + 0.5
            inputs = [f'x{index}', weight(f'kernel{index}', kernel), weight(f'bias{index}', bias)]
            name = f'sum{index}' if index < last else 'detail'
            nodes.append(node('Conv', inputs, [name], kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
            if index == last:
                break
            nodes.append(node('LeakyRelu', [name], [f'x{index + 1}'], alpha=net.slopes[index].weight.item()))
    repeat = np.zeros((12, 3, 1, 1))
    repeat[np.arange(12), np.arange(12) % 3] = 1
    nodes.append(node('Conv', ['x0', weight('repeat', repeat)], ['base'], kernel_shape=[1, 1]))
    nodes.append(node('Add', ['detail', 'base'], ['both']))
    nodes.append(node('Clip', ['both', weight('black', 0), weight('white', 255)], ['levels']))
    # From here on bytes: a quarter of what floats would have to be moved.
    nodes.append(node('Cast', ['levels'], ['bytes'], to=onnx.TensorProto.UINT8))
    nodes.append(node('Transpose', ['bytes'], ['dozens'], perm=[0, 2, 3, 1]))
    nodes.append(node('Reshape', ['dozens', weight('pairs', [0, 0, 0, 2, 6], np.int64)], ['paired']))
    nodes.append(node('Transpose', ['paired'], ['lines'], perm=[0, 1, 3, 2, 4]))
    nodes.append(node('Shape', ['dozens'], ['shape']))
    nodes.append(node('Gather', ['shape', weight('sides', [1, 2], np.int64)], ['half']))
    nodes.append(node('Mul', ['half', weight('two', [2], np.int64)], ['whole']))
    ends = [weight('one', [1], np.int64), 'whole', weight('three', [3], np.int64)]
    nodes.append(node('Concat', ends, ['doubled'], axis=0))
    nodes.append(node('Reshape', ['lines', 'doubled'], ['upscaled']))
    info = helper.make_tensor_value_info
    image = info('image', onnx.TensorProto.UINT8, [1, 'height', 'width', 3])
    upscaled = info('upscaled', onnx.TensorProto.UINT8, [1, 'height2', 'width2', 3])
    graph = helper.make_graph(nodes, 'hd-x2', [image], [upscaled], weights)
    model = helper.make_model(graph, producer_name='unplugin-hd', opset_imports=[helper.make_opsetid('', 13)])
    model.ir_version = 7
    checker.check_model(model)
    onnx.save(model, str(path))


def check_folding(net):
    """The largest difference between the folded kernels and their branches, of values around 1. @raises when it is more than rounding"""
    worst = 0.0
    with torch.no_grad():
        for conv in net.convs:
            x = torch.randn(1, conv.main.shape[1], 17, 19, dtype=torch.float64)
            conv = conv.double()
            folded, apart = conv(x), conv.branches(x)
            worst = max(worst, ((folded - apart).abs().max() / apart.abs().max().clamp_min(1e-9)).item())
            conv.float()
    assert worst < 1e-10, f'the folded kernels differ from their branches by {worst}'
    return worst
