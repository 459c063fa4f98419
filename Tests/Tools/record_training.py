#!/usr/bin/env python3
"""Records what PyTorch 2.13's optimizers, schedulers and modules do, for Tests/AutogradTests/TrainingGoldenTests.

    /somewhere/bin/python Tests/Tools/record_training.py

Writes Tests/Goldens/{optimizers,schedulers,modules}.jsonl, one case a line. The tests need no Python.
"""
import inspect, json, math, pathlib, warnings

import torch
import torch.optim.swa_utils
from torch import nn
from torch.optim import lr_scheduler as L

warnings.simplefilter("ignore")
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Goldens"
STEPS = 50


def gradient(step, size):
    """Numbers that float32 holds exactly."""
    return [((step * 7 + i * 13) % 11 - 5) / 4 for i in range(size)]


OPTIMIZERS = {
    "SGD": [dict(lr=0.1), dict(lr=0.1, momentum=0.9), dict(lr=0.1, momentum=0.9, nesterov=True),
            dict(lr=0.1, momentum=0.5, dampening=0.25, weight_decay=0.1), dict(lr=0.1, maximize=True, weight_decay=0.01)],
    "Adam": [dict(), dict(lr=0.1, amsgrad=True), dict(lr=0.1, weight_decay=0.1, betas=(0.5, 0.9), eps=1e-4),
             dict(lr=0.1, maximize=True), dict(lr=0.1, weight_decay=0.1, decoupled_weight_decay=True)],
    "AdamW": [dict(), dict(lr=0.1, amsgrad=True, weight_decay=0.5), dict(lr=0.1, maximize=True)],
    "Adamax": [dict(), dict(lr=0.1, weight_decay=0.1), dict(lr=0.1, maximize=True, betas=(0.8, 0.9))],
    "NAdam": [dict(), dict(lr=0.1, weight_decay=0.1, momentum_decay=0.01),
              dict(lr=0.1, weight_decay=0.1, decoupled_weight_decay=True, maximize=True)],
    "RAdam": [dict(), dict(lr=0.1, weight_decay=0.1), dict(lr=0.1, weight_decay=0.1, decoupled_weight_decay=True, maximize=True),
              dict(lr=0.1, betas=(0.9, 0.5))],
    "Adagrad": [dict(), dict(lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5), dict(lr=0.1, maximize=True)],
    "Adadelta": [dict(), dict(lr=0.5, rho=0.8, weight_decay=0.1), dict(maximize=True)],
    "RMSprop": [dict(), dict(lr=0.1, momentum=0.9, centered=True, weight_decay=0.01), dict(centered=True, alpha=0.9),
                dict(momentum=0.5, maximize=True)],
    "Rprop": [dict(), dict(lr=0.1, etas=(0.4, 1.3), step_sizes=(0.001, 0.5)), dict(maximize=True)],
    "ASGD": [dict(), dict(lr=0.1, lambd=0.01, alpha=0.5, t0=3.0, weight_decay=0.1), dict(maximize=True)],
    "Adafactor": [dict(), dict(lr=0.1, weight_decay=0.1, beta2_decay=-0.5), dict(lr=0.1, eps=[1e-6, 1e-2], d=2.0), dict(maximize=True)],
    "Muon": [dict(), dict(lr=0.1, nesterov=False, weight_decay=0.0), dict(momentum=0.5, ns_steps=3),
             dict(lr=0.01, adjust_lr_fn="match_rms_adamw"), dict(ns_coefficients=[3.0, -4.0, 2.0], eps=1e-3)],
    "SparseAdam": [dict(), dict(lr=0.1, betas=[0.5, 0.9], eps=1e-4, maximize=True)],
    "LBFGS": [dict(lr=0.5, max_iter=4), dict(max_iter=6, history_size=2), dict(max_iter=5, line_search_fn="strong_wolfe")],
}


# Those that treat matrices apart get some.
SHAPES = {"Adafactor": [[2, 3], [2]], "Muon": [[2, 3], [3, 2]]}


def optimizer_cases():
    for name, settings in OPTIMIZERS.items():
        for options in settings:
            shapes = SHAPES.get(name, [[3], [1, 2]])
            p = torch.tensor([0.5, -1.25, 2.0, 0.75, -0.25, 1.5])[:math.prod(shapes[0])].view(shapes[0]).requires_grad_()
            q = torch.tensor([1.0, -0.5, 0.25, -2.0, 1.5, 0.75])[:math.prod(shapes[1])].view(shapes[1]).requires_grad_()
            o = getattr(torch.optim, name)([p, q], **{k: tuple(v) if isinstance(v, list) else v for k, v in options.items()})
            rows, error = [], None
            if name == "LBFGS":
                c, t = torch.tensor([1.0, 3.0, 0.5]), torch.tensor([0.25, 1.0, -1.0])

                def closure():
                    o.zero_grad()
                    loss = ((p - t) ** 2 * c).sum() + (q * q).sum() * 2
                    loss.backward()
                    return loss

                for _ in range(6):
                    o.step(closure)
                    rows.append(p.flatten().tolist() + q.flatten().tolist())
            else:
                for step in range(STEPS):
                    p.grad = torch.tensor(gradient(step, p.numel())).view_as(p)
                    q.grad = torch.tensor(gradient(step + 3, q.numel())).view_as(q)
                    try:
                        o.step()
                    except RuntimeError as e:  # SparseAdam takes no whole gradients.
                        error = str(e)
                        break
                    rows.append(p.flatten().tolist() + q.flatten().tolist())
            state = [[k, v.flatten().tolist()] for k, v in o.state[p].items() if isinstance(v, torch.Tensor)]
            yield dict(name=name, options=options, shapes=shapes, repr=repr(o), keys=list(o.state_dict()["param_groups"][0]),
                       error=error, rows=rows, state=[] if name == "LBFGS" else state)


SCHEDULERS = {
    "LambdaLR": [dict(function="0.9 ** e")],
    "MultiplicativeLR": [dict(function="0.97 if e % 2 else 1.01")],
    "StepLR": [dict(step_size=7), dict(step_size=3, gamma=0.9)],
    "MultiStepLR": [dict(milestones=[5, 9, 9, 30], gamma=0.5)],
    "ConstantLR": [dict(), dict(factor=0.5, total_iters=20)],
    "LinearLR": [dict(), dict(start_factor=1.0, end_factor=0.1, total_iters=30)],
    "ExponentialLR": [dict(gamma=0.95)],
    "PolynomialLR": [dict(), dict(total_iters=40, power=2.5)],
    "CosineAnnealingLR": [dict(T_max=10), dict(T_max=33, eta_min=0.01)],
    "CosineAnnealingWarmRestarts": [dict(T_0=7), dict(T_0=5, T_mult=2, eta_min=0.001)],
    "CyclicLR": [dict(base_lr=0.01, max_lr=0.1, step_size_up=7),
                 dict(base_lr=0.01, max_lr=0.1, step_size_up=4, step_size_down=9, mode="triangular2"),
                 dict(base_lr=0.01, max_lr=0.1, step_size_up=5, mode="exp_range", gamma=0.95, cycle_momentum=False)],
    "OneCycleLR": [dict(max_lr=0.5, total_steps=51), dict(max_lr=0.5, epochs=17, steps_per_epoch=3, anneal_strategy="linear", three_phase=True)],
    "ReduceLROnPlateau": [dict(patience=3, factor=0.5), dict(mode="max", patience=1, cooldown=3, threshold_mode="abs", min_lr=0.01)],
    "ChainedScheduler": [dict()],
    "SequentialLR": [dict(milestones=[10, 25])],
    "SWALR": [dict(swa_lr=0.05), dict(swa_lr=[0.01, 0.3], anneal_epochs=20, anneal_strategy="linear"), dict(swa_lr=0.05, anneal_epochs=0)],
}


def scheduler_cases():
    for name, settings in SCHEDULERS.items():
        for options in settings:
            p, q = (torch.zeros(1, requires_grad=True) for _ in range(2))
            o = torch.optim.SGD([dict(params=[p]), dict(params=[q], lr=0.7)], lr=0.1, momentum=0.9)
            given = dict(options)
            if "function" in given:
                given = dict(lr_lambda=eval("lambda e: " + given["function"]))
            if name == "ChainedScheduler":
                s = L.ChainedScheduler([L.ConstantLR(o, factor=0.25, total_iters=4), L.ExponentialLR(o, gamma=0.9)])
            elif name == "SequentialLR":
                s = L.SequentialLR(o, [L.LinearLR(o, start_factor=0.1, total_iters=10), L.CosineAnnealingLR(o, T_max=15), L.StepLR(o, step_size=5)], **given)
            else:
                s = getattr(torch.optim.swa_utils if name == "SWALR" else L, name)(o, **given)
            rows = [[g["lr"] for g in o.param_groups] + [o.param_groups[0]["momentum"]]]
            for epoch in range(STEPS):
                o.step()
                s.step((epoch * 5 % 13) / 8) if name == "ReduceLROnPlateau" else s.step()
                rows.append([g["lr"] for g in o.param_groups] + [o.param_groups[0]["momentum"]])
            yield dict(name=name, options=options, rows=rows)


F, LONG = "float", "long"
MODULES = {
    "Linear": [([4, 3], {}), ([4, 2], dict(bias=False))], "Identity": [([], {})],
    "Bilinear": [([4, 4, 2], {})],
    "Embedding": [([5, 3], {}), ([5, 3], dict(padding_idx=-1))],
    "Conv1d": [([3, 4, 3], {}), ([3, 6, 2], dict(stride=2, padding=1, groups=3, bias=False))],
    "Conv2d": [([3, 2, 3], {}), ([3, 4, [2, 3]], dict(stride=[1, 2], padding=1, dilation=2)), ([3, 2, 3], dict(padding="same"))],
    "Conv3d": [([3, 2, 2], dict(padding=1)), ([3, 2, [1, 2, 3]], dict(stride=2, bias=False))],
    "MaxPool3d": [([2], {})], "AvgPool3d": [([2], {})], "AdaptiveAvgPool3d": [([[2, 1, 2]], {})], "BatchNorm3d": [([3], {})],
    "ConvTranspose1d": [([3, 2, 3], {})],
    "ConvTranspose2d": [([3, 2, 3], dict(stride=2, padding=1))],
    "MaxPool1d": [([2], {})], "MaxPool2d": [([2], {}), ([3], dict(stride=1, padding=1))],
    "AvgPool1d": [([2], {})], "AvgPool2d": [([[2, 3]], {})],
    "AdaptiveAvgPool1d": [([2], {})], "AdaptiveAvgPool2d": [([[2, 1]], {})],
    "Conv3d": [([2, 3, 2], dict(padding=1)), ([2, 2, [2, 1, 3]], dict(stride=2, groups=2, bias=False))],
    "MaxPool3d": [([2], {})], "AvgPool3d": [([2], {})], "AdaptiveAvgPool3d": [([[1, 2, 2]], {})], "AdaptiveMaxPool3d": [([2], {})],
    "BatchNorm3d": [([2], {})], "InstanceNorm3d": [([2], {})], "ZeroPad3d": [([1], {})], "ConstantPad3d": [([1, 2.5], {})],
    "ReflectionPad3d": [([1], {})], "ReplicationPad3d": [([1], {})], "CircularPad3d": [([1], {})],
    "MaxUnpool1d": [([2], {})], "MaxUnpool2d": [([2], {}), ([3], dict(stride=2))],
    "AdaptiveMaxPool1d": [([2], {})], "AdaptiveMaxPool2d": [([2], {})],
    "BatchNorm1d": [([4], {}), ([4], dict(affine=False, momentum=None)), ([4], dict(track_running_stats=False))],
    "BatchNorm2d": [([3], {})],
    "LayerNorm": [([4], {}), ([[3, 4]], dict(elementwise_affine=False))],
    "GroupNorm": [([3, 3], {})], "RMSNorm": [([4], {})],
    "Dropout": [([0.5], {}), ([0.0], {})], "Dropout1d": [([], {})], "Dropout3d": [([], {})], "FeatureAlphaDropout": [([0.3], {})],
    "LocalResponseNorm": [([2], {}), ([3], dict(alpha=0.5, beta=0.5, k=2.0))], "LPPool1d": [([2, 2], {})], "LPPool2d": [([2, [2, 3]], dict(stride=2))],
    "RReLU": [([], {}), ([0.1, 0.6], {})], "Softmax2d": [([], {})], "ChannelShuffle": [([2], {})],
    "EmbeddingBag": [([5, 3], {}), ([5, 3], dict(mode="sum", padding_idx=2)), ([5, 3], dict(mode="max"))], "Dropout2d": [([], {})], "AlphaDropout": [([], {})],
    "LeakyReLU": [([], {}), ([0.3], {})], "ELU": [([], {}), ([], dict(alpha=0.5))], "CELU": [([], {})],
    "GELU": [([], {}), ([], dict(approximate="tanh"))], "Hardtanh": [([], {}), ([-0.2, 0.3], {})],
    "Threshold": [([0.1, 0.5], {})], "Softplus": [([], {}), ([], dict(beta=2))],
    "Softmax": [([], dict(dim=1))], "LogSoftmax": [([], dict(dim=-1))], "Softmin": [([], dict(dim=0))],
    "PReLU": [([], {}), ([4], dict(init=0.1))],
    "Flatten": [([0], {}), ([], {})], "Unflatten": [([1, [2, 2]], {})],
    "RNN": [([3, 4], {}), ([3, 2], dict(num_layers=2, nonlinearity="relu", bidirectional=True, batch_first=True))],
    "LSTM": [([3, 4], {}), ([3, 2], dict(num_layers=2, bidirectional=True, bias=False))],
    "GRU": [([3, 4], {}), ([3, 2], dict(num_layers=2, batch_first=True))],
    "RNNCell": [([4, 3], {}), ([4, 3], dict(nonlinearity="relu"))], "LSTMCell": [([4, 3], {})], "GRUCell": [([4, 3], {})],
    "MultiheadAttention": [([4, 2], {}), ([4, 4], dict(bias=False, batch_first=True))],
    "ZeroPad1d": [([2], {})], "ZeroPad2d": [([1], {})], "ConstantPad1d": [([1, 0.5], {})],
    "ConstantPad2d": [([[1, 0, 2, 1], 0.5], {})],
    "ReflectionPad1d": [([2], {})], "ReflectionPad2d": [([[1, 2, 0, 1]], {})], "ReplicationPad1d": [([[0, 2]], {})],
    "ReplicationPad2d": [([1], {})], "CircularPad1d": [([1], {})], "CircularPad2d": [([[1, 0, 2, 1]], {})],
    "PixelShuffle": [([2], {})], "PixelUnshuffle": [([2], {})],
    "Upsample": [([], dict(scale_factor=2)), ([], dict(size=[3, 7], mode="bilinear")), ([4], dict(mode="bilinear", align_corners=True))],
    "UpsamplingNearest2d": [([], dict(scale_factor=2))], "UpsamplingBilinear2d": [([], dict(size=3))],
    "Fold": [([[4, 5], 2], {})], "Unfold": [([2], {}), ([[2, 3]], dict(padding=1, stride=2))],
    "InstanceNorm1d": [([3], {}), ([3], dict(affine=True))],
    "InstanceNorm2d": [([3], {}), ([3], dict(affine=True, track_running_stats=True))],
    "LazyLinear": [([3], {})], "LazyConv1d": [([4, 3], {})], "LazyConv2d": [([2, 3], dict(padding=1))],
    "LazyConvTranspose1d": [([2, 3], {})], "LazyConvTranspose2d": [([2, 3], {})], "LazyBatchNorm1d": [([], {})],
    "LazyBatchNorm2d": [([], {})], "LazyInstanceNorm1d": [([], dict(affine=True))], "LazyInstanceNorm2d": [([], {})],
    "TransformerEncoderLayer": [([4, 2, 6], dict(dropout=0.0)), ([4, 2, 6], dict(dropout=0.0, activation="gelu", batch_first=True, norm_first=True))],
    "TransformerDecoderLayer": [([4, 2, 6], dict(dropout=0.0)), ([4, 4, 6], dict(dropout=0.0, norm_first=True, bias=False))],
}
IMAGE = ["Dropout3d", "Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "BatchNorm2d", "GroupNorm",
         "Dropout2d", "ZeroPad2d", "ConstantPad2d", "ReflectionPad2d", "ReplicationPad2d", "CircularPad2d", "Upsample", "UpsamplingNearest2d",
         "UpsamplingBilinear2d", "Unfold", "InstanceNorm2d"]
VOLUME = ["Conv3d", "MaxPool3d", "AvgPool3d", "AdaptiveAvgPool3d", "BatchNorm3d"]
ROWS = ["LocalResponseNorm", "FeatureAlphaDropout", "Conv1d", "ConvTranspose1d", "MaxPool1d", "AvgPool1d", "AdaptiveAvgPool1d", "AdaptiveMaxPool1d", "Dropout1d", "ZeroPad1d",
        "ConstantPad1d", "ReflectionPad1d", "ReplicationPad1d", "CircularPad1d", "InstanceNorm1d", "RNN", "LSTM", "GRU"]
LOSSES = {"CrossEntropyLoss": "classes", "NLLLoss": "classes", "BCELoss": "unit", "MarginRankingLoss": "three",
          "CosineEmbeddingLoss": "pairs", "TripletMarginLoss": "triple", "HingeEmbeddingLoss": "signs", "SoftMarginLoss": "signs",
          "MultiMarginLoss": "classes", "MultiLabelMarginLoss": "lists", "MultiLabelSoftMarginLoss": "unit",
          "GaussianNLLLoss": "variances", "CTCLoss": "sequences"}


def numbers(*shape):
    """Exact small numbers of both signs, none equal."""
    n = 1
    for s in shape:
        n *= s
    return (torch.arange(n) * 37 % 101 / 64 - 0.75).view(*shape)


def inputs(name):
    name = name.removeprefix("Lazy")
    if name.endswith("3d") and name != "Dropout3d": return [numbers(2, 2, 4, 5, 4)]
    if name in IMAGE: return [numbers(2, 3, 5, 6)]
    if name in VOLUME: return [numbers(2, 3, 4, 4, 5)]
    if name in ROWS: return [numbers(4, 3, 7) if name not in ("RNN", "LSTM", "GRU") else numbers(4, 2, 3)]
    if name == "Embedding": return [torch.tensor([[0, 2], [4, 2]])]
    if name == "Bilinear": return [numbers(3, 4), numbers(3, 4).flip(0)]
    if name == "EmbeddingBag": return [torch.tensor([[0, 2], [4, 2]])]
    if name == "MaxUnpool1d": return [numbers(2, 1, 3), torch.tensor([[[1, 2, 5]], [[0, 3, 4]]])]
    if name == "MaxUnpool2d": return [numbers(1, 2, 2, 2), torch.tensor([[[[0, 3], [8, 10]], [[5, 2], [9, 15]]]])]
    if name == "Softmax2d": return [numbers(2, 3, 4, 4)]
    if name == "ChannelShuffle": return [numbers(2, 4, 3)]
    if name in ("LPPool1d", "LPPool2d"): return [numbers(2, 4, 6).abs() + 0.1]
    if name == "PixelShuffle": return [numbers(2, 4, 3, 2)]
    if name == "PixelUnshuffle": return [numbers(2, 1, 4, 6)]
    if name == "Fold": return [numbers(2, 8, 12)]
    if name == "TransformerEncoderLayer": return [numbers(3, 2, 4)]
    if name == "TransformerDecoderLayer": return [numbers(3, 2, 4), numbers(5, 2, 4).flip(0)]
    if name == "MultiheadAttention": return [numbers(3, 2, 4)] * 3
    if name in ("CosineSimilarity", "PairwiseDistance"): return [numbers(3, 4), numbers(3, 4).flip(0)]
    if name.endswith("Loss"):
        kind = LOSSES.get(name, "plain")
        x = numbers(3, 4)
        if kind == "classes": return [x, torch.tensor([0, 3, 1])]
        if kind == "unit": return [x.abs() / 2 + 0.1, (x > 0).float()]
        if kind == "signs": return [x, torch.where(x > 0, 1.0, -1.0)]
        if kind == "three": return [x, x.flip(0), torch.ones(3, 4)]
        if kind == "pairs": return [x, x.flip(0), torch.tensor([1.0, -1.0, 1.0])]
        if kind == "lists": return [x, torch.tensor([[3, 0, -1, 1], [2, -1, 0, 0], [0, 1, 3, 2]])]
        if kind == "variances": return [x, x.flip(0), x.abs() + 0.1]
        if kind == "sequences":
            return [numbers(6, 2, 4), torch.tensor([[1, 2, 2], [3, 1, 0]]), torch.tensor([6, 5]), torch.tensor([3, 2])]
        if kind == "triple": return [x, x.flip(0), x.flip(1)]
        return [x, x.flip(0).abs() / 2]
    return [numbers(3, 4)]


def flat(y):
    return [t for u in y for t in flat(u)] if isinstance(y, tuple) else [] if y is None else [y]


def module_cases():
    names = list(MODULES)
    for n in ["ReLU", "SELU", "ReLU6", "SiLU", "Mish", "Sigmoid", "Tanh", "LogSigmoid", "Softsign", "Tanhshrink", "Hardsigmoid",
              "Hardswish", "Hardshrink", "Softshrink", "GLU", "CosineSimilarity", "PairwiseDistance", "MSELoss", "L1Loss", "SmoothL1Loss",
              "HuberLoss", "KLDivLoss", "BCELoss", "BCEWithLogitsLoss", "NLLLoss", "CrossEntropyLoss", "HingeEmbeddingLoss",
              "MarginRankingLoss", "CosineEmbeddingLoss", "TripletMarginLoss", "PoissonNLLLoss", "SoftMarginLoss",
              "MultiMarginLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "GaussianNLLLoss", "CTCLoss"]:
        names.append(n)
    for name in names:
        cases = MODULES.get(name) or [([], {})] + ([([], dict(reduction=r)) for r in ("sum", "none")] if name.endswith("Loss") else [])
        for args, options in cases:
            tuples = lambda v: tuple(v) if isinstance(v, list) else v
            torch.manual_seed(3)
            m = getattr(nn, name)(*map(tuples, args), **{k: tuples(v) for k, v in options.items()})
            if name.startswith("Lazy"):  # From here on it is an ordinary layer.
                m.eval()(*inputs(name)); m.train()
            start = [[n, list(p.shape), p.detach().flatten().tolist()] for n, p in m.named_parameters()]
            xs = inputs(name)
            leaves = [x.clone().requires_grad_() if x.is_floating_point() and (i == 0 or not name.endswith("Loss")) else x
                      for i, x in enumerate(xs)]
            if name == "MultiheadAttention": leaves = [leaves[0]] * 3
            y = m(*leaves)
            outs = flat(y)
            total = sum((t * (torch.arange(t.numel()) % 5 + 1).view_as(t)).sum() for t in outs if t.requires_grad)
            total.backward()
            yield dict(name=name, args=args, options=options, repr=repr(m), start=start,
                       inputs=[[list(x.shape), "int64" if x.dtype == torch.int64 else "float32", x.flatten().tolist()] for x in xs],
                       outputs=[[list(t.shape), t.flatten().tolist()] for t in outs],
                       gradients=[None if p.grad is None else p.grad.flatten().tolist() for p in m.parameters()],
                       input_gradient=leaves[0].grad.flatten().tolist() if leaves[0].requires_grad else None,
                       buffers=[[n, b.flatten().tolist()] for n, b in m.named_buffers()])


def short(v):
    """Numbers to the digits that float32 holds; what is not finite as text."""
    if isinstance(v, bool) or v is None or isinstance(v, (int, str)): return v
    if isinstance(v, float): return v if v == v and abs(v) != float("inf") else repr(v)
    if isinstance(v, dict): return {k: short(w) for k, w in v.items()}
    return [short(w) for w in v]


def rounded(v):
    if isinstance(v, float): return float(f"{v:.9g}")
    if isinstance(v, list): return [rounded(w) for w in v]
    return v


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, cases, exact in [("optimizers", optimizer_cases, False), ("schedulers", scheduler_cases, True), ("modules", module_cases, False)]:
        lines = []
        for case in cases():
            case = short(case)
            if not exact:
                for key in ("rows", "start", "inputs", "outputs", "gradients", "input_gradient", "buffers", "state"):
                    if key in case: case[key] = rounded(case[key])
            lines.append(json.dumps(case, separators=(",", ":")))
        (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        print(name, len(lines), "cases")


if __name__ == "__main__":
    main()
