#!/usr/bin/env python3
"""Writes random small programs, runs them in PyTorch 2.13, and records what they print.

    python Tests/Tools/generate_programs.py [count] [seed] [target] [kind,…]

Each program is grown a statement at a time while it runs, so that most statements are valid and some are not: the
first error ends it and is part of what is recorded. The result is Tests/Programs/generated.programs and .expected, in
the format of record_programs.py, or that of another target. The same seed gives the same file. Kinds: tensors,
autograd, training, language; and details, which the committed file has none of.
"""
import contextlib, io, pathlib, random, sys, warnings
import torch, torch.nn as nn, torch.nn.functional as F

warnings.simplefilter("ignore")
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Programs"


class Stop(Exception):
    pass


class Program:
    """A program under way: its text, what it has printed, the names it has."""

    def __init__(self, rng):
        self.rng, self.lines, self.out, self.error = rng, [], io.StringIO(), None
        self.space = {"__name__": "__main__"}
        self.count = 0
        self.tensors = []

    def add(self, line):
        """Appends a statement and runs it. Raises Stop where it fails."""
        self.lines.append(line)
        try:
            with contextlib.redirect_stdout(self.out):
                exec(compile(line, "p.py", "exec"), self.space)
        except BaseException as e:
            self.error = f"{type(e).__name__}: {e}"
            raise Stop

    def works(self, expression):
        """Whether an expression has a value that is fit to print."""
        state = torch.get_rng_state()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                value = eval(expression, dict(self.space))
            if isinstance(value, torch.Tensor):
                if value.numel() > 60:
                    return False
                if value.is_floating_point() and value.numel():
                    d = value.detach().double()
                    finite = d[torch.isfinite(d)]
                    # What lies on a rounding boundary or explodes tells nothing about agreement.
                    if finite.numel() and finite.abs().max() > 1e6:
                        return False
            return True
        except Exception:
            return False
        finally:
            torch.set_rng_state(state)

    def name(self):
        self.count += 1
        return "abcdefghijklmnopqrstuvwxyz"[(self.count - 1) % 26] + ("" if self.count <= 26 else str(self.count // 26))

    def new(self, expression):
        n = self.name()
        self.add(f"{n} = {expression}")
        if isinstance(self.space[n], torch.Tensor):
            self.tensors.append(n)
        return n

    def pick(self, test=lambda t: True):
        fit = [n for n in self.tensors if test(self.space[n])]
        return self.rng.choice(fit) if fit else None

    def one(self, *choices):
        return self.rng.choice(choices)


def number(r):
    return r.choice(["2", "3", "0.5", "-1.5", "2.0", "1", "-2", "0.25", "10", "0.1", "1.5"])


def nested(r, shape, whole=False):
    if not shape:
        return str(r.randint(-4, 5)) if whole else f"{r.choice([-2.5, -2.0, -1.5, -1.0, -0.75, -0.5, 0.0, 0.25, 0.5, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0])}"
    return "[" + ", ".join(nested(r, shape[1:], whole) for _ in range(shape[0])) + "]"


def creation(p, grad=None):
    r = p.rng
    shape = r.choice([[], [2], [3], [4], [2, 2], [2, 3], [3, 2], [1, 3], [3, 1], [2, 2, 2], [2, 1, 3], [1], [0]][: 12 if r.random() < 0.97 else 13])
    wants = r.random() < 0.4 if grad is None else grad
    tail = ", requires_grad=True" if wants else ""
    kind = r.randrange(12) if not wants else r.choice([0, 0, 0, 4, 5, 6])
    size = ", ".join(map(str, shape))
    if kind <= 1:
        return f"torch.tensor({nested(r, shape)}{tail})"
    if kind == 2:
        return f"torch.tensor({nested(r, shape, True)})"
    if kind == 3:
        return r.choice([f"torch.arange({r.randint(1, 8)})", f"torch.arange({r.randint(0, 3)}, {r.randint(4, 9)}, {r.randint(1, 3)})", "torch.arange(0, 1, 0.25)", f"torch.arange(6).reshape(2, 3)", "torch.arange(12.).view(3, 4)", "torch.arange(8).view(2, 2, 2)"])
    if kind == 4 and shape:
        return f"torch.rand({size}{tail})"
    if kind == 5 and shape:
        return f"torch.randn({size}{tail})"
    if kind == 6:
        return r.choice([f"torch.ones({size or 2}{tail})", f"torch.zeros({size or 2}{tail})", f"torch.full(({size or 2},), {number(r)})" if not tail else f"torch.ones({size or 2}{tail})"])
    if kind == 7:
        return r.choice([f"torch.linspace(0, 1, {r.randint(2, 6)})", f"torch.eye({r.randint(1, 3)})", f"torch.linspace(-1, 1, {r.randint(2, 5)}{tail})"])
    if kind == 8:
        return f"torch.randint({r.randint(-3, 0)}, {r.randint(2, 9)}, ({size or 2},))"
    if kind == 9:
        return f"torch.tensor({nested(r, shape)}, dtype=torch.float64)"
    if kind == 10:
        return f"torch.tensor({r.choice(['[True, False, True]', '[[True, False], [False, False]]', 'True'])})"
    return f"torch.tensor({nested(r, shape)})"


UNARY = "exp log sqrt sin cos tanh sigmoid abs neg square reciprocal floor ceil round sign relu log1p expm1 trunc".split()
FUNCTIONAL = ["F.relu({})", "F.softplus({})", "F.leaky_relu({}, 0.1)", "F.elu({})", "F.gelu({})", "F.silu({})", "torch.sigmoid({})", "F.hardtanh({})", "F.logsigmoid({})", "torch.clamp({}, -1, 1)", "{}.clamp(min=0)", "{}.clamp(max=0.5)", "F.softmax({}, dim=-1)", "F.log_softmax({}, dim=-1)", "torch.softmax({}, 0)", "torch.tanh({})", "torch.where({0} > 0, {0}, {0} * 0.1)"]
REDUCE = ["{}.sum()", "{}.mean()", "{}.sum(0)", "{}.sum(dim=-1)", "{}.mean(dim=0)", "{}.sum(dim=1, keepdim=True)", "{}.mean(1)", "{}.prod()", "{}.max()", "{}.min()", "{}.std()", "{}.var()", "{}.norm()", "{}.argmax()", "{}.argmin(dim=0)", "{}.max(dim=0)", "{}.min(1)", "{}.cumsum(0)", "{}.logsumexp(0)", "{}.any()", "{}.all()", "{}.var(dim=0, unbiased=False)", "{}.amax(dim=-1)", "{}.median()", "{}.argmax(dim=1)", "{}.cumprod(dim=0)", "{}.norm(dim=0)", "{}.abs().max()", "torch.std_mean({})[0]", "{}.count_nonzero()", "{}.max(dim=0).values", "{}.max(dim=-1)[1]"]
SHAPE = ["{}.t()", "{}.T", "{}.flatten()", "{}.reshape(-1)", "{}.view(-1, 1)", "{}.unsqueeze(0)", "{}.unsqueeze(-1)", "{}.squeeze()", "{}.permute(1, 0)", "{}.transpose(0, 1)", "{}.repeat(2, 1)", "{}.expand(2, -1, -1)", "{}.expand(3, 3)", "torch.flip({}, [0])", "{}.roll(1)", "torch.cat([{0}, {0}])", "torch.stack([{0}, {0}], dim=1)", "torch.cat(({0}, {0}), dim=-1)", "{}.contiguous()", "{}.clone()", "{}.detach()", "torch.tril({})", "torch.triu({}, 1)", "{}.diagonal()", "{}.sort(dim=0)[0]", "{}.argsort()", "{}.topk(2)", "{}.unique()", "{}.chunk(2)", "{}.split(1)", "{}.unbind(0)", "{}.nonzero()", "torch.sort({}, descending=True).values", "{}.view(2, -1)", "{}.mT", "torch.atleast_2d({})", "{}.repeat_interleave(2)", "{}.unfold(0, 2, 1)", "torch.outer({0}.flatten(), {0}.flatten())", "{}.fill_diagonal_(0)", "{}.tile(2)", "{}.gather(0, {}.argsort(0))"]
INDEX = ["{}[0]", "{}[-1]", "{}[1:]", "{}[:, 0]", "{}[..., -1]", "{}[None]", "{}[::2]", "{}[:, 1:]", "{}[{} > 0]", "{}[[0, 1]]", "{}[torch.tensor([0, 0, 1])]", "{}[0, 1]", "{}[:, None]", "{}[[0, 1], [1, 0]]", "{}[..., 0]", "{}[0][0]", "{}[-1:]", "{}[:-1]"]
BINARY = ["{} + {}", "{} - {}", "{} * {}", "{} / {}", "{} ** 2", "{} @ {}", "torch.maximum({}, {})", "{} // {}", "{} % {}", "{} == {}", "{} < {}", "{} >= {}", "torch.matmul({}, {})", "{}.dot({})", "torch.mm({}, {}.t())", "torch.minimum({}, {})", "torch.pow({}, 2)", "torch.add({}, {}, alpha=2)", "{} != {}"]


def expression(p, depth=0):
    r = p.rng
    x = p.pick()
    kind = r.random()
    if kind < 0.22:
        return f"{x} {p.one('+', '-', '*', '/', '+', '*')} {number(r)}" if r.random() < 0.7 else f"{number(r)} {p.one('+', '-', '*', '/')} {x}"
    if kind < 0.45:
        t = p.one(*BINARY)
        return t.format(x, p.pick())
    if kind < 0.55:
        return f"{x}.{p.one(*UNARY)}()" if r.random() < 0.5 else f"torch.{p.one(*UNARY)}({x})"
    if kind < 0.65:
        return p.one(*FUNCTIONAL).replace("{0}", x).format(x)
    if kind < 0.8:
        return p.one(*REDUCE).format(x)
    if kind < 0.92:
        return p.one(*SHAPE).replace("{0}", x).replace("{}", x)
    return p.one(*INDEX).replace("{}", x)


def tensors(p):
    """Creation, arithmetic, views and printing, with in-place writes."""
    r = p.rng
    p.add("import torch")
    p.add("import torch.nn.functional as F")
    p.add(f"torch.manual_seed({r.randint(0, 99)})")
    for _ in range(r.randint(1, 3)):
        p.new(creation(p, grad=r.random() < 0.25))
    for _ in range(r.randint(3, 8)):
        e = expression(p)
        # One statement in thirty may fail.
        if not p.works(e) and r.random() > 0.04:
            continue
        n = p.new(e)
        roll = r.random()
        if roll < 0.6:
            p.add(f"print({n})")
        elif roll < 0.7 and isinstance(p.space[n], torch.Tensor):
            p.add(f"print({n}.shape, {n}.dtype, {n}.requires_grad)")
        elif roll < 0.78 and isinstance(p.space[n], torch.Tensor):
            p.add(f"print({n}.stride(), {n}.is_contiguous(), {n}.dim(), {n}.numel())")
        elif roll < 0.84:
            x = p.pick(lambda t: not t.requires_grad and t.dim() > 0 and t.numel() > 0)
            if x:
                s = p.one(f"{x}[0] = 7", f"{x}.add_(1)", f"{x} += 1", f"{x}.zero_()", f"{x}.fill_(3)", f"{x}[-1] *= 2", f"{x}.mul_(2)", f"{x}[{x} > 0] = -1")
                if p.works(f"(lambda: exec({s!r}, {{'{x}': {x}.clone()}}))()"):
                    p.add(s)
                    p.add(f"print({x})")
        elif roll < 0.88 and isinstance(p.space[n], torch.Tensor) and p.space[n].numel() == 1:
            p.add(f"print(f'{{{n}.item():.4f}}')")
        elif roll < 0.92 and isinstance(p.space[n], torch.Tensor):
            p.add(f"print({n}.tolist())" if not p.space[n].is_floating_point() else f"print(type({n}).__name__, {n}.size())")


WRITES = ["{}[0] = {n}", "{}[-1] = {n}", "{}[:, 0] = {n}", "{}[1:] *= {n}", "{}[..., -1] += {n}", "{}[{} > 0] = {n}", "{}[[0, 1]] = {n}", "{}[torch.tensor([0])] = {n}", "{}[::2] -= {n}", "{}[0, 1] = {n}", "{}[:, 1:] = {}[:, :1]", "{}[0] = {}[-1]", "{}[{} == {}.max()] = {n}", "{}[None] = {n}", "{}[...] = {n}", "{}.view(-1)[0] = {n}", "{}.t()[0] = {n}", "{}.T.add_({n})", "{}.flatten()[0] = {n}", "{}.reshape(-1)[1:].mul_({n})", "{}.unsqueeze(0).sub_({n})", "{}.diagonal().fill_({n})", "{}.select(0, 0).zero_()", "{}.narrow(0, 0, 1).fill_({n})", "{}.masked_fill_({} < 0, {n})", "{}.clamp_(-1, 1)", "{}.index_fill_(0, torch.tensor([0]), {n})", "{}.index_add_(0, torch.tensor([0, 0]), {}[:2])", "{}.scatter_(0, torch.zeros_like({}, dtype=torch.long), {n})", "{}.copy_({}.flip(0))", "{}.data.add_({n})", "{}.detach()[0] = {n}", "{}.expand(2, -1)[0] = {n}", "{}[0].add_({n})", "{}.t_()", "{}.unsqueeze_(0)", "{}.squeeze_()", "{}.abs_().sqrt_()", "{}.sigmoid_()", "{}.round_().neg_()", "{}.swapaxes(0, -1)[0] = {n}", "{}.chunk(2)[0].fill_({n})", "{}.unbind(0)[0].add_({n})", "{}.split(1)[-1].mul_({n})", "{}.lerp_({} * 2, 0.5)", "{}.addcmul_({}, {}, value={n})", "{}.pow_(2)", "{}.div_({n})", "{}.floor_divide_(2)", "{}.remainder_(2)", "{}.fmod_(2)", "{}.tril_()", "{}.cumsum_(0)"]
DRAWS = ["torch.rand({s})", "torch.randn({s})", "torch.randint(5, ({s},))", "torch.randperm(5)", "torch.bernoulli(torch.full(({s},), 0.4))", "torch.normal(0.0, 1.0, ({s},))", "torch.normal(torch.zeros({s}), 0.5)", "torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 4, replacement=True)", "torch.multinomial(torch.ones(4), 3)", "torch.empty({s}).uniform_(-1, 1)", "torch.empty({s}).normal_(2, 0.5)", "torch.empty({s}).exponential_(2)", "torch.empty({s}).geometric_(0.3)", "torch.zeros({s}).bernoulli_(0.5)", "torch.rand_like(torch.ones({s}))", "torch.randn_like(torch.ones({s}).t())", "torch.randint_like(torch.ones({s}), 3, 9)", "F.dropout(torch.ones({s}), 0.5)", "torch.empty({s}).random_(10)", "torch.rand({s}, dtype=torch.float64)", "torch.randn({s}, dtype=torch.float64)", "torch.randint(0, 2, ({s},), dtype=torch.bool)", "torch.empty({s}).cauchy_()", "torch.empty({s}).log_normal_()", "F.gumbel_softmax(torch.zeros({s}), dim=-1)", "nn.init.xavier_uniform_(torch.empty({s}))", "nn.init.kaiming_normal_(torch.empty({s}))", "nn.init.trunc_normal_(torch.empty({s}))", "nn.init.orthogonal_(torch.empty({s}))"]
DTYPES = ["torch.float64", "torch.int64", "torch.int32", "torch.uint8", "torch.bool", "torch.float16", "torch.float32"]
ODD = ["float('nan')", "float('inf')", "-float('inf')", "1e-8", "1e8", "123456.0", "1e38", "-0.0", "0.1", "1e-45", "1000.5", "-3.0", "65504.0", "2.0 ** 24"]
LINES = ["{}.sum(dim=(0, 1))", "{}.mean(dim=(0, -1), keepdim=True)", "{}.amax((0, 1))", "{}.std(dim=0)", "{}.var(dim=(0, 1), correction=0)", "{}.prod(dim=0, keepdim=True)", "{}.max(dim=1, keepdim=True)", "{}.median(dim=0)", "{}.mode(dim=-1)", "{}.kthvalue(1, dim=0)", "{}.topk(2, dim=-1)", "{}.sort(dim=-1, descending=True)", "{}.argsort(dim=0)", "{}.cummax(dim=0)", "{}.cumsum(dim=-1)", "{}.cumprod(dim=0)", "{}.logcumsumexp(dim=0)", "{}.logsumexp(dim=(0, 1))", "{}.softmax(dim=0)", "{}.log_softmax(dim=0)", "{}.norm(1)", "{}.norm(3, dim=0)", "{}.norm(dim=(0, 1))", "{}.norm(p=float('inf'))", "{}.quantile(0.5)", "{}.quantile(torch.tensor([0.25, 0.75]), dim=0)", "{}.quantile(0.3, interpolation='lower')", "{}.nanmean()", "{}.nansum(dim=0)", "{}.aminmax(dim=0)", "{}.any(dim=0)", "{}.all(dim=-1, keepdim=True)", "{}.argmax(dim=-1, keepdim=True)", "{}.unique(return_counts=True)", "{}.bincount()", "{}.histc(4, -2, 2)", "{}.diff(dim=0)", "torch.var_mean({}, dim=0)", "{}.count_nonzero(dim=0)", "{}.isnan()", "{}.isfinite().all()", "{}.nan_to_num()", "{}.trace()", "torch.cov({})", "torch.corrcoef({})", "torch.cdist({0}, {0})", "{}.rot90()", "{}.tril().diag()", "{}.amin(0)", "{}.flip(-1)", "{}.movedim(0, -1).contiguous()", "torch.linalg.norm({})", "torch.dist({0}, {0} + 1)", "F.normalize({}, dim=0)", "torch.clamp({}, min=-0.5, max=0.5)", "{}.where({0} > 0, 0)", "torch.einsum('ij->ji', {})", "torch.einsum('ij,kj->ik', {0}, {0})", "{}.tensor_split(2)", "{}.masked_select({0} > 0)", "{}.take(torch.tensor([0, 1]))", "{}.index_select(0, torch.tensor([0, 0]))", "{}.repeat_interleave(2, dim=0)", "{}.unflatten(0, (1, -1))", "{}.expand_as({0})", "{}.view_as({0})", "{}.new_zeros(2)", "{}.new_tensor([1, 2])", "{}.type_as(torch.ones(1))", "torch.full_like({}, 3)", "torch.empty_like({}).fill_(1)", "{}.element_size()", "{}.storage_offset()", "{}.is_floating_point()", "{}.item()", "{}.tolist()", "len({})", "bool({})", "float({})", "int({})", "list({})", "{} in {0}", "{0} is {0}", "{}.equal({0})", "torch.allclose({0}, {0})", "torch.isclose({0}, {0} + 1e-9)"]


def details(p):
    """Writes through views, mixtures of dtypes, odd values, random draws, reductions over chosen dimensions."""
    r = p.rng
    p.add("import torch")
    p.add("import torch.nn as nn")
    p.add("import torch.nn.functional as F")
    p.add(f"torch.manual_seed({r.randint(0, 99)})")
    for _ in range(r.randint(1, 3)):
        roll = r.random()
        if roll < 0.25:
            values = ", ".join(r.choice(ODD) for _ in range(r.randint(1, 5)))
            p.new(f"torch.tensor([{values}]{r.choice(['', '', ', dtype=torch.float64'])})")
            p.add(f"print({p.tensors[-1]})")
        elif roll < 0.45:
            size = r.choice(["3", "2, 3", "4", "2, 2", "18", "3, 6"])
            p.new(r.choice(DRAWS).replace("{s}", size))
            p.add(f"print({p.tensors[-1]})")
        elif roll < 0.65:
            p.new(f"torch.tensor({nested(r, r.choice([[3], [2, 2], [2, 3], []]), True)}, dtype={r.choice(DTYPES)})")
        else:
            p.new(creation(p, grad=r.random() < 0.2))
    for _ in range(r.randint(4, 9)):
        x = p.pick(lambda t: t.numel() < 40) or p.pick()
        roll = r.random()
        if roll < 0.3:
            s = r.choice(WRITES).replace("{n}", number(r)).replace("{}", x)
            if not p.works(f"(lambda: exec({s!r}, {{'torch': torch, '{x}': {x}.clone()}}))()") and r.random() > 0.08:
                continue
            p.add(s)
            p.add(f"print({x})")
            if r.random() < 0.2:
                p.add(f"print({x}._version, {x}.shape, {x}.stride(), {x}.is_leaf)")
            continue
        if roll < 0.55:
            e = r.choice(LINES).replace("{0}", x).replace("{}", x)
        elif roll < 0.75:
            y = p.pick()
            e = r.choice(["{} + {}", "{} * {}", "{} - {}", "{} / {}", "{} // {}", "{} % {}", "{} ** {}", "{} > {}", "{} == {}", "{} & {}", "{} | {}", "torch.where({0} > 0, {}, {})", "torch.maximum({}, {})", "torch.cat([{}, {}])", "torch.stack([{}, {}])", "torch.add({}, {}, alpha=2)", "torch.result_type({}, {})", "torch.promote_types({}.dtype, {}.dtype)", "{}.mul({})", "torch.atan2({}, {})", "torch.fmod({}, {})", "torch.lerp({}, {}, 0.3)", "{}.true_divide({})", "{}.eq({}).sum()"]).replace("{0}", x).replace("{}", "\0", 1).replace("{}", y).replace("\0", x)
        elif roll < 0.85:
            e = f"{x}.to({r.choice(DTYPES)})" if r.random() < 0.7 else f"{x}.{p.one('int', 'long', 'double', 'half', 'bool', 'float', 'byte')}()"
        else:
            e = expression(p)
        if not p.works(e) and r.random() > 0.06:
            continue
        if " object at" in repr(eval(e, dict(p.space))) if p.works(e) else False:
            continue
        n = p.new(e)
        p.add(f"print({n})")
        if r.random() < 0.15 and isinstance(p.space[n], torch.Tensor):
            p.add(f"print({n}.dtype, {n}.shape, {n}.stride())")
    last = p.pick(lambda t: t.requires_grad and t.grad_fn is not None and t.is_floating_point())
    if last:
        if r.random() < 0.4:
            p.add(f"{last}.register_hook({r.choice(['lambda g: print(g.shape)', 'lambda g: g * 2', 'lambda g: None'])})")
        p.add(f"{last}.sum().backward()")
        for x in p.tensors:
            if p.space[x].is_leaf and p.space[x].requires_grad:
                p.add(f"print({x}.grad)")


def scalar_of(x, r):
    return r.choice([f"{x}.sum()", f"{x}.mean()", f"({x} ** 2).sum()", f"({x} * {x}).mean()", f"{x}.pow(2).mean()"])


def autograd(p):
    """Graphs, gradients, accumulation, hooks, and what is refused."""
    r = p.rng
    p.add("import torch")
    p.add("import torch.nn.functional as F")
    p.add(f"torch.manual_seed({r.randint(0, 99)})")
    leaves = [p.new(creation(p, grad=True)) for _ in range(r.randint(1, 3))]
    if r.random() < 0.3:
        p.new(creation(p, grad=False))
    for _ in range(r.randint(2, 6)):
        for _ in range(6):
            e = expression(p)
            if p.works(e) and isinstance(eval(e, dict(p.space)), torch.Tensor):
                n = p.new(e)
                if r.random() < 0.25:
                    p.add(f"print({n})")
                break
    last = p.pick(lambda t: t.grad_fn is not None and t.is_floating_point())
    if last is None:
        return
    if r.random() < 0.2:
        p.add(f"{last}.retain_grad()")
    if r.random() < 0.12:
        p.add(f"{last}.register_hook(lambda g: print('hook', g))")
    if r.random() < 0.08:
        p.add(f"{last}.{r.choice(['mul_(2)', 'add_(1)', 'zero_()', 'relu_()', 'exp_()'])}")
    loss = p.new(scalar_of(last, r) if r.random() < 0.94 else last)
    p.add(f"print({loss})")
    style = r.random()
    if style < 0.15:
        p.add(f"gs = torch.autograd.grad({loss}, [{', '.join(leaves)}], allow_unused={r.random() < 0.8})")
        p.add("print(gs)")
    elif style < 0.27:
        p.add(f"g, = torch.autograd.grad({loss}, {leaves[0]}, create_graph=True, allow_unused=True)")
        if p.space.get("g") is not None and p.space["g"].requires_grad:
            p.add("print(g.requires_grad)")
            p.add("g.sum().backward()")
            p.add(f"print({leaves[0]}.grad)")
        return
    else:
        p.add(f"{loss}.backward({r.choice(['', '', '', 'retain_graph=True'])})")
        for x in leaves:
            p.add(f"print({x}.grad)")
        if r.random() < 0.2:
            p.add(f"{loss}.backward()")
            p.add(f"print({leaves[0]}.grad)")
        if r.random() < 0.25:
            x = leaves[0]
            p.add("with torch.no_grad():\n    " + r.choice([f"{x} -= 0.1 * {x}.grad", f"{x}.sub_({x}.grad)", f"{x}.copy_({x} * 2)"]))
            p.add(f"print({x})")
        if p.space[last].retains_grad:
            p.add(f"print({last}.grad)")
    if r.random() < 0.3:
        p.add(f"print({loss}.grad_fn.name(), [f[0].name() if f[0] else None for f in {loss}.grad_fn.next_functions])")
    if r.random() < 0.1:
        p.add(f"{leaves[0]} += 1")


ACTIVATIONS = ["nn.ReLU()", "nn.Tanh()", "nn.Sigmoid()", "nn.LeakyReLU(0.1)", "nn.ELU()", "nn.GELU()", "nn.SiLU()", "nn.Softplus()", "nn.Identity()"]
OPTIMIZERS = ["SGD({}, lr={})", "SGD({}, lr={}, momentum=0.9)", "SGD({}, lr={}, momentum=0.9, nesterov=True)", "SGD({}, lr={}, weight_decay=0.1)", "Adam({}, lr={})", "Adam({}, lr={}, betas=(0.8, 0.9))", "AdamW({}, lr={})", "RMSprop({}, lr={})", "Adagrad({}, lr={})", "Adam({}, lr={}, amsgrad=True)", "Adadelta({}, lr={})", "Adamax({}, lr={})", "NAdam({}, lr={})", "RAdam({}, lr={})", "SGD({}, lr={}, maximize=True)", "RMSprop({}, lr={}, centered=True, momentum=0.5)"]
SCHEDULERS = ["StepLR(opt, step_size=2, gamma=0.5)", "ExponentialLR(opt, gamma=0.9)", "CosineAnnealingLR(opt, T_max=4)", "LambdaLR(opt, lambda e: 1 / (e + 1))", "MultiStepLR(opt, [1, 3])", "LinearLR(opt, total_iters=3)"]


def training(p):
    """A module, a loss, an optimizer, a few steps."""
    r = p.rng
    p.add("import torch")
    p.add("import torch.nn as nn")
    p.add(f"torch.manual_seed({r.randint(0, 99)})")
    sizes = [r.randint(1, 4)] + [r.randint(2, 5) for _ in range(r.randint(0, 2))] + [r.randint(1, 3)]
    layers, normalized = [], False
    for k, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(f"nn.Linear({a}, {b}{', bias=False' if r.random() < 0.15 else ''})")
        if k + 2 < len(sizes):
            layers.append(p.one(*ACTIVATIONS))
            if r.random() < 0.12:
                normalized = True
                layers.append(p.one("nn.Dropout(0.5)", f"nn.BatchNorm1d({b})", f"nn.LayerNorm({b})"))
    p.add(f"net = nn.Sequential({', '.join(layers)})" if len(layers) > 1 or r.random() < 0.3 else f"net = {layers[0]}")
    if r.random() < 0.4:
        p.add("print(net)")
    rows = r.randint(2, 5)
    p.add(f"x = torch.{p.one('rand', 'randn', 'ones')}({rows}, {sizes[0]})")
    kind = p.one("MSELoss", "MSELoss", "L1Loss", "SmoothL1Loss", "CrossEntropyLoss", "HuberLoss", "BCEWithLogitsLoss")
    if kind == "CrossEntropyLoss":
        p.add(f"y = torch.randint(0, {sizes[-1]}, ({rows},))")
    elif kind == "BCEWithLogitsLoss":
        p.add(f"y = torch.randint(0, 2, ({rows}, {sizes[-1]})).float()")
    else:
        p.add(f"y = torch.{p.one('rand', 'randn', 'zeros')}({rows}, {sizes[-1]})")
    p.add(f"loss_fn = nn.{kind}({p.one('', '', '', 'reduction=' + repr('sum'))})")
    # Behind a normalization some gradients are zero but for rounding, which adaptive rules blow up.
    optimizer = p.one(*(OPTIMIZERS[:4] if normalized else OPTIMIZERS)).format("net.parameters()", p.one("0.1", "0.01", "0.05", "1e-3"))
    p.add(f"opt = torch.optim.{optimizer}")
    schedule = r.random() < 0.25
    if schedule:
        p.add(f"sched = torch.optim.lr_scheduler.{p.one(*SCHEDULERS)}")
    if r.random() < 0.1:
        p.add("print(opt)")
    zero = p.one("opt.zero_grad()", "opt.zero_grad()", "net.zero_grad()", "opt.zero_grad(set_to_none=False)", "pass")
    clip = "\n    nn.utils.clip_grad_norm_(net.parameters(), 1.0)" if r.random() < 0.1 else ""
    rate = "\n    sched.step()" if schedule else ""
    shown = p.one("print(f'{loss.item():.4f}')", "print(step, loss)", "print(f'step {step}: {loss.item():.3f}')")
    p.add(f"for step in range({r.randint(2, 5)}):\n    {zero}\n    loss = loss_fn(net(x), y)\n    loss.backward(){clip}\n    opt.step(){rate}\n    {shown}")
    tail = r.random()
    if tail < 0.4:
        p.add("for name, q in net.named_parameters():\n    print(name, q.data)")
    elif tail < 0.6:
        p.add("print(list(net.parameters())[0].grad)")
    elif tail < 0.7:
        p.add("print(opt.param_groups[0]['lr'])")
    elif tail < 0.8:
        p.add("net.eval()")
        p.add("with torch.no_grad():\n    print(net(x))")
    elif tail < 0.85 and schedule:
        p.add("print(sched.get_last_lr())")
    elif tail < 0.9:
        p.add("print(net.state_dict().keys())")


def language(p):
    """Plain Python: numbers, text, containers, control."""
    r = p.rng
    numbers = [r.choice([r.randint(-9, 99), round(r.uniform(-9, 9), 2)]) for _ in range(r.randint(3, 6))]
    words = r.sample("loss grad step lr epoch model layer bias weight node leaf graph".split(), 4)
    p.add(f"xs = {numbers}")
    p.add(f"words = {words}")
    p.add(f"d = {{w: len(w) * {r.randint(1, 4)} for w in words}}")
    pool = [
        "print(sorted(xs), max(xs), min(xs), sum(xs))", "print([x * 2 for x in xs if x > 0])", "print({k: v for k, v in sorted(d.items())})",
        "print(' '.join(w.upper() for w in words))", "print(f'{xs[0]:8.3f}|{xs[1]:<8}|{words[0]:>10}|{words[1]:^9}|')",
        "print('%5.2f %s %d' % (xs[0], words[0], len(words)))", "print(list(zip(words, xs)))", "print([i for i, w in enumerate(words) if 'e' in w])",
        "print(words[::-1], words[1:3], xs[-2:])", "print(sorted(words, key=len), sorted(words, key=lambda w: w[-1], reverse=True))",
        "print(xs[0] // 3, xs[0] % 3, xs[1] ** 2, -xs[0] / 4)", "print(divmod(17, 5), abs(-3.5), round(xs[0], 1), pow(2, 10))",
        "print(any(x < 0 for x in xs), all(x for x in xs))", "print(d.get('loss', 0), d.get('none'), list(d), len(d))",
        "print(*xs, sep=', ', end='!\\n')", "print(str(xs), repr(words[0]), type(xs[0]).__name__)",
        "print({x for x in (1, 2, 2, 3)}, (1,), (), {})", "print(words[0].replace('s', 'S').split('S'), words[1].find('e'))",
        "print(f'{1e10:.2e} {12345678:,} {0.1 + 0.2} {3.0} {1e16} {1e-5} {255:x} {5:03d} {0.5:.0%}')", "a, *rest = xs\nprint(a, rest)",
        "n = 0\nwhile n < 3:\n    n += 1\n    if n == 2:\n        continue\n    print(n)\nelse:\n    print('done')",
        "def f(a, b=2, *args, **kw):\n    return a, b, args, kw\nprint(f(1), f(1, 3, 4, z=5))",
        "def gen(n):\n    for i in range(n):\n        yield i * i\nprint(list(gen(4)), sum(gen(5)))",
        "class P:\n    def __init__(self, x):\n        self.x = x\n    def __repr__(self):\n        return f'P({self.x})'\n    def __add__(self, o):\n        return P(self.x + o.x)\nprint(P(1) + P(2), [P(3)])",
        "try:\n    print(d['missing'])\nexcept KeyError as e:\n    print('KeyError', e)", "print(xs[10])", "print(words[0] + 1)", "print(undefined)", "print(int('7') + float('2.5'), int(3.9), bool(''), int('x'))",
        "print(10 / 0)", "for i, (w, x) in enumerate(zip(words, xs)):\n    print(i, w, x)", "m = [[i * j for j in range(3)] for i in range(3)]\nprint(m, sum(m, []))",
        "s = 'gradient descent'\nprint(s.title(), s.count('e'), s[::2], s.index('d'), s.startswith('grad'))", "assert xs[0] > 1000, f'bad {words[0]}'",
        "print(max(words, key=len), min(d, key=d.get), sorted(d.items(), key=lambda kv: (-kv[1], kv[0])))", "print(2 ** 100, 7 // -2, -7 % 3, 0.1 * 3, 1 / 3)",
        "import math\nprint(math.sqrt(2), math.pi, math.floor(-1.5), math.exp(1), math.log(10))", "d['new'] = d.pop(words[0])\nprint(d)",
        "x = 5\ndef outer():\n    x = 1\n    def inner():\n        nonlocal x\n        x += 1\n        return x\n    return inner(), x\nprint(outer(), x)",
    ]
    for line in r.sample(pool, r.randint(4, 8)):
        p.add(line)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    target = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else FOLDER / "generated"
    kinds = [tensors, autograd, training, language, details]
    weights = [40, 30, 20, 10, 0]
    if len(sys.argv) > 4:
        weights = [int(k.__name__ in sys.argv[4].split(",")) for k in kinds]
    programs, expected = [], []
    torch.set_num_threads(1)
    for k in range(count):
        rng = random.Random(seed * 1_000_003 + k)
        p = Program(rng)
        kind = rng.choices(kinds, weights)[0]
        with contextlib.suppress(Stop):
            kind(p)
        name = f"{kind.__name__}-{k:04d}"
        programs.append(f"=== {name}\n" + "\n".join(p.lines) + "\n")
        text = p.out.getvalue()
        # Addresses differ between runs; numbers this small are what is left of a cancellation.
        if "object at 0x" in text or kind is training and "e-" in text.replace("one-", ""):
            programs.pop()
            continue
        expected.append(f"=== {name}\n" + text + (f"--- error\n{p.error}\n" if p.error else ""))
    target.with_suffix(".programs").write_text("".join(programs))
    target.with_suffix(".expected").write_text("".join(expected))


main()
