"""The calls that record_operations.py runs: (operation, kind, grid, inputs, calls) for every operation of the catalogue.

kind: "e" elementwise, "r" reduction. grid: "all" dtypes and layouts, "floats" only floating inputs, "once".
"""
CALLS = []


def add(operations, kind, grid, inputs, *calls):
    """`$` in a call is the operation's name."""
    for operation in operations.split():
        CALLS.append((operation, kind, grid, inputs, [c.replace("$", operation) for c in calls]))


# Functions of one number.
ANY = "exp log sqrt sin cos tanh sigmoid tan log2 log10 log1p expm1 rsqrt sinh cosh asin acos atan erf floor ceil trunc exp2"
ANY += " asinh acosh atanh erfc erfinv lgamma frac"
add(ANY, "e", "all", ["f:2,3"], "torch.$(x)")
add(ANY, "e", "floats", ["u:37"], "x.$()")
add(ANY, "e", "floats", ["p:19"], "x.$()")
for name in ANY.split():
    add(name + "_", "e", "floats", ["p:2,3"], "x.clone().$()", "torch.$(x.clone())")
    add(name + "_", "e", "once", ["p:3"], "x.$()")
    add(name + "_", "e", "once", ["=i(5, 3)"], "x.$()")
add("neg abs sign square reciprocal positive sgn deg2rad rad2deg digamma signbit round logit isnan isinf isfinite"
    " isposinf isneginf isreal"
    " logical_not bitwise_not", "e", "all", ["f:2,3"], "torch.$(x)", "x.$()")
add("neg abs sign square reciprocal sgn digamma", "e", "floats", ["p:19"], "x.$()")
add("logit", "e", "floats", ["q:2,9"], "torch.$(x)", "torch.$(x, 0.1)", "x.$(eps=0.3)")
add("round", "e", "all", ["=f(7) * 100"], "x.round(decimals=1)", "torch.round(x, decimals=-1)")
add("round", "e", "once", ["=torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5])"], "x.round()")
add("nan_to_num", "e", "all", ["f:2,3"], "torch.$(x)", "x.$(nan=1.0, posinf=2.0, neginf=-3.0)")
add("neg_", "e", "all", ["f:2,3"], "x.clone().$()")
add("neg_", "e", "once", ["f:3"], "x.$()")
# Functions of two numbers.
PAIRS = "add sub mul div remainder floor_divide fmod maximum minimum fmax fmin atan2 hypot logaddexp xlogy heaviside"
PAIRS += " copysign pow float_power"
add(PAIRS, "e", "all", ["f:2,3", "f:2,3"], "torch.$(x, y)")
add(PAIRS, "e", "all", ["f:2,3", "f:3"], "x.$(y)")
add(PAIRS, "e", "floats", ["f:2,1,4", "f:3,1"], "torch.$(x, y)")
add(PAIRS, "e", "once", ["f:2,3", "f:4"], "torch.$(x, y)")
add(PAIRS, "e", "floats", ["p:3,7", "p:3,7"], "x.$(y)")
add(PAIRS, "e", "once", ["f:2,3", "=f(3, d=torch.float64)"], "torch.$(x, y)")
add(PAIRS, "e", "once", ["=i(4, 2, 3)", "f:3"], "torch.$(x, y)")
NUMBERS = "add sub mul div remainder floor_divide fmod pow float_power"
add(NUMBERS, "e", "all", ["f:2,3"], "torch.$(x, 2)", "x.$(-1.5)")
add("add sub mul div", "e", "all", ["f:2,3"], "x.$(True)")
add("pow", "e", "floats", ["p:7"], *[f"x ** {e}" for e in ["0", "1", "2", "3", "0.5", "-1", "-2", "-0.5", "2.5", "-3.3"]])
add("pow", "e", "all", ["f:7"], *[f"x ** {e}" for e in ["0", "1", "2", "3", "0.5", "-1", "4"]])
add("pow", "e", "once", ["f:3"], "torch.pow(2, x)", "torch.pow(x, torch.tensor(2))", "x.pow(exponent=3)")
add("rpow", "e", "all", ["f:2,3"], "2 ** x", "2.5 ** x", "0 ** x")
add("add sub", "e", "all", ["f:2,3", "f:2,3"], "torch.$(x, y, alpha=2)", "x.$(y, alpha=-0.7)")
add("rsub", "e", "all", ["f:2,3", "f:2,3"], "torch.rsub(x, y)", "torch.rsub(x, y, alpha=3)", "1 - x", "2.5 - x")
add("rdiv", "e", "all", ["f:2,3"], "1 / x", "2.5 / x")
add("rfloordiv", "e", "all", ["f:2,3"], "7 // x", "2.5 // x")
add("rmod", "e", "all", ["f:2,3"], "7 % x", "2.5 % x")
add("div", "e", "all", ["f:2,3", "f:2,3"], "torch.div(x, y, rounding_mode='floor')", "x.div(y, rounding_mode='trunc')")
add("div", "e", "once", ["f:2,3", "f:2,3"], "torch.div(x, y, rounding_mode='up')", "x / y", "torch.true_divide(x, y)")
IN_PLACE = {"add_": "+=", "sub_": "-=", "mul_": "*=", "div_": "/=", "pow_": "**="}
add(" ".join(IN_PLACE), "e", "all", ["f:2,3", "f:2,3"], "x.clone().$(y)", "x.clone().$(2)")
add(" ".join(IN_PLACE), "e", "floats", ["p:2,3", "p:3"], "x.clone().$(y)", "y.clone().$(x)")
add(" ".join(IN_PLACE), "e", "once", ["f:2,3", "f:3"], "x.$(y)")
add("add_ sub_", "e", "floats", ["f:2,3", "f:2,3"], "x.clone().$(y, alpha=0.3)")
add("eq ne lt le gt ge logical_and logical_or logical_xor isclose", "e", "all", ["f:2,3", "f:3"], "torch.$(x, y)")
add("eq ne lt le gt ge", "e", "all", ["f:2,3"], "x.$(0.5)", "x.$(1)")
add("bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift", "e", "all",
    ["f:2,3", "p:3"], "torch.$(x, y)", "x.$(1)")
add("__rlshift__", "e", "all", ["f:2,3"], "2 << x")
add("__rrshift__", "e", "all", ["f:2,3"], "64 >> x")
add("set_", "e", "floats", ["f:2,3", "f:4"], "x.clone().detach().set_(y.detach())")
add("equal allclose", "e", "all", ["f:2,3", "f:2,3"], "torch.$(x, y)", "x.$(x)")
add("isclose allclose", "e", "floats", ["f:2,3"], "torch.$(x, x * 1.0001, rtol=1e-3)", "x.$(x + 0.1, atol=0.5)",
    "torch.$(x * nan, x * nan, equal_nan=True)")
add("where", "e", "all", ["f:2,3", "f:3"], "torch.where(x > 0, x, y)", "torch.where(x > 0, x, 0)",
    "torch.where(x > 0, 1.5, x)", "torch.where(x > 0)")
add("Tensor.where", "e", "all", ["f:2,3", "f:3"], "x.where(x > 0, y)", "x.where(x > 0, 2)")
add("lerp", "e", "floats", ["f:2,3", "f:2,3", "q:2,3"], "torch.lerp(x, y, z)", "x.lerp(y, 0.3)", "x.lerp(y, 0.7)")
add("lerp_", "e", "floats", ["f:2,3", "f:2,3", "q:2,3"], "x.clone().lerp_(y, z)", "x.clone().lerp_(y, 0.3)")
add("addcmul addcdiv", "e", "all", ["f:2,3", "f:2,3", "f:2,3"], "torch.$(x, y, z)", "x.$(y, z, value=0.3)")
add("addcmul addcdiv", "e", "floats", ["f:2,3", "f:3", "f:2,1"], "torch.$(x, y, z, value=-2)")
add("addcmul_ addcdiv_", "e", "floats", ["f:2,3", "f:2,3", "f:2,3"], "x.clone().$(y, z)", "x.clone().$(y, z, value=0.3)")
add("clamp", "e", "all", ["f:2,3"], "torch.clamp(x, -0.5, 0.5)", "x.clamp(min=0)", "x.clamp(max=0.3)", "x.clamp()",
    "torch.clip(x, 1, -1)")
add("clamp", "e", "floats", ["f:2,3", "f:3", "f:2,3"], "torch.clamp(x, y, z)", "x.clamp(min=y)", "x.clamp(max=z)")
add("clamp_", "e", "all", ["f:2,3"], "x.clone().clamp_(-0.5, 0.5)", "x.clone().clamp_(min=0)")
add("clamp_min clamp_max", "e", "all", ["f:2,3"], "torch.$(x, 0.25)", "x.$(1)")
# Activations.
add("relu", "e", "all", ["f:2,3"], "torch.relu(x)")
add("F.relu", "e", "all", ["f:2,3"], "F.relu(x)", "F.relu(x * 1, inplace=True)")
add("relu_", "e", "floats", ["f:2,3"], "x.clone().relu_()", "F.relu_(x.clone())")
ACTIVATIONS = "leaky_relu elu selu softplus silu gelu logsigmoid hardtanh mish hardswish hardsigmoid softsign tanhshrink"
ACTIVATIONS += " relu6 celu softshrink hardshrink"
add(ACTIVATIONS, "e", "all", ["f:2,3"], "F.$(x)")
add(ACTIVATIONS, "e", "once", ["=r(f(37, d=torch.float64) * 4)"], "F.$(x)")
add(ACTIVATIONS, "e", "once", ["=r(f(37) * 4)"], "F.$(x)")
add("leaky_relu", "e", "floats", ["f:9"], "F.leaky_relu(x, 0.2)", "F.leaky_relu(x, negative_slope=-1.0)")
add("elu celu", "e", "floats", ["f:9"], "F.$(x, 0.7)", "F.$(x, alpha=2.0)")
add("softplus", "e", "floats", ["f:9"], "F.softplus(x, beta=3, threshold=2)")
add("gelu", "e", "floats", ["f:37"], "F.gelu(x, approximate='tanh')")
add("gelu", "e", "once", ["f:3"], "F.gelu(x, approximate='no')")
add("hardtanh", "e", "floats", ["f:9"], "F.hardtanh(x, -0.3, 0.6)")
add("softshrink hardshrink", "e", "floats", ["f:9"], "F.$(x, 0.2)")
add("threshold", "e", "all", ["f:9"], "F.threshold(x, 0.1, 20)")
add("prelu", "e", "floats", ["f:2,3,4", "p:3"], "F.prelu(x, y)", "F.prelu(x, y[:1])", "F.prelu(x, y[:2])")
add("glu", "e", "floats", ["f:4,6"], "F.glu(x)", "F.glu(x, dim=0)")
add("glu", "e", "once", ["f:4,3"], "F.glu(x)")
add("gumbel_softmax", "r", "floats", ["f:3,4"], "F.gumbel_softmax(x)", "F.gumbel_softmax(x, tau=0.5, hard=True)")
# Reductions.
add("sum mean prod nansum nanmean var std amax amin max min argmax argmin median nanmedian norm all any count_nonzero"
    " var_mean std_mean aminmax", "r", "all", ["f:3,4"], "torch.$(x)")
DIMS = "sum mean prod nansum nanmean var std amax amin max min argmax argmin median nanmedian all any var_mean std_mean"
add(DIMS, "r", "all", ["f:3,4"], "x.$(dim=1)", "torch.$(x, 0, keepdim=True)")
add(DIMS, "r", "floats", ["f:2,3,4"], "x.$(dim=-2)", "x.$(dim=3)")
add("sum mean nansum var std amax amin all any var_mean std_mean", "r", "floats", ["f:2,3,4"], "x.$(dim=(0, 2))",
    "x.$((1, -1), keepdim=True)", "x.$(dim=(1, 1))", "x.$(dim=())")
BIG = "sum mean prod var std norm amax median logsumexp softmax log_softmax cumsum"
for name in BIG.split():
    end = "dim=0" if name in ("logsumexp", "softmax", "log_softmax", "cumsum") else ""
    add(name, "r", "once", ["=f(1000)"], f"torch.{name}(x, {end})" if end else f"torch.{name}(x)")
    add(name, "r", "once", ["=f(3, 100)"], f"x.{name}(dim=1)", f"x.t().{name}(dim=0)", f"x.{name}(dim=0)[:9]")
    add(name, "r", "once", ["=f(100, 3)"], f"x.{name}(dim=0)", f"x.t().{name}(dim=1)")
add("sum mean", "r", "once", ["=f(20, 33)"], "x.$()", "x.t().$()", "x[:, ::2].$()", "x.$(dim=0)[:5]", "x.double().$()")
add("sum mean nansum", "r", "all", ["f:3,4"], "x.$(dtype=torch.float64)", "x.$(1, dtype=torch.float32)")
add("sum", "r", "once", ["f:3"], "x.sum(dtype=torch.int64)")
add("prod", "r", "floats", ["=r(torch.tensor([[1., 0., 2.], [0., 0., 3.], [1.5, 2., 4.]]))"], "x.prod()", "x.prod(1)")
add("var std var_mean std_mean", "r", "floats", ["f:3,4"], "x.$(unbiased=False)", "x.$(dim=1, correction=0)",
    "torch.$(x, 1, False)", "torch.$(x, 1, correction=2)")
add("var std", "r", "once", ["f:1"], "x.$()", "x.$(0)")
for power in ["1", "2", "3", "0.5", "0", "inf", "-inf", "'fro'", "'nuc'", "-1"]:
    add("norm", "r", "floats", ["f:3,4"], f"x.norm({power})", f"torch.norm(x, {power}, dim=1)")
    add("linalg_norm", "r", "floats", ["f:3,4"], f"torch.linalg.norm(x[0], {power})")
    add("linalg_vector_norm", "r", "floats", ["f:3,4"], f"torch.linalg.vector_norm(x, {power})")
add("linalg_norm", "r", "floats", ["f:3,4"], "torch.linalg.norm(x)", "torch.linalg.norm(x, dim=1)",
    "torch.linalg.norm(x, ord=1, dim=1, keepdim=True)")
add("matrix_norm", "r", "floats", ["f:3,4"], "torch.linalg.matrix_norm(x)", "torch.linalg.matrix_norm(x, keepdim=True)")
add("norm", "r", "floats", ["f:2,3,4"], "x.norm(dim=(0, 2))", "x.norm(p=1, dim=(1,), keepdim=True)")
add("Tensor.norm", "r", "floats", ["f:3,4"], "x.norm(2)", "x.norm(3, 1)")
add("norm", "r", "once", ["=torch.zeros(3, requires_grad=True)"], "x.norm()", "x.norm(1)", "x.norm(3)")
add("max min", "e", "all", ["f:2,3", "f:3"], "torch.$(x, y)")
add("max min argmax argmin median amax amin sort", "e", "once", ["=r(torch.tensor([[1., 2., 2.], [3., 3., 1.]]))"],
    "x.$()", "x.$(dim=1)")
add("argmax argmin", "e", "all", ["f:3,4"], "x.$(1, keepdim=True)")
add("aminmax count_nonzero", "e", "floats", ["f:3,4"], "x.$(dim=1)")
add("cummax cummin cumsum cumprod logsumexp", "r", "all", ["f:3,4"], "x.$(0)", "torch.$(x, dim=-1)")
add("cumsum cumprod", "r", "all", ["f:3,4"], "x.$(1, dtype=torch.float64)")
add("cumprod", "r", "once", ["=r(torch.tensor([2., 0., 3., 0., 4.]))"], "x.cumprod(0)")
add("logsumexp", "r", "floats", ["f:2,3,4"], "x.logsumexp((0, 2))", "x.logsumexp(1, keepdim=True)")
add("kthvalue", "r", "all", ["f:3,4"], "x.kthvalue(2)", "torch.kthvalue(x, 3, dim=0, keepdim=True)", "x.kthvalue(9)")
add("mode", "r", "all", ["f:3,4"], "x.mode()", "torch.mode(x, 0)")
add("mode", "r", "once", ["=i(3, 4, 6)"], "x.mode()", "x.mode(0, keepdim=True)")
add("quantile nanquantile", "r", "floats", ["f:3,4"], "x.$(0.3)", "x.$(0.5, dim=1)",
    "torch.$(x, torch.tensor([0.1, 0.9]), dim=0, keepdim=True)", "x.$(1.5)",
    *[f"x.$(0.4, interpolation='{m}')" for m in ["lower", "higher", "nearest", "midpoint"]])
add("softmax log_softmax", "r", "all", ["f:3,4"], "torch.$(x, 1)", "x.$(dim=0)", "x.$(-1, dtype=torch.float64)")
add("F.softmax F.log_softmax", "r", "all", ["f:3,4"], "F.@(x, dim=1)", "F.@(x, -2)")
add("softmin", "r", "floats", ["f:3,4"], "F.softmin(x, dim=1)")
CALLS[:] = [(o, k, g, n, [c.replace("@", o.split(".")[-1]) for c in cs]) for o, k, g, n, cs in CALLS]
add("trace", "r", "all", ["f:3,4"], "torch.trace(x)", "x.trace()")
add("dist", "r", "floats", ["f:3,4", "f:3,4"], "torch.dist(x, y)", "x.dist(y, 1)", "x.dist(y, 3)", "x.dist(y, inf)")
add("histc", "r", "floats", ["=f(20)"], "torch.histc(x, 5)", "torch.histc(x, bins=4, min=-1, max=1)")
add("bincount", "r", "once", ["=i(5, 9)", "=p(9)"], "torch.bincount(x)", "x.bincount(minlength=7)",
    "torch.bincount(x, weights=y)", "torch.bincount(y)")
# Products.
add("mm", "r", "all", ["f:3,4", "f:4,2"], "torch.mm(x, y)", "x.mm(y)")
add("mm matmul", "r", "once", ["f:3,4", "f:3,4"], "torch.$(x, y)", "torch.$(x, y.t())", "torch.$(x.t(), y)")
add("mm matmul", "r", "once", ["=f(7, 64)", "=f(64, 5)"], "x.$(y)", "y.t().$(x.t())")
add("mm matmul", "r", "once", ["=f(1, 50)", "=f(50, 1)"], "x.$(y)", "y.$(x)[:2, :5]")
add("mv matmul", "r", "all", ["f:3,4", "f:4"], "torch.$(x, y)", "x.$(y)")
add("mv matmul", "r", "once", ["=f(5, 33)", "=f(33)"], "x.$(y)", "x.t().$(x[:, 0])")
add("dot inner matmul", "r", "all", ["f:4", "f:4"], "torch.$(x, y)")
add("dot inner", "r", "once", ["=f(100)", "=f(100, s=1)"], "torch.$(x, y)")
add("inner", "r", "floats", ["f:2,4", "f:3,4"], "torch.inner(x, y)")
add("bmm matmul", "r", "all", ["f:2,3,4", "f:2,4,2"], "torch.$(x, y)", "x.$(y)")
add("matmul", "r", "floats", ["f:2,3,4", "f:4,2"], "x @ y", "x.matmul(y[:, 0])", "y.t() @ x.transpose(1, 2)")
add("matmul", "r", "floats", ["f:2,1,3,4", "f:5,4,2"], "x @ y")
add("matmul", "r", "once", ["f:4", "f:2,4,3"], "x @ y", "y.transpose(1, 2) @ x", "x @ 3", "x @ y[0].t()")
add("rmatmul", "r", "once", ["f:3,4", "f:4,2"], "y.__rmatmul__(x)")
add("outer", "e", "all", ["f:3", "f:4"], "torch.outer(x, y)", "x.ger(y)")
add("addmm", "r", "floats", ["f:3,2", "f:3,4", "f:4,2"], "torch.addmm(x, y, z)", "x.addmm(y, z, beta=0.5, alpha=-2)",
    "torch.addmm(x[0], y, z)")
add("addmv", "r", "floats", ["f:3", "f:3,4", "f:4"], "torch.addmv(x, y, z)", "x.addmv(y, z, beta=0.5, alpha=-2)")
add("baddbmm", "r", "floats", ["f:2,3,2", "f:2,3,4", "f:2,4,2"], "torch.baddbmm(x, y, z)",
    "x.baddbmm(y, z, beta=0.5, alpha=-2)")
add("einsum", "r", "floats", ["f:3,4", "f:4,2"], "torch.einsum('ij,jk->ik', x, y)", "torch.einsum('ij,jk', x, y)",
    "torch.einsum('ij->ji', x)", "torch.einsum('ij->', x)", "torch.einsum('ij->i', x)", "torch.einsum('ij,ij->j', x, x)",
    "torch.einsum('ij,jk->k', x, y)", "torch.einsum('...j,jk->...k', x, y)", "torch.einsum('ii', x[:3, :3])",
    "torch.einsum('i,j->ij', x[0], y[0])", "torch.einsum('ij,jk->kx', x, y)", "torch.einsum('ij', x, y)")
add("tensordot", "r", "floats", ["f:2,3,4", "f:3,4,5"], "torch.tensordot(x, y)", "torch.tensordot(x, y, dims=([1, 2], [0, 1]))")
add("kron", "e", "floats", ["f:2,3", "f:2,2"], "torch.kron(x, y)")
add("cross", "e", "floats", ["f:4,3", "f:4,3"], "torch.cross(x, y, dim=1)", "torch.cross(x, y)")
add("linalg_cross", "e", "floats", ["f:4,3", "f:4,3"], "torch.linalg.cross(x, y)", "torch.linalg.cross(x, y, dim=0)")
add("gcd lcm", "e", "once", ["=i(9, 2, 3)", "=i(6, 2, 3)"], "torch.$(x, y)", "x.$(y)", "torch.$(x, r(3))")
add("cdist", "r", "floats", ["f:3,4", "f:5,4"], "torch.cdist(x, y)", "torch.cdist(x, y, p=1)", "torch.cdist(x, y, p=3)")
add("pairwise_distance", "r", "floats", ["f:3,4", "f:3,4"], "F.pairwise_distance(x, y)", "F.pairwise_distance(x, y, p=1, keepdim=True)")
add("cosine_similarity", "r", "floats", ["f:3,4", "f:3,4"], "F.cosine_similarity(x, y)", "torch.cosine_similarity(x, y, dim=0)",
    "F.cosine_similarity(x, y[:1], dim=-1)")
add("normalize", "r", "floats", ["f:3,4"], "F.normalize(x)", "F.normalize(x, p=1, dim=0)", "F.normalize(x, dim=-1, eps=2.0)")
add("inverse det", "r", "floats", ["f:3,3"], "torch.$(x)", "x.$()")
add("inverse", "r", "once", ["=torch.zeros(2, 2)"], "torch.inverse(x)")
for power in ["2", "-2", "'nuc'"]:
    add("linalg_norm", "r", "floats", ["f:3,4"], f"torch.linalg.norm(x, {power})")
add("linalg_norm matrix_norm", "r", "once", ["f:3,4"], "torch.linalg.norm(x, 3)", "torch.linalg.norm(x[None], 2)",
    "torch.linalg.norm(x, 'fro', dim=0)", "torch.linalg.matrix_norm(x, 'abc')", "torch.linalg.matrix_norm(x[0], 2)")
add("linalg_svdvals", "r", "floats", ["f:3,4"], "torch.linalg.svdvals(x)", "torch.linalg.svdvals(x.T)", "torch.linalg.svdvals(x[0])")
add("linalg_matrix_rank", "r", "once", ["f:3,4"], "torch.linalg.matrix_rank(x)", "torch.linalg.matrix_rank(x, tol=1.0)",
    "torch.linalg.matrix_rank(x[0])")
add("linalg_matrix_rank", "r", "once", ["=torch.ones(4, 3)"], "torch.linalg.matrix_rank(x)")
for size in ["4,3", "2,3"]:
    add("linalg_qr", "r", "once", [f"f:{size}"], "torch.linalg.qr(x)", "torch.linalg.qr(x, mode='complete')", "torch.linalg.qr(x, mode='r')")
add("linalg_qr", "r", "once", ["f:4,3"], "torch.linalg.qr(x)[0]", "torch.linalg.qr(x).R", "torch.linalg.qr(x[0])", "torch.linalg.qr(x, 'all')")
add("linalg_cholesky", "r", "once", ["f:3,3"], "torch.linalg.cholesky(x @ x.T + torch.eye(3))",
    "torch.linalg.cholesky(x)", "torch.linalg.cholesky(x[:2])")
add("cholesky", "r", "once", ["f:3,3"], "torch.cholesky(x @ x.T + torch.eye(3))", "torch.cholesky(x)")
add("linalg_solve", "r", "floats", ["f:3,3", "f:3,2"], "torch.linalg.solve(x, y)", "torch.linalg.solve(x, y[:, 0])")
add("linalg_lstsq", "r", "once", ["=f(5, 3)", "=f(5, 2)"], "torch.linalg.lstsq(x, y).solution")
add("matrix_power", "r", "floats", ["f:3,3"], "torch.matrix_power(x, 3)", "torch.linalg.matrix_power(x, 0)", "torch.matrix_power(x, -2)")
# Views and shapes.
def shapes(names, inputs, *calls, grid="all"):
    add(names, "e", grid, inputs, *calls)


shapes("view", ["f:2,6"], "x.view(3, 4)", "x.view(-1)", "x.view((4, -1))", "x.view(5, 2)", "x.view(torch.int32)[0, :0]")
shapes("reshape", ["f:2,6"], "x.reshape(3, 4)", "torch.reshape(x, (-1,))", "x.reshape(-1, 5)", "x.reshape(-1, -1)")
shapes("view_as reshape_as expand_as", ["f:2,6", "f:2,6"], "x.$(y)")
shapes("flatten", ["f:2,3,4"], "x.flatten()", "torch.flatten(x, 1)", "x.flatten(0, 1)", "x.flatten(2, 1)")
shapes("unflatten", ["f:2,6"], "x.unflatten(1, (2, 3))", "torch.unflatten(x, -1, (-1, 2))", "x.unflatten(1, (4, 2))")
shapes("ravel t", ["f:2,3"], "x.$()", "torch.$(x)")
shapes("T mT H", ["f:2,3"], "x.$")
shapes("permute", ["f:2,3,4"], "x.permute(2, 0, 1)", "torch.permute(x, (0, -1, 1))", "x.permute(0, 1)", "x.permute(0, 0, 1)")
shapes("transpose", ["f:2,3,4"], "x.transpose(0, 1)", "torch.transpose(x, -1, 0)", "x.swapaxes(1, 2)", "x.transpose(0, 3)")
shapes("expand", ["f:1,3"], "x.expand(2, 3)", "x.expand(4, -1, 3)", "x.expand(2, 4)", "x.expand((2, -1))", "x.expand(3)")
shapes("broadcast_to", ["f:1,3"], "torch.broadcast_to(x, (2, 3))", "x.broadcast_to((4, 1, 3))")
shapes("unsqueeze", ["f:2,3"], "x.unsqueeze(0)", "torch.unsqueeze(x, -1)", "x.unsqueeze(4)")
shapes("squeeze", ["f:2,1,3"], "x.squeeze()", "torch.squeeze(x, 1)", "x.squeeze(0)", "x.squeeze((0, 1))", "x.squeeze(5)")
shapes("select", ["f:2,3"], "x.select(1, 2)", "torch.select(x, 0, -1)", "x.select(0, 2)")
shapes("narrow", ["f:2,5"], "x.narrow(1, 1, 3)", "torch.narrow(x, 0, 0, 1)", "x.narrow(1, 4, 2)", "x.narrow(-1, -3, 2)")
shapes("movedim", ["f:2,3,4"], "x.movedim(0, 2)", "torch.moveaxis(x, (0, 1), (1, 2))", "x.movedim(0, 3)")
shapes("roll", ["f:2,3"], "x.roll(1)", "torch.roll(x, -1, 1)", "x.roll((1, 2), dims=(0, 1))", "x.roll((1, 2), 0)")
shapes("diagonal", ["f:3,4"], "x.diagonal()", "torch.diagonal(x, 1)", "x.diagonal(-1, 1, 0)", "x.diagonal(0, 0, 0)")
shapes("diag", ["f:3,4"], "x.diag()", "torch.diag(x[0])", "x.diag(1)", "torch.diag(x[0], -1)")
shapes("diag_embed diagflat", ["f:2,3"], "torch.$(x)", "torch.$(x, 1)")
shapes("tril triu", ["f:3,4"], "torch.$(x)", "x.$(1)", "x.$(diagonal=-1)")
shapes("flip", ["f:2,3"], "x.flip(0)", "torch.flip(x, (0, 1))", "x.flip(2)", "x.flip([-1])")
shapes("fliplr flipud", ["f:2,3"], "torch.$(x)", "x.$()")
shapes("rot90", ["f:2,3"], "torch.rot90(x)", "x.rot90(2)", "x.rot90(-1, (1, 0))")
shapes("tile repeat", ["f:2,3"], "x.$(2, 2)", "x.$(2, 1, 3)", "x.$((3, 1))")
shapes("repeat", ["f:2,3"], "x.repeat(2)")
shapes("repeat_interleave", ["f:2,3"], "x.repeat_interleave(2)", "torch.repeat_interleave(x, 2, dim=0)",
       "x.repeat_interleave(torch.tensor([1, 0, 2]), dim=1)")
shapes("unfold", ["f:2,7"], "x.unfold(1, 3, 2)", "x.unfold(0, 2, 1)", "x.unfold(1, 9, 1)")
shapes("as_strided", ["f:3,4"], "torch.as_strided(x, (2, 2), (1, 2))", "x.as_strided((3,), (4,), 1)", "x.as_strided((9,), (9,))")
shapes("atleast_1d atleast_2d atleast_3d", ["f:3"], "torch.$(x)", "torch.$(x, x[0])")
shapes("contiguous clone positive", ["f:2,3"], "x.$()")
shapes("detach cpu", ["f:2,3"], "x.$()")
shapes("detach_", ["f:2,3"], "x.clone().$()")
shapes("type_as", ["f:2,3", "f:2"], "x.type_as(y)", "x.type_as(torch.tensor(1))")
shapes("float double half bfloat16 long int short char byte bool", ["f:2,3"], "x.abs().$()", "x.$()")
shapes("to", ["f:2,3"], "x.to(torch.float64)", "x.to('cpu')", "x.to(dtype=torch.int64)", "x.to(torch.zeros(1))", "x.to('cuda')",
       "x.to('cpu', torch.float16)", "x.to(x.dtype) is x", "x.to(x.dtype, copy=True) is x")
shapes("cuda", ["f:2"], "x.cuda()", grid="once")
shapes("type", ["f:2,3"], "x.type()", "x.type(torch.float64)", "x.type('torch.IntTensor')")
shapes("item", ["f:"], "x.item()", "torch.stack((x, x)).item()")
shapes("tolist size dim numel element_size stride storage_offset is_contiguous is_floating_point is_inference", ["f:2,3"], "x.$()")
shapes("size stride", ["f:2,3"], "x.$(1)", "x.$(2)", grid="once")
shapes("is_nonzero", ["f:"], "torch.is_nonzero(x)", "torch.is_nonzero(torch.stack((x, x)))")
shapes("is_same_size", ["f:2,3", "f:3,2"], "torch.is_same_size(x, y)", "x.is_same_size(y.t())", grid="once")
shapes("result_type", ["f:2,3", "f:3"], "torch.result_type(x, y)", "torch.result_type(x, 1)", "torch.result_type(x, 1.5)",
       "torch.result_type(x, torch.tensor(1.5))")
# Indexing, selecting, joining.
shapes("__getitem__", ["f:3,4"], *["x[%s]" % s for s in [
    "0", "-1", "1:3", "..., 0", ":, 1:4:2", "None", "0, 1", "[0, 2]", "[0, 2], [1, 3]", ":, [1, 1, 0]", "x[:, 0] > 0",
    "torch.tensor([[0, 1], [2, 2]])", "torch.tensor(1)", "5", "0, 0, 0", "x > 0", "[5]", "::2, None", "True", "1.5",
    "2:1", "..., None", "torch.tensor([True, False])", "[0, 1], :, None"]])
shapes("__setitem__", ["f:3,4", "f:4"], *["(lambda v: (v.__setitem__(%s), v)[1])(x.clone())" % s for s in [
    "0, y", "(slice(None), 1), 2", "(Ellipsis, 0), 5.5", "[0, 2], y", "x > 0, 0", "(0, 1), y[0]", "slice(1, 3), y", "7, 0",
    "0, y[:3]", "x > 0, y", "torch.tensor([1, 1]), 3"]])
add("__setitem__", "e", "once", ["f:3,4"], "x.__setitem__(0, 1)")
shapes("cat", ["f:2,3", "f:2,3"], "torch.cat((x, y))", "torch.cat([x, y], dim=1)", "torch.concat((x, y), -1)", "torch.cat((x, y[0]))",
       "torch.cat((x, y), 2)", "torch.cat([])", "torch.cat((x, torch.tensor([])))")
shapes("stack", ["f:2,3", "f:2,3"], "torch.stack((x, y))", "torch.stack([x, y], -1)", "torch.stack((x, y[0]))", "torch.stack(())")
shapes("vstack hstack dstack column_stack", ["f:2,3", "f:2,3"], "torch.$((x, y))", "torch.$([x[0], y[1]])")
shapes("adjoint", ["f:2,3"], "x.adjoint()", "torch.adjoint(x)")
shapes("Tensor.split", ["f:2,5"], "x.split(2, dim=1)", "x.split(split_size=[1, 1])")
shapes("split", ["f:2,5"], "x.split(2, dim=1)", "torch.split(x, [1, 4], 1)", "x.split(1)", "x.split([1, 1], 1)", "x.split(0)")
shapes("chunk", ["f:2,5"], "x.chunk(2, 1)", "torch.chunk(x, 3)", "x.chunk(0)")
shapes("tensor_split", ["f:2,5"], "x.tensor_split(2, 1)", "torch.tensor_split(x, (1, 3), dim=1)")
shapes("hsplit vsplit", ["f:4,6"], "torch.$(x, 2)", "x.$((1, 2))", "x.$(5)")
shapes("unbind", ["f:2,3"], "x.unbind()", "torch.unbind(x, 1)", "x.unbind(2)")
shapes("meshgrid", ["f:2", "f:3"], "torch.meshgrid(x, y, indexing='ij')", "torch.meshgrid(x, y, indexing='xy')")
shapes("cartesian_prod", ["f:2", "f:3"], "torch.cartesian_prod(x, y)")
shapes("combinations", ["f:4"], "torch.combinations(x)", "torch.combinations(x, 3)", "torch.combinations(x, with_replacement=True)")
shapes("block_diag", ["f:2,3", "f:1,2"], "torch.block_diag(x, y)")
shapes("broadcast_tensors", ["f:2,1", "f:3"], "torch.broadcast_tensors(x, y)")
shapes("broadcast_shapes", [], "torch.broadcast_shapes((2, 1), (3,))", "torch.broadcast_shapes((2,), (3,))", grid="once")
shapes("masked_fill", ["f:2,3", "f:3"], "x.masked_fill(x > 0, 7)", "torch.masked_fill(x, y > 0, -inf)", "x.masked_fill(y > 0, y[0])",
       "x.masked_fill(y, 1)")
shapes("masked_fill_", ["f:2,3"], "x.clone().masked_fill_(x > 0, 7)")
shapes("masked_select", ["f:2,3", "f:3"], "x.masked_select(x > 0)", "torch.masked_select(x, y > 0)")
INDEX = "torch.tensor([0, 2, 2])"
shapes("index_select", ["f:3,4"], f"x.index_select(0, {INDEX})", f"torch.index_select(x, 1, {INDEX})", "x.index_select(0, torch.tensor([5]))")
PLACES = "torch.tensor([[0, 2, 1], [1, 0, 0]])"
shapes("gather", ["f:3,4"], f"x.gather(0, {PLACES})", f"torch.gather(x, 1, {PLACES})", "x.gather(0, torch.tensor([0]))",
       "x.gather(1, torch.tensor([[9]]))")
shapes("scatter scatter_add", ["f:3,4", "f:2,3"], f"x.$(0, {PLACES}, y)", f"torch.$(x, 1, {PLACES}, y)")
shapes("scatter", ["f:3,4"], f"x.scatter(0, {PLACES}, 5)", "x.scatter(1, torch.tensor([[9]]), 1)")
shapes("scatter_ scatter_add_", ["f:3,4", "f:2,3"], f"x.clone().$(0, {PLACES}, y)")
shapes("scatter_", ["f:3,4"], f"x.clone().scatter_(1, {PLACES}, 1.0)")
shapes("index_add index_copy", ["f:3,4", "f:2,4"], "x.$(0, torch.tensor([2, 0]), y)", "torch.$(x, 0, torch.tensor([1, 2]), y)")
shapes("index_add_ index_copy_", ["f:3,4", "f:2,4"], "x.clone().$(0, torch.tensor([2, 0]), y)")
shapes("index_add", ["f:3,4", "f:3,2"], "x.index_add(1, torch.tensor([1, 1]), y, alpha=-0.5)")
shapes("index_fill index_fill_", ["f:3,4"], "x.clone().$(0, torch.tensor([2, 0]), 9)", "x.clone().$(1, torch.tensor([2]), -1.5)")
shapes("take", ["f:3,4"], "x.take(torch.tensor([0, 11, 5]))", "torch.take(x, torch.tensor([[-1, 2]]))", "x.take(torch.tensor([12]))")
shapes("take_along_dim", ["f:3,4"], "x.take_along_dim(x.argsort(1), 1)",
       "torch.take_along_dim(x, torch.tensor([3, 1]))")
shapes("sort", ["f:3,4"], "x.sort()", "torch.sort(x, 0, descending=True)", "x.sort(stable=True, dim=1)")
shapes("argsort", ["f:3,4"], "x.argsort()", "torch.argsort(x, 0, descending=True)")
shapes("msort", ["f:3,4"], "torch.msort(x)")
shapes("topk", ["f:3,4"], "x.topk(2)", "torch.topk(x, 2, dim=0, largest=False)", "x.topk(5)")
shapes("nonzero argwhere", ["f:2,3"], "torch.$(x)", "(x > 0).$()")
shapes("nonzero", ["f:2,3"], "torch.nonzero(x > 0, as_tuple=True)")
shapes("unique", ["=i(4, 3, 5)"], "x.unique()", "torch.unique(x, return_inverse=True, return_counts=True)", "x.unique(dim=0)")
shapes("unique unique_consecutive", ["f:2,3"], "torch.$(x.round())", "torch.$(x.round(), return_counts=True)", grid="floats")
shapes("unique_consecutive", ["=torch.tensor([1, 1, 2, 2, 1])"], "torch.unique_consecutive(x, return_inverse=True, return_counts=True)")
shapes("isin", ["=i(5, 2, 3)"], "torch.isin(x, torch.tensor([1, 2]))", "torch.isin(x, 3)")
shapes("searchsorted", ["=f(6).sort().values", "f:4"], "torch.searchsorted(x, y)", "torch.searchsorted(x, y, right=True)", grid="floats")
shapes("bucketize", ["f:2,3", "=torch.tensor([-1., 0., 1.])"], "torch.bucketize(x, y)", "torch.bucketize(x, y, right=True)", grid="floats")
shapes("diff", ["f:3,4"], "x.diff()", "torch.diff(x, n=2)", "x.diff(dim=0)")
shapes("one_hot", ["=i(4, 2, 3)"], "F.one_hot(x)", "F.one_hot(x, 5)", "F.one_hot(x, num_classes=2)", "F.one_hot(x.float())", "F.one_hot(r(3))")
shapes("copy_", ["f:2,3", "f:3"], "x.clone().copy_(y)", "x.copy_(y)", "x.clone().copy_(torch.tensor(3))")
shapes("fill_", ["f:2,3"], "x.clone().fill_(2.5)", "x.fill_(1)", "x.clone().fill_(torch.tensor(3))")
shapes("zero_", ["f:2,3"], "x.clone().zero_()", "x.zero_()")
shapes("fill_diagonal_", ["f:3,4"], "x.clone().fill_diagonal_(5)")
# Making tensors.
shapes("zeros ones empty", [], "torch.$(2, 3).shape", "torch.$((2,), dtype=torch.int64).dtype", "torch.$(-1)", grid="once")
shapes("zeros ones", [], "torch.$(2, 3)", "torch.$([2], dtype=torch.float64, requires_grad=True)", grid="once")
shapes("zeros_like ones_like", ["f:2,3"], "torch.$(x)", "torch.$(x, dtype=torch.float64)")
shapes("empty_like", ["f:2,3"], "torch.empty_like(x).shape")
shapes("new_zeros new_ones", ["f:2,3"], "x.$(2, 2)", "x.$((3,), dtype=torch.int64)")
shapes("new_empty", ["f:2,3"], "x.new_empty(2, 2).dtype")
shapes("full", [], "torch.full((2, 3), 1)", "torch.full((2,), 1.5)", "torch.full((), True)", "torch.full((2,), 3, dtype=torch.float16)", grid="once")
shapes("full_like", ["f:2,3"], "torch.full_like(x, 2)", "torch.full_like(x, 2.5)")
shapes("new_full", ["f:2,3"], "x.new_full((2,), 3)", "x.new_full((2,), 3.5)")
shapes("new_tensor", ["f:2,3"], "x.new_tensor([1, 2])", grid="once")
shapes("tensor", [], "torch.tensor([[1, 2], [3, 4]])", "torch.tensor([1.5, 2])", "torch.tensor(True)", "torch.tensor([])",
       "torch.tensor([[1], [2, 3]])", "torch.tensor('a')", "torch.tensor([1, 2.5], dtype=torch.int64)", grid="once")
shapes("as_tensor", [], "torch.as_tensor([1, 2])", "torch.asarray([1.5])", grid="once")
shapes("arange", [], "torch.arange(5)", "torch.arange(1, 2, 0.3)", "torch.arange(5, 0, -2)", "torch.arange(0, 1, 0)",
       "torch.arange(3.5)", "torch.arange(5, 1)", "torch.arange(0, 1, 0.1, dtype=torch.float64)", grid="once")
shapes("linspace", [], "torch.linspace(0, 1, 7)", "torch.linspace(-3, 5, 50)", "torch.linspace(1, 1, 1)", "torch.linspace(0, 1, -1)",
       "torch.linspace(0, 10, 5, dtype=torch.int64)", "torch.linspace(0, 1, 13, dtype=torch.float64)", grid="once")
shapes("logspace", [], "torch.logspace(-2, 2, 9)", "torch.logspace(0, 3, 4, base=2)", grid="once")
shapes("eye", [], "torch.eye(3)", "torch.eye(2, 3, dtype=torch.int64)", "torch.eye(-1)", grid="once")
shapes("tril_indices triu_indices", [], "torch.$(3, 4)", "torch.$(3, 3, 1)", "torch.$(2, 4, -1)", grid="once")
# Random numbers.
shapes("rand randn", [], "torch.$(5)", "torch.$(3, 7)", "torch.$((2,), dtype=torch.float64)", "torch.$(20, dtype=torch.float64)",
       "torch.$(40)", "torch.$(-1)", "torch.$(3, dtype=torch.int64)", grid="once")
shapes("rand_like randn_like", ["f:2,9"], "torch.$(x)")
shapes("randint", [], "torch.randint(10, (5,))", "torch.randint(-3, 3, (2, 3))", "torch.randint(3, 3, (1,))",
       "torch.randint(0, 2, (4,), dtype=torch.float32)", grid="once")
shapes("randperm", [], "torch.randperm(7)", "torch.randperm(40)", "torch.randperm(0)", "torch.randperm(-1)", grid="once")
shapes("poisson", ["q:3,5"], "torch.poisson(x)", "torch.poisson(x * 40)", grid="floats")
shapes("bernoulli", ["q:3,5"], "torch.bernoulli(x)", "x.bernoulli()", grid="floats")
shapes("normal", ["f:5", "p:5"], "torch.normal(x, y)", "torch.normal(0.5, 2.0, (20,))", "torch.normal(x, 0.5)", grid="once")
shapes("uniform_ normal_ exponential_ cauchy_ log_normal_ random_", ["=torch.empty(20)"], "x.$()", grid="once")
shapes("geometric_", ["=torch.empty(20)"], "x.$(0.4)", grid="once")
shapes("uniform_ normal_", ["=torch.empty(3, 3)"], "x.$(0.5, 2.0)", "x.double().$(0.5, 2.0)", grid="once")
shapes("bernoulli_", ["=torch.empty(9)"], "x.bernoulli_()", "x.bernoulli_(0.2)", grid="once")
shapes("multinomial", ["=q(5)", "=q(2, 4)"], "torch.multinomial(x, 3)", "y.multinomial(6, replacement=True)", "torch.multinomial(x, 6)", grid="once")
shapes("dropout", ["f:4,9"], "F.dropout(x, 0.3)", "F.dropout(x, training=False)", "F.dropout(x, 1.0)", "F.dropout(x, 1.5)", grid="floats")
shapes("torch.dropout", ["f:9"], "torch.dropout(x, 0.3, True)", "torch.dropout(x, 0.3, False)", grid="floats")
shapes("dropout2d", ["f:2,3,2,2"], "F.dropout2d(x, 0.3)", grid="floats")
# Losses.
LOSSES = "mse_loss l1_loss smooth_l1_loss huber_loss kl_div poisson_nll_loss"
add(LOSSES, "r", "floats", ["f:3,4", "f:3,4"], "F.$(x, y)", "F.$(x, y, reduction='sum')", "F.$(x, y, reduction='none')",
    "F.$(x, y, reduction='no')")
add("mse_loss l1_loss smooth_l1_loss huber_loss", "r", "once", ["f:3,4", "f:4"], "F.$(x, y)", "F.$(x, y[:3])")
add("smooth_l1_loss", "r", "floats", ["f:3,4", "f:3,4"], "F.smooth_l1_loss(x, y, beta=0.3)", "F.smooth_l1_loss(x, y, beta=0)")
add("huber_loss", "r", "floats", ["f:3,4", "f:3,4"], "F.huber_loss(x, y, delta=0.3)")
add("kl_div", "r", "floats", ["f:3,4", "q:3,4"], "F.kl_div(x, y)", "F.kl_div(x, y, log_target=True)", "F.kl_div(x, y, reduction='batchmean')")
add("poisson_nll_loss", "r", "floats", ["f:3,4", "p:3,4"], "F.poisson_nll_loss(x, y, full=True)", "F.poisson_nll_loss(x, y, log_input=False)")
add("binary_cross_entropy", "r", "floats", ["q:3,4", "q:3,4", "p:3,4"], "F.$(x, y)", "F.$(x, y, reduction='none')", "F.$(x, y, weight=z)",
    "F.$(x, y, z, reduction='sum')", "F.$(x, y[:2])", "F.$(x * 3, y)")
add("binary_cross_entropy_with_logits", "r", "floats", ["f:3,4", "q:3,4", "p:3,4"], "F.$(x, y)", "F.$(x, y, reduction='none')",
    "F.$(x, y, weight=z)", "F.$(x, y, reduction='sum', pos_weight=z[0])", "F.$(x, y[:2])")
CLASSES = "=torch.tensor([1, 0, 3])"
add("cross_entropy nll_loss", "r", "floats", ["f:3,4", CLASSES, "p:4"], "F.$(x, y)", "F.$(x, y, reduction='none')", "F.$(x, y, z)",
    "F.$(x, y, weight=z, reduction='sum')", "F.$(x, y, ignore_index=0)", "F.$(x, y + 3)", "F.$(x, y[:2])", "F.$(x[0], y[0])",
    "F.$(x, y.float())")
add("cross_entropy", "r", "floats", ["f:3,4", CLASSES, "q:3,4"], "F.$(x, y, label_smoothing=0.1)", "F.$(x, z)", "F.$(x, z, reduction='none')",
    "F.$(x, z, label_smoothing=0.2)", "F.$(x, y, z[0], label_smoothing=0.1, ignore_index=0)")
add("cross_entropy nll_loss", "r", "once", ["f:2,3,4", "=i(3, 2, 4)"], "F.$(x, y)", "F.$(x, y, reduction='none')")
SIGNS = "=torch.tensor([1., -1., 1.])"
add("cosine_embedding_loss", "r", "floats", ["f:3,4", "f:3,4", SIGNS], "F.$(x, y, z)", "F.$(x, y, z, margin=0.3, reduction='sum')")
add("hinge_embedding_loss soft_margin_loss", "r", "floats", ["f:3", SIGNS], "F.$(x, y)", "F.$(x, y, reduction='none')")
add("margin_ranking_loss", "r", "floats", ["f:3", "f:3", SIGNS], "F.$(x, y, z)", "F.$(x, y, z, margin=0.5, reduction='none')")
add("triplet_margin_loss", "r", "floats", ["f:3,4", "f:3,4", "f:3,4"], "F.$(x, y, z)", "F.$(x, y, z, margin=0.3, p=1, swap=True, reduction='none')")
add("multi_margin_loss", "r", "floats", ["f:3,4", CLASSES], "F.$(x, y)", "F.$(x, y, p=2, margin=0.5, reduction='none')")
add("multilabel_soft_margin_loss", "r", "floats", ["f:3,4", "=i(2, 3, 4).float()"], "F.$(x, y)", "F.$(x, y, reduction='none')")
add("gaussian_nll_loss", "r", "floats", ["f:3,4", "f:3,4", "p:3,4"], "F.$(x, y, z)", "F.$(x, y, z, full=True, reduction='sum')")
add("multi_margin_loss", "r", "floats", ["f:3,4", CLASSES, "p:4"], "F.$(x, y, weight=z)", "F.$(x[0], y[0])")
add("multi_margin_loss", "r", "once", ["f:3,4", CLASSES], "F.$(x, y, p=3)", "F.$(x, y + 2)", "F.$(x, y[:2])")
add("multilabel_margin_loss", "r", "floats", ["f:3,4", "=torch.tensor([[3, 0, -1, 1], [2, -1, 0, 0], [0, 1, 3, 2]])"], "F.$(x, y)",
    "F.$(x, y, reduction='sum')", "F.$(x, y, reduction='none')", "F.$(x[0], y[0])")
add("multilabel_soft_margin_loss", "r", "once", ["f:3,4", "=i(2, 3, 4).float()", "p:4"], "F.$(x, y, weight=z)")
add("gaussian_nll_loss", "r", "once", ["f:3,4", "f:3,4", "p:3,1"], "F.$(x, y, z)", "F.$(x, y, z[:, 0])", "F.$(x, y, 0.5)", "F.$(x, y, -z)",
    "F.$(x, y, z[:2])", "F.$(x, y, z, reduction='no')")
add("poisson_nll_loss", "r", "once", ["p:3,4", "=i(4, 3, 4).float()"], "F.$(x, y, full=True)", "F.$(x, y, log_input=False, full=True)")
add("ctc_loss", "r", "floats", ["f:6,2,4", "=torch.tensor([[1, 2, 2], [3, 1, 0]])"], "F.$(x.log_softmax(2), y, (6, 5), (3, 2))",
    "F.$(x, y, (6, 2), (3, 2), reduction='none', zero_infinity=True)", "F.$(x[:, 0], y[0], torch.tensor(6), torch.tensor(3), reduction='sum')")
add("ctc_loss", "r", "once", ["f:6,2,4", "=torch.tensor([1, 2, 2, 3, 1])"], "F.$(x, y, (6, 6), (3, 2), blank=0)", "F.$(x, y, (6,), (3, 2))",
    "F.$(x, y, (7, 6), (3, 2))", "F.$(x, y, (6, 6), (3, 1))", "F.$(x, y, (6, 6), (3, 2), blank=4)")
# Layers.
shapes("dropout1d", ["f:3,4,2"], "F.$(x, 0.3)", "F.$(x[0])", "F.$(x[0, 0])", grid="floats")
shapes("dropout3d", ["f:2,3,1,2,2"], "F.$(x, 0.3)", "F.$(x[0])", grid="floats")
shapes("alpha_dropout", ["f:4,9"], "F.$(x, 0.3, True)", "F.$(x)", "F.$(x, 1.0, True)", "F.$(x, 1.5)", grid="floats")
shapes("feature_alpha_dropout", ["f:3,4,2"], "F.$(x, 0.3, True)", "F.$(x)", grid="floats")
add("rrelu", "e", "floats", ["f:3,4"], "F.$(x)", "torch.$(x, 0.1, 0.6, True)", "F.$(x, 0.7, 0.2)")
add("rrelu_", "e", "once", ["f:3,4"], "F.$(x * 1)", "F.rrelu(x * 1, inplace=True)")
add("bilinear", "r", "floats", ["f:3,4", "f:3,2", "f:5,4,2"], "F.$(x, y, z)", "F.$(x, y, z, z[:, 0, 0])", "F.$(x, y[:2], z)", "F.$(y, x, z)")
add("pdist", "r", "floats", ["f:4,3"], "F.$(x)", "torch.$(x, 1)")
add("local_response_norm", "r", "once", ["f:2,4,3"], "F.$(x, 2)", "F.$(x, 3, alpha=0.5, beta=0.5, k=2.0)", "F.$(x[:, :, :, None], 2)", "F.$(x[0], 2)")
add("lp_pool1d", "r", "once", ["p:2,3,6"], "F.$(x, 2, 2)", "F.$(x, 3, 2, stride=1)", "F.$(x, float('inf'), 2)")
add("lp_pool2d", "r", "once", ["p:2,4,6"], "F.$(x, 2, 2)", "F.$(x, 1, (2, 3))")
shapes("channel_shuffle", ["f:2,4,3"], "torch.$(x, 2)", "torch.$(x, 3)")
shapes("dsplit", ["f:2,3,4"], "torch.$(x, 2)", "x.$([1, 3])", "x.$(3)", "x[0].$(2)")
add("addbmm_", "r", "once", ["f:3,4", "f:2,3,5", "f:2,5,4"], "(x * 1).$(y, z)")
add("addbmm", "r", "once", ["f:3,4", "f:2,3,5", "f:2,5,4"], "torch.$(x, y, z)", "x.$(y, z, beta=2, alpha=0.5)")
shapes("index_put index_put_", ["f:3,4", "f:2"], "(x * 1).$((torch.tensor([0, 1]), torch.tensor([1, 2])), y)",
       "(x * 1).$((torch.tensor([1, 1]), torch.tensor([2, 2])), y, accumulate=True)", "(x * 1).$((torch.tensor([0, 5]),), y[0])",
       grid="floats")
shapes("is_inference", ["f:2"], "x.$()", "torch.$(x)")
for name, call in dict(random_="(), (10), (3, 7)", geometric_="(0.3), (1.5)", cauchy_="(), (1, 0.5)", log_normal_="(), (0, 0.5)").items():
    add(name, "e", "once", ["=torch.zeros(6)"], *[f"x.${c.strip() if c.strip().startswith('(') else c}" for c in
        [w if w.endswith(")") else w + ")" for w in call.replace("), ", ")|").split("|")]])
add("random_", "e", "once", ["=torch.zeros(6, dtype=torch.int64)"], "x.$()", "x.$(5)", "x.$(5, 2)")
add("linear", "r", "floats", ["f:3,4", "f:2,4", "f:2"], "F.linear(x, y)", "F.linear(x, y, z)", "F.linear(x[0], y, z)", "F.linear(x.t(), y)",
    "F.linear(x[:1], y, z)", "F.linear(x, y[:1], z[:1])")
add("linear", "r", "once", ["=f(5, 40)", "=f(7, 40)", "=f(7)"], "F.linear(x, y, z)", "F.linear(x, y)", "F.linear(x[:1], y, z)",
    "F.linear(x[0], y, z)", "F.linear(x, y[:1], z[:1])", "F.linear(x, y[:1])", "F.linear(x[:1], y[:1])")
add("linear", "r", "floats", ["f:2,3,4", "f:2,4", "f:2"], "F.linear(x, y, z)", "F.linear(x, y)")
add("embedding", "r", "floats", ["=i(5, 2, 3)", "f:5,4"], "F.embedding(x, y)", "F.embedding(x, y, padding_idx=1)", "F.embedding(x + 3, y)",
    "F.embedding(x, y, max_norm=1.0)", "F.embedding(y, x)")
add("conv1d", "r", "floats", ["f:2,3,8", "f:4,3,3", "f:4"], "F.conv1d(x, y)", "F.conv1d(x, y, z, stride=2, padding=1)",
    "F.conv1d(x, y, z, dilation=2)", "F.conv1d(x, y, padding='same')", "F.conv1d(x[0], y, z)", "F.conv1d(x[:, :2], y)")
add("conv1d", "r", "floats", ["f:2,4,6", "f:4,2,3"], "F.conv1d(x, y, groups=2)")
add("conv2d", "r", "floats", ["f:2,2,5,5", "f:3,2,3,3", "f:3"], "F.conv2d(x, y)", "F.conv2d(x, y, z, stride=2, padding=1)",
    "F.conv2d(x, y, z, dilation=2)", "F.conv2d(x, y, padding='same')", "F.conv2d(x[0], y, z)", "F.conv2d(x, y, stride=(2, 1), padding=(0, 1))",
    "F.conv2d(x[:, :1], y)", "F.conv2d(x[:, :, :2], y)")
add("conv2d", "r", "floats", ["f:2,4,4,4", "f:4,1,3,3"], "F.conv2d(x, y, groups=4)")
add("max_pool1d avg_pool1d", "r", "floats", ["f:2,3,8"], "F.$(x, 2)", "F.$(x, 3, stride=2, padding=1)", "F.$(x[0], 2)", "F.$(x, 3, ceil_mode=True)",
    "F.$(x, 9)")
add("max_pool2d avg_pool2d", "r", "floats", ["f:2,2,5,5"], "F.$(x, 2)", "F.$(x, 3, stride=2, padding=1)", "F.$(x, (2, 3), ceil_mode=True)", "F.$(x, 7)")
add("max_pool2d", "r", "floats", ["f:1,2,5,5"], "F.max_pool2d(x, 2, return_indices=True)", "F.max_pool2d(x, 2, dilation=2)")
add("avg_pool2d", "r", "floats", ["f:1,2,5,5"], "F.avg_pool2d(x, 3, padding=1, count_include_pad=False)")
add("conv3d", "r", "floats", ["f:1,2,3,4,4", "f:3,2,2,2,2", "f:3"], "F.conv3d(x, y)", "F.conv3d(x, y, z, stride=2, padding=1)", "F.conv3d(x[0], y, z)",
    "F.conv3d(x, y, z, dilation=(1, 2, 1), padding=(1, 0, 0))", "F.conv3d(x[:, :1], y)", "F.conv3d(x[:, :, :1], y)", "F.conv3d(x, y[:2, :1], groups=2)")
add("max_pool3d avg_pool3d", "r", "once", ["f:1,2,3,4,4"], "F.$(x, 2)", "F.$(x, (1, 2, 3), stride=2, padding=(0, 1, 1))", "F.$(x, 2, ceil_mode=True)", "F.$(x, 7)")
add("max_pool3d", "r", "once", ["f:1,1,3,4,4"], "F.max_pool3d(x, 2, return_indices=True)")
add("avg_pool3d", "r", "once", ["f:1,1,3,4,4"], "F.avg_pool3d(x, 3, padding=1, count_include_pad=False)", "F.avg_pool3d(x, 2, divisor_override=3)")
add("adaptive_avg_pool3d", "r", "once", ["f:1,2,3,4,5"], "F.$(x, 1)", "F.$(x, (2, 3, 2))", "F.$(x, (None, 2, 1))")
add("max_unpool2d", "r", "once", ["f:1,2,2,2", "=torch.tensor([[[[5, 7], [13, 15]], [[0, 2], [8, 10]]]])"], "F.$(x, y, 2)", "F.$(x, y, 2, output_size=(5, 4))",
    "F.$(x, y, 2, output_size=(9, 9))")
add("max_unpool1d", "r", "once", ["f:1,2,3", "=torch.tensor([[[1, 3, 5], [0, 2, 4]]])"], "F.$(x, y, 2)")
add("adaptive_avg_pool2d", "r", "floats", ["f:2,2,5,7"], "F.$(x, 1)", "F.$(x, (2, 3))", "F.$(x, (None, 2))")
add("layer_norm", "r", "floats", ["f:3,4", "f:4", "f:4"], "F.layer_norm(x, (4,))", "F.layer_norm(x, (4,), y, z)", "F.layer_norm(x, (3, 4))",
    "F.layer_norm(x, [3])", "F.layer_norm(x, (4,), y, z, eps=0.1)")
add("rms_norm", "r", "floats", ["f:3,4", "f:4"], "F.rms_norm(x, (4,))", "F.rms_norm(x, (4,), y, eps=0.1)")
add("batch_norm", "r", "floats", ["f:4,3", "f:3", "f:3"], "F.batch_norm(x, None, None, training=True)",
    "F.batch_norm(x, None, None, y, z, training=True)", "F.batch_norm(x, torch.zeros(3), torch.ones(3), y, z)", "F.batch_norm(x, None, None)")
add("batch_norm", "r", "floats", ["f:2,3,4,4", "f:3", "f:3"], "F.batch_norm(x, None, None, y, z, training=True)")
add("group_norm", "r", "floats", ["f:2,4,3", "f:4", "f:4"], "F.group_norm(x, 2)", "F.group_norm(x, 4, y, z)", "F.group_norm(x, 3)")
add("instance_norm", "r", "floats", ["f:2,3,4"], "F.instance_norm(x)")
add("scaled_dot_product_attention", "r", "floats", ["f:2,4,3", "f:2,5,3", "f:2,5,3"], "F.$(x, y, z)", "F.$(x, y, z, is_causal=True)",
    "F.$(x, y, z, scale=0.5)", "F.$(x, y, z, attn_mask=y[0, :, :1].t() > 0)")
for mode in ["constant", "reflect", "replicate", "circular"]:
    add("pad", "e", "floats", ["f:2,3,4"], f"F.pad(x, (1, 2), mode='{mode}')")
    add("pad", "e", "floats", ["f:1,2,3,4"], f"F.pad(x, (1, 1, 2, 0), mode='{mode}')")
add("pad", "e", "all", ["f:2,3"], "F.pad(x, (1, 2))", "F.pad(x, (0, 0, 1, -1), value=3)", "F.pad(x, (1,))")
# Networks' utilities and initial values.
add("clip_grad_norm_", "r", "once", ["=(lambda w: (setattr(w, 'grad', f(3)), w)[1])(f(3))"], "(nn.utils.$([x], 0.5), x.grad)",
    "(nn.utils.$(x, 9.0, norm_type=inf), x.grad)")
add("clip_grad_value_", "e", "once", ["=(lambda w: (setattr(w, 'grad', f(3)), w)[1])(f(3))"], "(nn.utils.$([x], 0.5), x.grad)")
for name in ["xavier_normal_", "xavier_uniform_", "kaiming_normal_", "kaiming_uniform_", "orthogonal_", "trunc_normal_", "ones_", "zeros_", "eye_"]:
    add(name, "r" if name == "orthogonal_" else "e", "once", ["=torch.empty(4, 5)"], f"nn.init.{name}(x)")
add("sparse_", "e", "once", ["=torch.empty(4, 5)"], "nn.init.$(x, 0.3)", "nn.init.$(x, 1.0, std=2.0)", "nn.init.$(x[0], 0.1)")
add("dirac_", "e", "once", ["=torch.empty(4, 2, 3)"], "nn.init.$(x)", "nn.init.$(x, 2)", "nn.init.$(x[..., None])", "nn.init.$(x, 3)", "nn.init.$(x[0])")
add("xavier_normal_ kaiming_normal_", "e", "once", ["=torch.empty(4)"], "nn.init.$(x)")
add("kaiming_uniform_", "e", "once", ["=torch.empty(4, 5)"], "nn.init.$(x, mode='fan_out', nonlinearity='relu')", "nn.init.$(x, a=0.2)")
add("constant_", "e", "once", ["=torch.empty(2, 2)"], "nn.init.constant_(x, 0.3)")
add("init.uniform_", "e", "once", ["=torch.empty(2, 9)"], "nn.init.uniform_(x)", "nn.init.uniform_(x, -1, 2)")
add("init.normal_", "e", "once", ["=torch.empty(2, 9)"], "nn.init.normal_(x)", "nn.init.normal_(x, 1.0, 0.02)")
add("get_total_norm", "r", "once", ["f:3"], "nn.utils.$([x])")
add("clip_grads_with_norm_", "r", "once", ["=(lambda w: (setattr(w, 'grad', f(3)), w)[1])(f(3))"],
    "(nn.utils.$([x], 0.5, torch.tensor(2.0)), x.grad)")
add("_calculate_fan_in_and_fan_out", "e", "once", ["f:3,2"], "nn.init.$(x)")
add("_calculate_correct_fan", "e", "once", ["f:3,2"], "nn.init.$(x, 'fan_in')", "nn.init.$(x, 'fan_out')")
add("calculate_gain", "e", "once", [], "nn.init.calculate_gain('relu')", "nn.init.calculate_gain('leaky_relu', 0.2)", "nn.init.calculate_gain('x')")
# In-place forms that follow from the plain ones.
ALONE = "abs bitwise_not deg2rad digamma logical_not logit nan_to_num rad2deg reciprocal round sgn sign sinc square"
for name in ALONE.split():
    add(name + "_", "e", "floats", ["q:2,3"], "x.clone().$()")
    add(name + "_", "e", "once", ["q:3"], "x.$()")
    add(name + "_", "e", "once", ["=i(3, 4)"], "x.$()")
add("logical_not_ sgn_ bitwise_not_ abs_", "e", "all", ["f:2,3"], "x.clone().$()")
OTHERS = "atan2 copysign eq floor_divide fmod ge gt heaviside hypot ldexp le logical_and logical_or logical_xor lt ne remainder xlogy"
for name in OTHERS.split():
    add(name + "_", "e", "floats", ["p:2,3", "p:3"], "x.clone().$(y)", "y.clone().$(x)")
add("eq_ floor_divide_ fmod_ ge_ gt_ le_ lt_ ne_ remainder_", "e", "floats", ["p:2,3"], "x.clone().$(2)")
add("bitwise_and_ bitwise_or_ bitwise_xor_ bitwise_left_shift_ bitwise_right_shift_", "e", "once", ["=i(9, 4)", "=i(3, 4, s=1)"],
    "x.clone().$(y)", "x.clone().$(1)")
add("clamp_max_ clamp_min_", "e", "floats", ["f:2,3"], "x.clone().$(0.1)", "torch.$(x.clone(), 0.1)")
add("cumprod_ cumsum_", "r", "floats", ["f:2,3"], "x.clone().$(1)", "x.t().clone().$(0)")
add("tril_ triu_", "e", "floats", ["f:3,3"], "x.clone().$()", "x.clone().$(1)")
add("masked_scatter_", "e", "floats", ["f:2,3", "f:6"], "x.clone().$(x > 0, y)")
add("index_reduce_", "r", "floats", ["f:3,4", "f:2,4"], "x.clone().$(0, torch.tensor([2, 2]), y, 'prod')",
    "x.clone().$(0, torch.tensor([2]), y, 'prod')", "x.clone().$(0, torch.tensor([2, 2]), y, 'sum')")
add("conv3d", "r", "floats", ["f:1,2,3,4,3", "f:2,2,2,3,2", "f:2"], "F.$(x, y, z)", "F.$(x, y, z, stride=2, padding=1)", "F.$(x, y)", "F.$(x[0], y, padding='same')", "F.$(x, y[:, :1])")
add("max_pool3d", "r", "floats", ["f:1,2,4,5,4"], "F.$(x, 2)", "F.$(x, 3, stride=2, padding=1, ceil_mode=True)", "F.$(x, 6)", "F.$(x, (2, 2))")
add("avg_pool3d", "r", "floats", ["f:1,2,4,5,4"], "F.$(x, 2)", "F.$(x, 3, stride=2, padding=1, ceil_mode=True)", "F.$(x, 2, 1, 1, count_include_pad=False)", "F.$(x, 6)")
add("adaptive_avg_pool3d adaptive_max_pool3d", "r", "floats", ["f:1,2,4,5,4"], "F.$(x, 2)", "F.$(x, (1, 2, None))", "F.$(x[0, 0], 2)")
add("max_unpool1d", "r", "floats", ["f:2,3"], "F.$(x, torch.tensor([[0, 3, 4], [1, 2, 5]]), 2)")
add("max_unpool2d", "r", "floats", ["f:1,2,2"], "F.$(x, torch.tensor([[[0, 3], [8, 13]]]), 2)",
    "F.$(x, torch.tensor([[[0, 3], [8, 13]]]), 2, output_size=(5, 4))", "F.$(x, torch.tensor([[[0, 3], [8, 99]]]), 2)")
add("scatter_reduce_", "r", "floats", ["f:3,4", "f:2,3"], f"x.clone().$(0, {PLACES}, y, 'sum')")
add("addmm_", "r", "floats", ["f:3,2", "f:3,4", "f:4,2"], "x.clone().$(y, z)", "x.clone().$(y, z, beta=0.5, alpha=-2)")
add("addmv_", "r", "floats", ["f:3", "f:3,4", "f:4"], "x.clone().$(y, z)")
add("baddbmm_", "r", "floats", ["f:2,3,2", "f:2,3,4", "f:2,4,2"], "x.clone().$(y, z)")
add("celu_ elu_ hardtanh_ leaky_relu_ selu_", "e", "floats", ["f:2,3"], "F.$(x.clone())", "F.$(x)")
add("threshold_", "e", "floats", ["f:2,3"], "F.$(x.clone(), 0.1, 20)")
add("leaky_relu elu selu silu mish hardswish hardsigmoid relu6 hardtanh celu", "e", "once", ["f:5"], "F.$(x * 1, inplace=True)", "F.$(x, inplace=True)")
add("dropout", "e", "once", ["f:5"], "F.dropout(x * 1, 0.4, inplace=True)")
add("invert", "e", "all", ["f:2,3"], "~x")
# Sizes of pictures.
for size in ["scale_factor=2", "scale_factor=1.5", "size=7", "scale_factor=0.5"]:
    add("interpolate", "r", "floats", ["f:1,2,5"], f"F.interpolate(x, {size})", f"F.interpolate(x, {size}, mode='linear')",
        f"F.interpolate(x, {size}, mode='nearest-exact')")
    add("interpolate", "r", "floats", ["f:1,2,4,3"], f"F.interpolate(x, {size})", f"F.interpolate(x, {size}, mode='bilinear')",
        f"F.interpolate(x, {size}, mode='bilinear', align_corners=True)", f"F.interpolate(x, {size}, mode='bicubic')",
        f"F.interpolate(x, {size}, mode='area')")
add("interpolate", "r", "once", ["f:1,2,4,3"], "F.interpolate(x)", "F.interpolate(x, size=3, scale_factor=2)", "F.interpolate(x, 2, mode='foo')",
    "F.interpolate(x, size=(3, 5))", "F.interpolate(x, scale_factor=2, mode='linear')", "F.interpolate(x, size=3, align_corners=True)")
add("pixel_shuffle", "e", "floats", ["f:1,4,2,3"], "F.pixel_shuffle(x, 2)", "F.pixel_shuffle(x, 3)")
add("pixel_unshuffle", "e", "floats", ["f:1,1,4,6"], "F.pixel_unshuffle(x, 2)", "F.pixel_unshuffle(x, 5)")
add("F.unfold", "r", "floats", ["f:2,2,4,5"], "F.unfold(x, 2)", "F.unfold(x, (2, 3), stride=2, padding=1)", "F.unfold(x, 2, dilation=2)", "F.unfold(x[0], 3)",
    "F.unfold(x, 9)")
add("fold", "r", "floats", ["f:2,8,9"], "F.fold(x, (4, 4), 2)", "F.fold(x, (5, 5), 2, stride=2, padding=1)", "F.fold(x, (5, 5), 2)", "F.fold(x, (4, 4), 3)")
add("conv_transpose1d", "r", "floats", ["f:2,3,5", "f:3,2,3", "f:2"], "F.$(x, y)", "F.$(x, y, z, stride=2, padding=1, output_padding=1)", "F.$(x[0], y, z)",
    "F.$(x[:, :2], y)", "F.$(x, y, output_padding=1)")
add("conv_transpose2d", "r", "floats", ["f:2,2,3,3", "f:2,3,2,2", "f:3"], "F.$(x, y)", "F.$(x, y, z, stride=2)", "F.$(x, y, z, stride=2, padding=1, output_padding=1)",
    "F.$(x, y, dilation=2)")
add("adaptive_avg_pool1d adaptive_max_pool1d", "r", "floats", ["f:2,3,7"], "F.$(x, 1)", "F.$(x, 3)", "F.$(x[0], 2)")
add("adaptive_max_pool2d", "r", "floats", ["f:1,2,5,7"], "F.$(x, 1)", "F.$(x, (2, 3))", "F.$(x, (None, 2), return_indices=True)")
# Covariance and its kin; writes that meet.
add("cov", "r", "floats", ["f:3,5"], "torch.cov(x)", "x.cov(correction=0)", "torch.cov(x[0])")
add("corrcoef", "r", "floats", ["f:3,5"], "torch.corrcoef(x)", "x[0].corrcoef()")
add("trapezoid", "r", "floats", ["f:2,5", "f:5"], "torch.trapezoid(x)", "torch.trapz(x, y)", "torch.trapezoid(x, dx=0.5)", "torch.trapezoid(x, dim=0)")
add("cumulative_trapezoid", "r", "floats", ["f:2,5", "f:5"], "torch.$(x)", "torch.$(x, y)", "torch.$(x, dx=0.5, dim=0)")
add("vander", "e", "floats", ["f:3"], "torch.vander(x)", "torch.vander(x, N=4, increasing=True)", "torch.vander(x, 1)")
add("logcumsumexp", "r", "floats", ["f:2,5"], "torch.logcumsumexp(x, 1)", "x.logcumsumexp(0)")
add("sinc", "e", "all", ["f:2,3"], "torch.sinc(x)")
add("ldexp", "e", "floats", ["f:3", "=torch.tensor([1, 2, -3])"], "torch.ldexp(x, y)")
for how in ["sum", "prod", "mean", "amax", "amin"]:
    if how != "sum":
        add("index_reduce", "r", "floats", ["f:3,4", "f:3,4"], f"x.index_reduce(0, torch.tensor([2, 0, 2]), y, '{how}')",
            f"x.index_reduce(0, torch.tensor([1, 0, 1]), y, '{how}', include_self=False)")
    add("scatter_reduce", "r", "floats", ["f:3,4", "f:2,3"], f"x.scatter_reduce(0, {PLACES}, y, '{how}')",
        f"x.scatter_reduce(1, {PLACES}, y, reduce='{how}', include_self=False)")
add("masked_scatter", "e", "floats", ["f:2,3", "f:6"], "x.masked_scatter(x > 0, y)", "torch.masked_scatter(x, x[0] > 0, y)", "x.masked_scatter(x > 0, y[:1])")
add("slice_scatter", "e", "floats", ["f:4,3", "f:2,3"], "x.slice_scatter(y, 0, 1, 3)", "torch.slice_scatter(x, y, start=2)", "x.slice_scatter(y)")
add("select_scatter", "e", "floats", ["f:4,3", "f:3"], "x.select_scatter(y, 0, 1)", "x.select_scatter(y, 1, 1)")
# Views in place; bags; products of other kinds.
shapes("t_ squeeze_", ["f:2,3"], "x.clone().$()", "x.$()", grid="floats")
shapes("transpose_", ["f:2,3"], "x.clone().$(0, 1)", "x.clone().swapaxes_(0, -1)", "x.clone().$(0, 5)", grid="floats")
shapes("unsqueeze_", ["f:2,3"], "x.clone().$(0)", "(x * 2).$(-1) * 3", "x.clone().$(7)", grid="floats")
shapes("squeeze_", ["f:2,1,3"], "x.clone().$(1)", "x.clone().$()", grid="floats")
BAGS = ["=torch.tensor([1, 2, 0, 1, 4])", "f:5,3", "=torch.tensor([0, 2, 2])"]
for mode in ["sum", "mean", "max"]:
    add("embedding_bag", "r", "floats", BAGS, f"F.embedding_bag(x, y, z, mode='{mode}')", f"F.embedding_bag(x[:4].view(2, 2), y, mode='{mode}')",
        f"F.embedding_bag(x, y, z, mode='{mode}', padding_idx=1)")
add("embedding_bag", "r", "floats", BAGS + ["f:5"], "F.embedding_bag(x, y, z, mode='sum', per_sample_weights=w)")
add("embedding_bag", "r", "once", BAGS, "F.embedding_bag(x, y)", "F.embedding_bag(x + 3, y, z)", "F.embedding_bag(x, y, z, mode='no')")
shapes("randint_like", ["f:2,3"], "torch.randint_like(x, 10)", "torch.randint_like(x, -2, 2)", grid="once")
add("vdot", "r", "floats", ["f:4", "f:4"], "torch.vdot(x, y)")
add("addr", "e", "floats", ["f:3,2", "f:3", "f:2"], "torch.addr(x, y, z)", "x.addr(y, z, beta=0.5, alpha=2)")
add("addr_", "e", "floats", ["f:3,2", "f:3", "f:2"], "x.clone().addr_(y, z)")
add("chain_matmul", "r", "floats", ["f:2,3", "f:3,4", "f:4,2"], "torch.chain_matmul(x, y)")
add("multi_dot", "r", "floats", ["f:2,3", "f:3,4"], "torch.linalg.multi_dot([x, y])")
# Inputs that ask for gradients where the gradient is zero, none or refused.
add("binomial", "e", "once", ["=torch.tensor([3., 20., 40.])", "=torch.tensor([0.2, 0.5, 0.9])"], "torch.binomial(x, y)")
add("multinomial", "e", "floats", ["p:2,5"], "torch.multinomial(x, 3)", "x.multinomial(2, replacement=True)")
add("bincount", "e", "once", ["=i(5, 9)", "p:9"], "torch.bincount(x, y)", "y.bincount()")
add("histc", "r", "floats", ["f:20"], "torch.histc(x, 5)", "x.histc(4, -1, 1)")
add("linalg_lstsq", "r", "once", ["f:5,2", "f:5,3"], "torch.linalg.lstsq(x, y).solution")
add("type", "e", "floats", ["f:2,3"], "x.type(torch.float64)", "x.type('torch.DoubleTensor')", "x.type(torch.int32)")
add("polygamma", "r", "floats", ["p:2,3"], "torch.polygamma(1, x)", "torch.polygamma(2, x)", "torch.polygamma(0, x)", "torch.polygamma(3, x)",
    "torch.polygamma(-1, x)")
add("tensor_polygamma", "r", "floats", ["p:2,3"], "x.polygamma(1)", "x.polygamma(4)")
# Factorizations, and functions of whole matrices.
SQUARE = "x @ x.mT + torch.eye(3, dtype=x.dtype)"
add("linalg_svd", "r", "once", ["f:3,3"], "torch.linalg.svd(x).S", "torch.linalg.svd(x)", "torch.linalg.svd(x[0])")
for size in ["4,3", "3,4", "5,2", "2,5"]:
    add("linalg_svd", "r", "once", [f"f:{size}"], "torch.linalg.svd(x, full_matrices=False)", "torch.linalg.svd(x)")
add("svd", "r", "once", ["f:4,3"], "torch.svd(x)", "x.svd().S", "torch.svd(x, some=False).U")
add("qr", "r", "once", ["=f(3, 3)"], "torch.qr(x)", "x.qr().R", "torch.qr(x, some=False)")
add("linalg_eigh", "r", "once", ["f:3,3"], f"torch.linalg.eigh({SQUARE})", "torch.linalg.eigh(x).eigenvalues",
    "torch.linalg.eigh(x[:2])", "torch.linalg.eigh(x, 'A')")
add("linalg_eigvalsh", "r", "once", ["f:3,3"], f"torch.linalg.eigvalsh({SQUARE})", "torch.linalg.eigvalsh(x, UPLO='U')")
add("linalg_matrix_exp", "r", "once", ["f:3,3"], "torch.matrix_exp(x)", "torch.linalg.matrix_exp(x * 3)", "x.matrix_exp()", "torch.matrix_exp(x[0])")
for size in ["3,3", "4,2", "2,4"]:
    add("linalg_pinv", "r", "once", [f"f:{size}"], "torch.linalg.pinv(x)", "torch.linalg.pinv(x, rtol=0.5)")
add("pinverse", "r", "once", ["f:3,2"], "torch.pinverse(x)", "x.pinverse()")
add("linalg_slogdet", "r", "once", ["f:3,3"], "torch.linalg.slogdet(x)", "torch.linalg.slogdet(x[:2])")
add("slogdet logdet", "r", "once", ["f:3,3"], f"torch.$({SQUARE})", f"({SQUARE}).$()", "torch.$(x)")
add("linalg_cond", "r", "once", ["f:3,3"], "torch.linalg.cond(x, -2)")
add("linalg_solve_triangular", "r", "once", ["f:3,3", "f:3,2"], "torch.linalg.solve_triangular(x, y, upper=True)",
    "torch.linalg.solve_triangular(x, y, upper=False, unitriangular=True)",
    "torch.linalg.solve_triangular(x, y[:2], upper=True)")
add("cholesky_solve", "r", "once", ["f:3,3", "f:3,2"], f"torch.cholesky_solve(y, torch.linalg.cholesky({SQUARE}))",
    f"y.cholesky_solve(torch.linalg.cholesky({SQUARE}).mT, upper=True)")
add("cholesky_inverse", "r", "once", ["f:3,3"], f"torch.cholesky_inverse(torch.linalg.cholesky({SQUARE}))", f"torch.linalg.cholesky({SQUARE}).cholesky_inverse()")
for size in ["3,3", "2,3", "3,2"]:
    add("linalg_lu", "r", "once", [f"=f({size})"], "torch.linalg.lu(x)")
add("linalg_lu", "r", "once", ["f:3,3"], "torch.linalg.lu(x)[1]", "torch.linalg.lu(x).U")
add("renorm", "r", "once", ["f:3,4"], "torch.renorm(x, 2, 0, 1.0)", "x.renorm(1, 1, 0.5)", "x[0].renorm(2, 0, 1.0)")
add("renorm_", "r", "floats", ["f:3,4"], "x.clone().renorm_(2, 0, 1.0)")
add("gradient", "e", "floats", ["f:3,4"], "torch.gradient(x)", "torch.gradient(x, spacing=2.0, dim=1)", "torch.gradient(x[0])[0]", "torch.gradient(x, spacing=[1.0, 0.5])")
add("put", "e", "once", ["f:2,3", "f:2"], "torch.put(x, torch.tensor([0, 4]), y)", "x.put(torch.tensor([1, -1]), y, accumulate=True)", "x.put(torch.tensor([9, 0]), y)")
add("put_", "e", "floats", ["f:2,3", "f:2"], "x.clone().put_(torch.tensor([0, 4]), y)", "x.clone().put_(torch.tensor([1, 1]), y, accumulate=True)")
add("sum_to_size", "r", "floats", ["f:2,3"], "x.sum_to_size(1, 3)", "x.sum_to_size(3)")
add("unravel_index", "e", "once", ["=torch.tensor([5, 0, 3])"], "torch.unravel_index(x, (2, 3))[0] + 0")
add("linalg_vecdot", "r", "once", ["f:2,3", "f:2,3"], "torch.linalg.vecdot(x, y)", "torch.linalg.vecdot(x[0], y[0])", "torch.linalg.vecdot(x, y, dim=0)")
add("linalg_diagonal", "e", "floats", ["f:3,4"], "torch.linalg.diagonal(x)", "torch.linalg.diagonal(x, offset=1)")
add("linalg_matmul", "r", "floats", ["f:2,3", "f:3,2"], "torch.linalg.matmul(x, y)", "torch.linalg.matmul(x, y[:, 0])")
add("resize_", "e", "once", ["=torch.arange(6.)"], "x.resize_(2, 3)", "x.resize_(4)", "x.resize_(3, 2).resize_as_(torch.zeros(6))")
add("resize_as_", "e", "once", ["=torch.arange(6.)"], "x.resize_as_(torch.zeros(2, 3))")
add("resize_", "e", "once", ["f:2,3"], "x.resize_(6)")
add("range", "e", "once", ["=0"], "torch.range(1, 4)", "torch.range(0, 1, 0.25)", "torch.range(4, 1)")
add("scalar_tensor", "e", "once", ["=0"], "torch.scalar_tensor(2)", "torch.scalar_tensor(2.5, dtype=torch.float64)")
add("scatter", "e", "floats", ["f:2,3", "f:2,2"], "x.detach().scatter(1, torch.tensor([[0, 2], [1, 1]]), y.detach(), reduce='add')",
    "x.detach().scatter(1, torch.tensor([[0, 2], [1, 0]]), 2.0, reduce='multiply')", "x.scatter(1, torch.tensor([[0, 2], [1, 0]]), y.double())")
add("cosine_similarity", "r", "floats", ["f:2,3", "f:3"], "F.cosine_similarity(x, y)")
add("_standard_gamma", "e", "once", ["p:9"], "torch._standard_gamma(x.detach())", "torch._standard_gamma(x.detach().double())")
add("_sample_dirichlet", "e", "once", ["p:2,4"], "torch._sample_dirichlet(x.detach())")
add("affine_grid", "r", "floats", ["f:2,2,3"], "F.affine_grid(x, (2, 1, 3, 4), align_corners=False)",
    "F.affine_grid(x, [2, 3, 2, 2], align_corners=True)", "F.affine_grid(x, (1, 1, 3, 4), align_corners=False)")
add("grid_sample", "r", "floats", ["f:2,2,3,4", "f:2,3,2,2"], "F.grid_sample(x, y, align_corners=False)",
    "F.grid_sample(x, torch.tanh(y), align_corners=True)", "F.grid_sample(x, y[:1], align_corners=False)",
    *[f"F.grid_sample(x, y, mode='{mode}', padding_mode='{padding}', align_corners={corners})"
      for mode in ["bicubic"] for padding, corners in [("border", True), ("reflection", False)]])
