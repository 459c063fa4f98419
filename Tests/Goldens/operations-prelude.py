# Runs the cases of operations.jsonl: in PyTorch when they are recorded, in Backstep when they are tested.
import torch
import torch.nn as nn
import torch.nn.functional as F

inf, nan = float("inf"), float("nan")


def turned(t, d):
    if d == torch.bool:
        return t > 0
    if d == torch.uint8:
        t = t.abs()
    if not d.is_floating_point:
        t = (t * 3).round()
    return t.to(d)


# Normal, positive, within (-1, 1), probabilities, special values, whole numbers below a limit.
def f(*shape, s=0, d=torch.float32):
    torch.manual_seed(s)
    return turned(torch.randn(shape), d)


def p(*shape, s=0, d=torch.float32):
    torch.manual_seed(s)
    return turned(torch.rand(shape) * 2 + 0.1, d)


def u(*shape, s=0, d=torch.float32):
    torch.manual_seed(s)
    return turned(torch.rand(shape) * 1.8 - 0.9, d)


def q(*shape, s=0, d=torch.float32):
    torch.manual_seed(s)
    return turned(torch.rand(shape) * 0.98 + 0.01, d)


def n(d=torch.float32):
    return torch.tensor([nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e-40, 3e38, 88.0, -105.0], dtype=d)


def i(limit, *shape, s=0):
    torch.manual_seed(s)
    return torch.randint(0, limit, shape)


def r(t):
    return t.detach().requires_grad_()


def number(v):
    return v.hex().replace("0000000p", "p") if isinstance(v, float) else str(v)


def values(t):
    return list(t.shape), " ".join([number(v) for v in t.detach().clone().reshape(-1).tolist()])


def name(t):
    if t.grad_fn is not None:
        return type(t.grad_fn).__name__
    return "leaf" if t.requires_grad else "-"


def text(v):
    if isinstance(v, torch.Tensor):
        return "%s %s %s %s %s" % (str(v.dtype)[6:], list(v.shape), list(v.stride()), name(v), values(v)[1])
    if isinstance(v, float):
        return v.hex()
    if isinstance(v, (list, tuple)) and not isinstance(v, torch.Size):
        return "( " + " ; ".join([text(e) for e in v]) + " )"
    return str(v)


def tensors(v):
    if isinstance(v, torch.Tensor):
        return [v]
    if isinstance(v, (list, tuple)):
        return [t for e in v for t in tensors(e)]
    return []


def weight(t):
    return (torch.arange(t.numel()) * 0.37 + 0.5).to(t.dtype).reshape(t.shape)


def problem(e):
    return type(e).__name__ + ": " + str(e).replace("\n", "\\n")


def slopes(outs, leaves, again):
    outs = [t for t in outs if t.requires_grad]
    if not outs:
        return ""
    try:
        grads = torch.autograd.grad(outs, leaves, [weight(t) for t in outs], create_graph=again, allow_unused=True)
    except Exception as e:
        return " | " + problem(e)
    line = ""
    for g in grads:
        line += " | None" if g is None else " | %s %s %s" % (str(g.dtype)[6:], list(g.shape), values(g)[1])
    if again:
        line += " |" + slopes([g for g in grads if g is not None], leaves, False)
    return line


def case(make, call):
    inputs = make()
    torch.manual_seed(1)
    try:
        out = call(*inputs)
    except Exception as e:
        print(problem(e))
        return
    leaves = [t for t in inputs if isinstance(t, torch.Tensor) and t.requires_grad]
    print(text(out) + slopes(tensors(out), leaves, True) if leaves else text(out))
