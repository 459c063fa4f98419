#!/usr/bin/env python3
"""Records what CPython 3.11 and PyTorch 2.13 print for every program of Tests/Programs.

    python3 -m venv /somewhere && /somewhere/bin/pip install torch==2.13.0+cpu
    /somewhere/bin/python Tests/Tools/record_programs.py [name …]

A file NAME.programs holds programs separated by lines `=== name`. Beside it, NAME.expected holds, for
each: what it prints, after `--- error` the uncaught exception's `Type: message`, after `--- graph` the
backward graph just before each backward() call as JSON. The tests need no Python: they read the files.
"""
import io, json, os, pathlib, subprocess, sys, tempfile

# Some products are shared among threads, which changes their last digits.
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Programs"

RUNNER = r'''
import os, re, sys, json, tempfile
import torch, warnings
warnings.simplefilter("ignore")
path, graph_path = sys.argv[1], sys.argv[2]
graphs = []
def variable_name(tensor, frame):
    for scope in (frame.f_locals, frame.f_globals):
        for name, value in scope.items():
            if value is tensor: return name
    for name, value in list(frame.f_globals.items()):
        if isinstance(value, torch.nn.Module):
            for n, p in value.named_parameters():
                if p is tensor: return name + "." + n
    return None
def walk(tensor, frame):
    nodes, ids = [], {}
    def visit(fn):
        if fn in ids: return ids[fn]
        i = ids[fn] = len(nodes)
        node = {"id": i, "name": type(fn).__name__}
        if hasattr(fn, "variable"):
            node["shape"] = list(fn.variable.shape)
            node["var"] = variable_name(fn.variable, frame)
        nodes.append(node)
        node["next"] = [None if f is None else [visit(f), n] for f, n in fn.next_functions]
        return i
    if tensor.grad_fn is not None: visit(tensor.grad_fn)
    return nodes
original = torch.Tensor.backward
def backward(self, *args, **kwargs):
    frame = sys._getframe(1)
    entry = {"root": variable_name(self, frame), "nodes": walk(self, frame)}
    if graphs and {k: graphs[-1][k] for k in ("root", "nodes")} == entry: graphs[-1]["repeat"] += 1
    else: graphs.append({"root": entry["root"], "repeat": 1, "nodes": entry["nodes"]})
    return original(self, *args, **kwargs)
torch.Tensor.backward = backward
error = ""
try:
    code = compile(open(path).read(), path, "exec")
    exec(code, {"__name__": "__main__"})
except SystemExit: pass
except BaseException as e:
    # As CPython itself prints it, "Did you mean" included.
    with tempfile.TemporaryFile("w+") as file:
        saved = os.dup(2)
        os.dup2(file.fileno(), 2)
        sys.__excepthook__(type(e), e, e.__traceback__)
        sys.stderr.flush()
        os.dup2(saved, 2)
        file.seek(0)
        text = file.read()
    start = [m.start() for m in re.finditer(r"^(?! |Traceback|During|The above)[\w.]+(?:: |$)", text, re.M)]
    error = text[start[-1]:].rstrip("\n") if start else str(e)
sys.stdout.flush()
json.dump({"error": error, "graphs": graphs}, open(graph_path, "w"))
'''

def record(text):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "program.py").write_text(text)
        (folder / "runner.py").write_text(RUNNER)
        run = subprocess.run([sys.executable, "runner.py", "program.py", "graph.json"], cwd=folder,
                             capture_output=True, text=True, timeout=120)
        found = json.loads((folder / "graph.json").read_text())
        return run.stdout, found["error"], found["graphs"]

# Names of files to record, or none for all but the generated ones (generate_programs.py records its own).
wanted = [pathlib.Path(a).stem for a in sys.argv[1:]]
for path in sorted(FOLDER.glob("*.programs")):
    if path.stem not in wanted if wanted else path.stem == "generated": continue
    out = io.StringIO()
    name, lines, programs = None, [], []
    for line in path.read_text().split("\n"):
        if line.startswith("=== "):
            if name: programs.append((name, "\n".join(lines) + "\n"))
            name, lines = line[4:], []
        else: lines.append(line)
    programs.append((name, "\n".join(lines).rstrip("\n") + "\n"))
    for name, text in programs:
        stdout, error, graphs = record(text)
        out.write(f"=== {name}\n{stdout}")
        if stdout and not stdout.endswith("\n"): out.write("\\\n")
        if error: out.write(f"--- error\n{error}\n")
        if graphs: out.write("--- graph\n" + json.dumps(graphs) + "\n")
    path.with_suffix(".expected").write_text(out.getvalue())
    print(path.name, len(programs), "programs")
