#!/usr/bin/env python3
"""Records what PyTorch 2.13 gives for a grid of calls of every operation of the catalogue.

    /somewhere/bin/python Tests/Tools/record_operations.py

Writes Tests/Goldens/operations.jsonl, one case a line: the operation's name in our catalogue, how its numbers are
compared ("e": elementwise, "r": a reduction over `n` values), the inputs and the call in the language, and the line
that `case` of Tests/Goldens/operations-prelude.py prints: values in hexadecimal, strides, `grad_fn`, gradients,
second derivatives, or the error. The test runs the same lines here.

The table of calls is operation_calls.py. An input is written `f:2,3`: a maker of the prelude and a shape; the grid
is made of it by other dtypes and layouts. Inputs that begin with `=` are taken as they are.
"""
import contextlib, io, json, pathlib, re, sys, warnings

import torch

from operation_calls import CALLS

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "Goldens"
torch.set_num_threads(1)
warnings.simplefilter("ignore")
prelude = {"__name__": "prelude"}
exec(compile((GOLDENS / "operations-prelude.py").read_text(), "prelude", "exec"), prelude)

DTYPES = ["int64", "int32", "uint8", "bool", "float16"]


def made(spec, at, dtype="float32", leaf=False, layout="", shape=None):
    """An input as text of the language."""
    if spec.startswith("="):
        return spec[1:]
    maker, _, rest = spec.partition(":")
    sizes = [int(x) for x in rest.split(",") if x] if shape is None else shape
    if maker == "i":
        return f"i({', '.join(map(str, sizes))}, s={at})"
    if layout == "turned" and len(sizes) >= 2:
        sizes = [sizes[1], sizes[0]] + sizes[2:]
    if layout == "sliced" and sizes:
        sizes = sizes[:-1] + [sizes[-1] * 2]
    words = [str(x) for x in sizes]
    if at:
        words.append(f"s={at}")
    if dtype != "float32":
        words.append(f"d=torch.{dtype}")
    text = f"{maker}({', '.join(words)})"
    if layout == "turned" and len(sizes) >= 2:
        text += ".transpose(0, 1)"
    if layout == "sliced" and sizes:
        text += "[..., ::2]"
    if layout == "expanded" and sizes:
        text = text + f"[:1].expand({', '.join(map(str, sizes))})"
    return f"r({text})" if leaf else text


def variants(inputs, grid):
    """Lists of inputs: dtypes, layouts, sizes."""
    def row(**how):
        return [made(s, k, **how) for k, s in enumerate(inputs)]
    yield row(leaf=True)
    if grid == "once":
        return
    yield row(leaf=True, dtype="float64")
    if not inputs or inputs[0].startswith(("=", "i:")):
        return
    first = inputs[0].partition(":")[2]
    if "," in first:
        yield [made(inputs[0], 0, leaf=True, layout="turned")] + row(leaf=True)[1:]
    if first:
        yield [made(inputs[0], 0, leaf=True, layout="sliced")] + row(leaf=True)[1:]
    if grid == "floats":
        yield row(dtype="int64")
        return
    for dtype in DTYPES:
        yield row(dtype=dtype)
    if first:
        yield [made(inputs[0], 0, leaf=True, layout="expanded")] + row(leaf=True)[1:]
    yield [made(inputs[0], 0, leaf=True, shape=[])] + row(leaf=True)[1:]
    if first:
        sizes = [int(x) for x in first.split(",")]
        yield [made(inputs[0], 0, leaf=True, shape=[0] + sizes[1:])] + row(leaf=True)[1:]
    yield ["n()"] + row()[1:]
    yield ["r(n())"] + row()[1:]


def bent(inputs, call):
    """The call on curved inputs."""
    names = ["x", "y", "z", "w", "v"][: len(inputs)]
    return f"(lambda {', '.join(names)}: {call})({', '.join(f'c({n})' for n in names)})"


def run(inputs, call):
    names = ["x", "y", "z", "w", "v"][: len(inputs)]
    text = f"case(lambda: ({''.join(t + ', ' for t in inputs)}), lambda {', '.join(names)}: {call})"
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(text, prelude)
    # Some errors show PyTorch's own stack, which is another on every machine.
    return text, out.getvalue().rstrip("\n").split("\\nException raised from")[0]


def mark_slopes(cases):
    """Marks two small cases of an operation whose gradients are slopes in PyTorch, one on curved inputs: "slopes" says
    whether it is marked for second derivatives, too."""
    marked = {}
    for case in cases:
        want, name = case["want"], case["op"]
        name += " bent" if "(c(x)" in case["run"] else ""
        if name in marked or "d=torch.float64)), " not in case["run"] or len(want) > 1800:
            continue
        if not re.search(r"Backward\d.* \| float64 ", want) or re.search("Error|nan|inf|float32|float16", want):
            continue
        again = str(" | | float" in want)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(f"differences{case['run'][4:-1]}, {again})", prelude)
        if out.getvalue() == "slopes\n":
            marked[name] = True
            case["slopes"] = again


def size(inputs):
    """How many numbers a sum may run over."""
    total = 1
    for t in inputs:
        value = eval(t, prelude)
        if isinstance(value, torch.Tensor):
            total = max(total, value.numel())
    return total


def main():
    seen, lines, bent_ones, flat = set(), [], set(), {}
    for operation, kind, grid, inputs, calls in CALLS:
        for call in calls:
            for row in variants(inputs, grid):
                text, want = run(row, call)
                if text in seen:
                    continue
                seen.add(text)
                case = {"op": operation, "kind": kind}
                if kind == "r":
                    case["n"] = size(row)
                lines.append(case | {"run": text, "want": want})
        # A function that is linear has second derivatives in curved inputs only: one such call.
        if operation in bent_ones or not calls:
            continue
        for row in list(variants(inputs, grid))[:2]:
            text, want = run(row, bent(inputs, calls[0]))
            case = {"op": operation, "kind": "r", "n": size(row), "run": text, "want": want}
            if not want.rpartition(" | | ")[1] or want.endswith(" | | "):
                if "Backward" in want:
                    flat.setdefault(operation, case)
            elif text not in seen:
                seen.add(text)
                bent_ones.add(operation)
                lines.append(case)
    lines += [case for operation, case in flat.items() if operation not in bent_ones]
    mark_slopes(lines)
    lines = [json.dumps(case, ensure_ascii=False) for case in lines]
    (GOLDENS / "operations.jsonl").write_text("\n".join(lines) + "\n")
    print(len(lines), "cases of", len({c[0] for c in CALLS}), "operations")


main()
