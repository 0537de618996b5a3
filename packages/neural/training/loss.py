"""What training makes small."""
import torch

#: Weights of red, green and blue in luma, and in the two differences of colour that a JPEG keeps (BT.601).
LUMA = torch.tensor([0.257, 0.504, 0.098]).view(1, 3, 1, 1)
CHROMA = torch.tensor([[-0.148, -0.291, 0.439], [0.439, -0.368, -0.071]]).view(2, 3, 1, 1)


def loss_of(difference, lossy, squared, chroma):
    """The mean difference of RGB and of luma (0.4 : 0.6), since the eye, and every figure that it is judged by, weighs luma most;
    with `squared` the squared one, which is what PSNR measures. `chroma` is the weight of the differences of colour where the source
    is a JPEG: there half the colour was thrown away, and noise of colour at hard edges is what remains to be seen."""
    size = torch.square if squared else torch.abs
    luma = (difference * LUMA.to(difference)).sum(1)
    loss = 0.4 * size(difference).mean() + 0.6 * (2 if squared else 1) * size(luma).mean()
    if chroma and lossy.any():
        colour = torch.einsum('nchw,kc->nkhw', difference[lossy], CHROMA.to(difference).view(2, 3))
        # A mean over the whole batch: the weight of a JPEG does not depend on how many of them there are.
        loss = loss + chroma * size(colour).mean() * lossy.float().mean()
    return loss
