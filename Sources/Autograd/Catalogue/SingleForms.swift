/// What PyTorch 2.13 takes where a function has one form: names, then the form. A name without a home is a function
/// of `torch` and a method, whose form lacks the tensor; `~` marks those of before 1.5, which are taken with a warning.
extension Overloads {
  static let singleForms = """
    torch.scalar_tensor (Number s, *, torch.dtype dtype = None…)
    Tensor.abs_ Tensor.absolute_ argwhere Tensor.bitwise_not_ corrcoef det Tensor.digamma_ fliplr \
    flipud isfinite isinf isnan isreal logdet Tensor.logical_not_ matrix_exp Tensor.neg_ \
    Tensor.negative_ ravel Tensor.reciprocal_ relu relu_ Tensor.sgn_ Tensor.sign_ \
    Tensor.sinc_ Tensor.square_ t Tensor.t_ trace zero_ (Tensor input)
    abs absolute bitwise_not digamma inverse isneginf isposinf logical_not msort neg negative \
    reciprocal sgn sign signbit sinc square exp exp2 log log2 log10 log1p expm1 sqrt \
    rsqrt sin cos tan asin acos atan arcsin arccos arctan sinh cosh tanh asinh acosh atanh arcsinh \
    arccosh arctanh sigmoid erf erfc erfinv floor ceil trunc fix frac lgamma i0 deg2rad rad2deg \
    (Tensor input, *, Tensor out = None)
    cov (Tensor input, *, int correction = 1, Tensor fweights = None, Tensor aweights = None)
    aminmax (Tensor input, *, int dim = None, bool keepdim = False, tuple of Tensors out = None)
    clone (Tensor input, *, torch.memory_format memory_format = None)
    slogdet (Tensor input, *, tuple of Tensors out = None)
    torch.full_like (Tensor input, Number fill_value, *, torch.dtype dtype = None…, \
    torch.memory_format memory_format = None)
    Tensor.fill_diagonal_ (Tensor input, Number fill_value, bool wrap = False)
    hardshrink (Tensor input, Number lambd = 0.5, *, Tensor out = None)
    torch.rrelu (Tensor input, Number lower = 0.125, Number upper = 0.3333333333333333, bool training \
    = False, torch.Generator generator = None)
    Tensor.renorm_ (Tensor input, Number p, int dim, Number maxnorm)
    renorm (Tensor input, Number p, int dim, Number maxnorm, *, Tensor out = None)
    take (Tensor input, Tensor index, *, Tensor out = None)
    put Tensor.put_ (Tensor input, Tensor index, Tensor source, bool accumulate = False)
    take_along_dim (Tensor input, Tensor indices, int dim = None, *, Tensor out = None)
    cholesky_solve (Tensor input, Tensor input2, bool upper = False, *, Tensor out = None)
    masked_select (Tensor input, Tensor mask, *, Tensor out = None)
    masked_scatter Tensor.masked_scatter_ (Tensor input, Tensor mask, Tensor source)
    Tensor.arctan2_ Tensor.atan2_ Tensor.divide_ equal Tensor.expand_as Tensor.gcd_ is_same_size \
    Tensor.lcm_ Tensor.ldexp_ Tensor.logical_and_ Tensor.logical_or_ Tensor.logical_xor_ Tensor.mul_ \
    Tensor.multiply_ Tensor.reshape_as Tensor.true_divide_ Tensor.type_as Tensor.view_as (Tensor \
    input, Tensor other)
    Tensor.subtract_ (Tensor input, Tensor other, *, Number alpha = 1)
    subtract (Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)
    arctan2 atan2 gcd inner kron lcm ldexp logical_and logical_or logical_xor matmul mul vdot (Tensor \
    input, Tensor other, *, Tensor out = None)
    dist (Tensor input, Tensor other, Number p = 2)
    allclose isclose (Tensor input, Tensor other, float rtol = 1e-05, float atol = 1e-08, bool \
    equal_nan = False)
    cross (Tensor input, Tensor other, int dim = None, *, Tensor out = None)
    slice_scatter (Tensor input, Tensor src, int dim = 0, int start = None, int end = None, int step = \
    1, *, Tensor out = None)
    select_scatter (Tensor input, Tensor src, int dim, int index)
    dot (Tensor input, Tensor tensor, *, Tensor out = None)
    mv (Tensor input, Tensor vec, *, Tensor out = None)
    ger outer (Tensor input, Tensor vec2, *, Tensor out = None)
    prelu (Tensor input, Tensor weight)
    bincount (Tensor input, Tensor weights = None, int minlength = 0)
    qr (Tensor input, bool some = True, *, tuple of Tensors out = None)
    svd (Tensor input, bool some = True, bool compute_uv = True, *, tuple of Tensors out = None)
    cholesky cholesky_inverse (Tensor input, bool upper = False, *, Tensor out = None)
    Tensor.logit_ (Tensor input, float eps = None)
    logit (Tensor input, float eps = None, *, Tensor out = None)
    Tensor.uniform_ (Tensor input, float from = 0., float to = 1., *, torch.Generator generator = \
    None)
    Tensor.exponential_ (Tensor input, float lambd = 1., *, torch.Generator generator = None)
    Tensor.normal_ (Tensor input, float mean = 0., float std = 1., *, torch.Generator generator = \
    None)
    Tensor.nan_to_num_ (Tensor input, float nan = None, float posinf = None, float neginf = None)
    nan_to_num (Tensor input, float nan = None, float posinf = None, float neginf = None, *, Tensor \
    out = None)
    torch.pdist (Tensor input, float p = 2.)
    pinverse (Tensor input, float rcond = 1e-15)
    swapaxes Tensor.swapaxes_ (Tensor input, int axis0, int axis1)
    histc (Tensor input, int bins = 100, Number min = 0, Number max = 0, *, Tensor out = None)
    chunk (Tensor input, int chunks, int dim = 0)
    Tensor.tril_ Tensor.triu_ (Tensor input, int diagonal = 0)
    diag tril triu (Tensor input, int diagonal = 0, *, Tensor out = None)
    mode (Tensor input, int dim = -1, bool keepdim = False, *, tuple of Tensors out = None)
    unbind (Tensor input, int dim = 0)
    unsqueeze Tensor.unsqueeze_ (Tensor input, int dim)
    logcumsumexp (Tensor input, int dim, *, Tensor out = None)
    Tensor.cumprod_ Tensor.cumsum_ (Tensor input, int dim, *, torch.dtype dtype = None)
    cumprod cumsum (Tensor input, int dim, *, torch.dtype dtype = None, Tensor out = None)
    cummax cummin (Tensor input, int dim, *, tuple of Tensors out = None)
    index_select (Tensor input, int dim, Tensor index, *, Tensor out = None)
    gather (Tensor input, int dim, Tensor index, *, bool sparse_grad = False, Tensor out = None)
    Tensor.scatter_add_ (Tensor input, int dim, Tensor index, Tensor src)
    scatter_add (Tensor input, int dim, Tensor index, Tensor src, *, Tensor out = None)
    Tensor.scatter_reduce_ (Tensor input, int dim, Tensor index, Tensor src, str reduce, *, bool \
    include_self = True)
    scatter_reduce (Tensor input, int dim, Tensor index, Tensor src, str reduce, *, bool include_self \
    = True, Tensor out = None)
    select (Tensor input, int dim, int index)
    log_softmax softmax (Tensor input, int dim, torch.dtype dtype = None, *, Tensor out = None)
    swapdims Tensor.swapdims_ transpose Tensor.transpose_ (Tensor input, int dim0, int dim1)
    Tensor.unfold (Tensor input, int dimension, int size, int step)
    torch.pixel_unshuffle (Tensor input, int downscale_factor)
    torch.channel_shuffle (Tensor input, int groups)
    rot90 (Tensor input, int k = 1, tuple of ints dims = ())
    kthvalue (Tensor input, int k, int dim = -1, bool keepdim = False, *, tuple of Tensors out = None)
    topk (Tensor input, int k, int dim = -1, bool largest = True, bool sorted = True, *, tuple of \
    Tensors out = None)
    diff (Tensor input, int n = 1, int dim = -1, Tensor prepend = None, Tensor append = None, *, \
    Tensor out = None)
    Tensor.polygamma_ (Tensor input, int n)
    matrix_power (Tensor input, int n, *, Tensor out = None)
    multinomial (Tensor input, int num_samples, bool replacement = False, *, torch.Generator generator \
    = None, Tensor out = None)
    diagflat (Tensor input, int offset = 0)
    diag_embed (Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1)
    diagonal (Tensor input, int offset = 0, int dim1 = 0, int dim2 = 1)
    torch.combinations (Tensor input, int r = 2, bool with_replacement = False)
    flatten (Tensor input, int start_dim = 0, int end_dim = -1)
    torch.pixel_shuffle (Tensor input, int upscale_factor)
    nanmean nansum (Tensor input, ints dim = None, bool keepdim = False, *, torch.dtype dtype = None, \
    Tensor out = None)
    logsumexp (Tensor input, ints dim, bool keepdim = False, *, Tensor out = None)
    torch.avg_pool1d (Tensor input, ints kernel_size, ints stride = (), ints padding = 0, bool \
    ceil_mode = False, bool count_include_pad = True)
    roll (Tensor input, ints shifts, ints dims = ())
    torch.poisson (Tensor input, torch.Generator generator = None)
    flip permute tile (Tensor input, tuple of ints dims)
    Tensor.repeat (Tensor input, tuple of ints repeats)
    reshape (Tensor input, tuple of ints shape)
    broadcast_to Tensor.sum_to_size (Tensor input, tuple of ints size)
    Tensor.expand (Tensor input, tuple of ints size, *, bool implicit = False)
    Tensor.new_full (Tensor input, tuple of ints size, Number fill_value, *, torch.dtype dtype = \
    None…)
    as_strided Tensor.as_strided_ (Tensor input, tuple of ints size, tuple of ints stride, int \
    storage_offset = None)
    torch.bilinear (Tensor input1, Tensor input2, Tensor weight, Tensor bias = None)
    torch.vander (Tensor x, int N = None, bool increasing = False)
    torch.pairwise_distance (Tensor x1, Tensor x2, float p = 2., float eps = 1e-06, bool keepdim = \
    False)
    torch.cosine_similarity (Tensor x1, Tensor x2, int dim = 1, float eps = 1e-08)
    polygamma (int n, Tensor input, *, Tensor out = None)
    torch.column_stack torch.dstack torch.hstack torch.row_stack torch.vstack (tuple of Tensors \
    tensors, *, Tensor out = None)
    torch.cat torch.concat torch.concatenate torch.stack (tuple of Tensors tensors, int dim = 0, *, \
    Tensor out = None)
    torch.full (tuple of ints size, Number fill_value, *, Tensor out = None, torch.dtype dtype = \
    None…)
    torch.zeros torch.ones (tuple of ints size, *, Tensor out = None, torch.dtype dtype = None…)
    torch.zeros_like torch.ones_like (Tensor input, *, torch.memory_format memory_format = None, \
    torch.dtype dtype = None…)
    Tensor.new_zeros Tensor.new_ones Tensor.new_empty (tuple of ints size, *, torch.dtype dtype = \
    None…)
    argmax argmin (Tensor input, int dim = None, bool keepdim = False, *, Tensor out = None)
    amax amin (Tensor input, ints dim = (), bool keepdim = False, *, Tensor out = None)
    class.new (*, torch.device device = None) | (torch.Storage storage) | (Tensor other) | (tuple of \
    ints size, *, torch.device device = None) | (object data, *, torch.device device = None)
    torch.nonzero (Tensor input, *, Tensor out = None) | (Tensor input, *, bool as_tuple)
    F.linear (Tensor input, Tensor weight, Tensor bias = None)
    F.gelu (Tensor input, *, str approximate = "none")
    F.softplus (Tensor input, Number beta = 1, Number threshold = 20)
    F.logsigmoid (Tensor input)
    F.one_hot (Tensor input, int num_classes = -1)
    F.avg_pool2d (Tensor input, ints kernel_size, ints stride = None, ints padding = 0, bool ceil_mode \
    = False, bool count_include_pad = True, int divisor_override = None)
    torch.add torch.sub ~(Tensor input, Number alpha, Tensor other)
    Tensor.add Tensor.sub Tensor.add_ Tensor.sub_ ~(Number alpha, Tensor other)
    torch.addcmul torch.addcdiv ~(Tensor input, Number value, Tensor tensor1, Tensor tensor2)
    Tensor.addcmul Tensor.addcdiv Tensor.addcmul_ Tensor.addcdiv_ ~(Number value, Tensor tensor1, \
    Tensor tensor2)
    torch.addmm ~(Number beta, Tensor input, Number alpha, Tensor mat1, Tensor mat2)
    Tensor.addmm Tensor.addmm_ ~(Number beta, Number alpha, Tensor mat1, Tensor mat2)
    torch.addmm ~(Number beta, Tensor input, Tensor mat1, Tensor mat2)
    Tensor.addmm Tensor.addmm_ ~(Number beta, Tensor mat1, Tensor mat2)
    torch.addmv ~(Number beta, Tensor input, Number alpha, Tensor mat, Tensor vec)
    Tensor.addmv Tensor.addmv_ ~(Number beta, Number alpha, Tensor mat, Tensor vec)
    torch.addmv ~(Number beta, Tensor input, Tensor mat, Tensor vec)
    Tensor.addmv Tensor.addmv_ ~(Number beta, Tensor mat, Tensor vec)
    torch.addr ~(Number beta, Tensor input, Number alpha, Tensor vec1, Tensor vec2)
    Tensor.addr Tensor.addr_ ~(Number beta, Number alpha, Tensor vec1, Tensor vec2)
    torch.addr ~(Number beta, Tensor input, Tensor vec1, Tensor vec2)
    Tensor.addr Tensor.addr_ ~(Number beta, Tensor vec1, Tensor vec2)
    torch.addbmm ~(Number beta, Tensor input, Number alpha, Tensor batch1, Tensor batch2)
    Tensor.addbmm Tensor.addbmm_ ~(Number beta, Number alpha, Tensor batch1, Tensor batch2)
    torch.addbmm ~(Number beta, Tensor input, Tensor batch1, Tensor batch2)
    Tensor.addbmm Tensor.addbmm_ ~(Number beta, Tensor batch1, Tensor batch2)
    torch.baddbmm ~(Number beta, Tensor input, Number alpha, Tensor batch1, Tensor batch2)
    Tensor.baddbmm Tensor.baddbmm_ ~(Number beta, Number alpha, Tensor batch1, Tensor batch2)
    torch.baddbmm ~(Number beta, Tensor input, Tensor batch1, Tensor batch2)
    Tensor.baddbmm Tensor.baddbmm_ ~(Number beta, Tensor batch1, Tensor batch2)
    """
}
