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


# Curved inputs: what is linear in them has second derivatives, too.
def c(t):
    return (t * t + t) * 0.5 if isinstance(t, torch.Tensor) and t.requires_grad else t


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


# Central differences: whether the gradient is the slope, and the gradient's gradient the slope of the gradient.
def total(outs):
    outs = [t for t in outs if t.requires_grad]
    return sum([(t * weight(t)).sum() for t in outs])


def first(call, inputs, leaves):
    torch.manual_seed(1)
    grads = torch.autograd.grad(total(tensors(call(*inputs))), leaves, create_graph=True, allow_unused=True)
    return [torch.zeros_like(t) if g is None else g for g, t in zip(grads, leaves)]


def moved(inputs, which, at, step):
    inputs = [t.detach().clone() if isinstance(t, torch.Tensor) else t for t in inputs]
    inputs[which].view(-1)[at] += step
    return [t.requires_grad_() if isinstance(t, torch.Tensor) and t.dtype == torch.float64 else t for t in inputs]


def value(call, inputs):
    torch.manual_seed(1)
    return total(tensors(call(*inputs))).item()


def bent(call, inputs):
    leaves = [t for t in inputs if isinstance(t, torch.Tensor) and t.requires_grad]
    return total(first(call, inputs, leaves)).item()


def compare(call, inputs, leaves, grads, f, step, tolerance):
    k = -1
    for j in range(len(inputs)):
        if not isinstance(inputs[j], torch.Tensor) or not inputs[j].requires_grad:
            continue
        k += 1
        for at in range(inputs[j].numel()):
            slope = (f(call, moved(inputs, j, at, step)) - f(call, moved(inputs, j, at, -step))) / (2 * step)
            found = grads[k].reshape(-1)[at].item()
            if not abs(found - slope) <= tolerance * max(1, abs(slope)):
                return "input %d[%d]: %g is not %g" % (j, at, found, slope)
    return ""


def differences(make, call, again):
    inputs = make()
    leaves = [t for t in inputs if isinstance(t, torch.Tensor) and t.requires_grad]
    grads = first(call, inputs, leaves)
    line = compare(call, inputs, leaves, grads, value, 1e-6, 1e-5)
    if not line and again and any([g.requires_grad for g in grads]):
        seconds = torch.autograd.grad(total(grads), leaves, allow_unused=True)
        seconds = [torch.zeros_like(t) if g is None else g for g, t in zip(seconds, leaves)]
        line = compare(call, inputs, leaves, seconds, bent, 1e-5, 2e-4)
        line = "second, " + line if line else ""
    print(line or "slopes")
