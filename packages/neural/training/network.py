"""The network, as it is trained and as it is run; and the way to and from ONNX."""
import numpy as np
import onnx
from onnx import checker, helper, numpy_helper
import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = 32
LAYERS = 10


class FoldedConv(nn.Module):
    """A 3x3 convolution that is trained as several branches (3x3; 1x1 then 3x3; 3x3 then 1x1; 1x1) and run as one.

    All branches are linear and their sum is again a 3x3 convolution, so the kernels are added up, not the pictures: training
    costs no more than that of the plain convolution, and inference is the same. What changes is the way that the optimiser takes
    (ECBSR, Zhang et al. 2021; RepVGG, Ding et al. 2021).
    """

    def __init__(self, inputs, outputs, wide=2):
        super().__init__()
        middle = wide * outputs
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.main = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        self.point = nn.Parameter(torch.zeros(outputs, inputs))
        self.widen = nn.Parameter(torch.empty(middle, inputs))
        self.narrow = nn.Parameter(torch.zeros(outputs, middle, 3, 3))
        self.before = nn.Parameter(torch.empty(middle, inputs, 3, 3))
        self.after = nn.Parameter(torch.zeros(outputs, middle))
        # The last step of every extra branch is zero: at the start only the main branch speaks.
        for weight in (self.main, self.widen, self.before):
            nn.init.kaiming_normal_(weight, a=0.25)

    def kernel(self):
        kernel = self.main + torch.einsum('omhw,mi->oihw', self.narrow, self.widen)
        kernel = kernel + torch.einsum('om,mihw->oihw', self.after, self.before)
        return kernel + F.pad(self.point[:, :, None, None], (1, 1, 1, 1))

    def forward(self, x):
        return F.conv2d(x, self.kernel(), self.bias, padding=1)

    def branches(self, x):
        """The same, branch by branch: what `kernel` is checked against."""
        wide = F.conv2d(F.conv2d(x, self.widen[:, :, None, None]), self.narrow, padding=1)
        late = F.conv2d(F.conv2d(x, self.before, padding=1), self.after[:, :, None, None])
        return F.conv2d(x, self.main, self.bias, padding=1) + wide + late + F.conv2d(x, self.point[:, :, None, None])


class Net(nn.Module):
    """RGB 0..1, [N, 3, H, W] to [N, 3, 2H, 2W]: what is learnt is the difference to the pixels repeated."""

    def __init__(self, channels=CHANNELS, layers=LAYERS):
        super().__init__()
        widths = [3] + [channels] * (layers + 1) + [12]
        self.convs = nn.ModuleList(FoldedConv(a, b) for a, b in zip(widths, widths[1:]))
        self.slopes = nn.ModuleList(nn.PReLU(channels) for _ in range(layers + 1))
        self.convs[-1].main.data.mul_(0.1)

    def forward(self, x):
        y = x
        for conv, slope in zip(self.convs, self.slopes):
            y = slope(conv(y))
        return F.pixel_shuffle(self.convs[-1](y).float() + x.repeat_interleave(4, 1), 2)


def load_onnx(net, path):
    """Takes the weights of a model that `save_onnx` wrote (or of the first one), as the main branches."""
    tensors = {item.name: numpy_helper.to_array(item) for item in onnx.load(str(path)).graph.initializer}
    nodes = onnx.load(str(path)).graph.node
    convs = [node for node in nodes if node.op_type == 'Conv' and len(node.input) == 3]
    slopes = [node for node in nodes if node.op_type == 'PRelu']
    assert len(convs) == len(net.convs) and len(slopes) == len(net.slopes), f'{path} is another architecture'
    with torch.no_grad():
        for conv, node in zip(net.convs, convs):
            conv.main.copy_(torch.from_numpy(tensors[node.input[1]].copy()))
            conv.bias.copy_(torch.from_numpy(tensors[node.input[2]].copy()))
            conv.point.zero_(), conv.narrow.zero_(), conv.after.zero_()
        for slope, node in zip(net.slopes, slopes):
            slope.weight.copy_(torch.from_numpy(tensors[node.input[1]].ravel().copy()))


def save_onnx(net, path):
    """Writes uint8 [1, H, W, 3] to uint8 [1, 2H, 2W, 3], branches folded, opset 13."""
    node, constant = helper.make_node, numpy_helper.from_array
    nodes, weights = [], []

    def weight(name, value):
        weights.append(constant(np.ascontiguousarray(value, np.float32), name))
        return name

    # The 1/255 is a part of the first kernel and of the base, the 255 of the last ones: no step of their own for either.
    nodes.append(node('Transpose', ['image'], ['planes'], perm=[0, 3, 1, 2]))
    nodes.append(node('Cast', ['planes'], ['x0'], to=onnx.TensorProto.FLOAT))
    last = len(net.convs) - 1
    with torch.no_grad():
        for index, conv in enumerate(net.convs):
            kernel, bias = conv.kernel().numpy(), conv.bias.numpy()
            if index == 0:
                kernel = kernel / 255
            if index == last:
                kernel, bias = kernel * 255, bias * 255 + 0.5
            inputs = [f'x{index}', weight(f'kernel{index}', kernel), weight(f'bias{index}', bias)]
            name = f'sum{index}' if index < last else 'detail'
            nodes.append(node('Conv', inputs, [name], kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
            if index < last:
                slope = weight(f'slope{index}', net.slopes[index].weight.numpy().reshape(-1, 1, 1))
                nodes.append(node('PRelu', [name, slope], [f'x{index + 1}']))
    repeat = np.zeros((12, 3, 1, 1), np.float32)
    repeat[np.arange(12), np.arange(12) // 4] = 1
    nodes.append(node('Conv', ['x0', weight('repeat', repeat)], ['base'], kernel_shape=[1, 1]))
    nodes.append(node('Add', ['detail', 'base'], ['both']))
    weights.append(constant(np.float32(0), 'black'))
    weights.append(constant(np.float32(255), 'white'))
    nodes.append(node('Clip', ['both', 'black', 'white'], ['levels']))
    nodes.append(node('DepthToSpace', ['levels'], ['shuffled'], blocksize=2, mode='CRD'))
    nodes.append(node('Cast', ['shuffled'], ['bytes'], to=onnx.TensorProto.UINT8))
    nodes.append(node('Transpose', ['bytes'], ['upscaled'], perm=[0, 2, 3, 1]))
    info = helper.make_tensor_value_info
    image = info('image', onnx.TensorProto.UINT8, [1, 'height', 'width', 3])
    upscaled = info('upscaled', onnx.TensorProto.UINT8, [1, 'height2', 'width2', 3])
    graph = helper.make_graph(nodes, 'hd-x2', [image], [upscaled], weights)
    model = helper.make_model(graph, producer_name='unplugin-hd', opset_imports=[helper.make_opsetid('', 13)])
    model.ir_version = 7
    checker.check_model(model)
    onnx.save(model, path)


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
