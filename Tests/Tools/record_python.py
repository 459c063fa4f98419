#!/usr/bin/env python3
"""Records what CPython 3.11 prints, on both outputs, for the programs of Tests/MiniPythonTests/Programs.

A file NAME.programs holds programs separated by lines `=== name`; beside it NAME.expected holds for each its
standard output, then after `--- errors` its standard error. The tests need no Python: they read the files.
With names of files, only those are recorded.
"""
import pathlib, re, subprocess, sys, tempfile

wanted = {pathlib.Path(a).stem for a in sys.argv[1:]}
for path in sorted((pathlib.Path(__file__).resolve().parent.parent / "MiniPythonTests/Programs").glob("*.programs")):
    if wanted and path.stem not in wanted: continue
    parts = re.split(r"^=== (.*)\n", path.read_text(), flags=re.M)[1:]
    out = ""
    for name, text in zip(parts[::2], parts[1::2]):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "p.py").write_text(text)
            run = subprocess.run([sys.executable, "p.py"], cwd=folder, capture_output=True, text=True, timeout=60)
            out += f"=== {name}\n{run.stdout}"
            # CPython shows the whole path, ours the one that was given.
            if run.stderr: out += "--- errors\n" + run.stderr.replace(str(pathlib.Path(folder) / "p.py"), "p.py")
    path.with_suffix(".expected").write_text(out)
    print(path.name, len(parts) // 2, "programs")
