/// What PyTorch 2.13 lists where a call fits none of several forms: `HOME.NAME form | form`, `…` for the keywords
/// that all factories share.
extension Overloads {
  static let text = """
    torch.add (Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)
    torch.addbmm (Tensor input, Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = \
    1, Tensor out = None)
    torch.addcdiv (Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = \
    None)
    torch.addcmul (Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = \
    None)
    torch.addmv (Tensor input, Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1, \
    Tensor out = None)
    torch.addmv_ (Tensor input, Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1)
    torch.addr (Tensor input, Tensor vec1, Tensor vec2, *, Number beta = 1, Number alpha = 1, \
    Tensor out = None)
    torch.sspaddmm (Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, \
    Tensor out = None)
    torch.sub (Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)
    Tensor.add (Tensor other, *, Number alpha = 1)
    Tensor.add_ (Tensor other, *, Number alpha = 1)
    Tensor.addbmm (Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)
    Tensor.addbmm_ (Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)
    Tensor.addcdiv (Tensor tensor1, Tensor tensor2, *, Number value = 1)
    Tensor.addcdiv_ (Tensor tensor1, Tensor tensor2, *, Number value = 1)
    Tensor.addcmul (Tensor tensor1, Tensor tensor2, *, Number value = 1)
    Tensor.addcmul_ (Tensor tensor1, Tensor tensor2, *, Number value = 1)
    Tensor.addmm (Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1)
    Tensor.addmm_ (Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1)
    Tensor.addmv (Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1)
    Tensor.addmv_ (Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1)
    Tensor.addr (Tensor vec1, Tensor vec2, *, Number beta = 1, Number alpha = 1)
    Tensor.addr_ (Tensor vec1, Tensor vec2, *, Number beta = 1, Number alpha = 1)
    Tensor.baddbmm (Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)
    Tensor.baddbmm_ (Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)
    Tensor.copy_ (Tensor other, bool non_blocking = False)
    Tensor.sspaddmm (Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1)
    Tensor.sub (Tensor other, *, Number alpha = 1)
    Tensor.sub_ (Tensor other, *, Number alpha = 1)
    torch.addmm (Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor \
    out = None) | (Tensor input, Tensor mat1, Tensor mat2, torch.dtype out_dtype, *, Number beta = 1, \
    Number alpha = 1, Tensor out = None)
    torch.all (Tensor input, *, Tensor out = None) | (Tensor input, tuple of ints dim = None, bool \
    keepdim = False, *, Tensor out = None) | (Tensor input, int dim, bool keepdim = False, *, Tensor \
    out = None)
    Tensor.all () | (tuple of ints dim = None, bool keepdim = False) | (int dim, bool keepdim = False)
    torch.any (Tensor input, *, Tensor out = None) | (Tensor input, tuple of ints dim = None, bool \
    keepdim = False, *, Tensor out = None) | (Tensor input, int dim, bool keepdim = False, *, Tensor \
    out = None)
    Tensor.any () | (tuple of ints dim = None, bool keepdim = False) | (int dim, bool keepdim = False)
    torch.arange (Number end, *, Tensor out = None, torch.dtype dtype = None…) | (Number start, \
    Number end, *, torch.dtype dtype = None…) | (Number start, Number end, Number step = 1, *, Tensor \
    out = None, torch.dtype dtype = None…)
    torch.argsort (Tensor input, *, bool stable, int dim = -1, bool descending = False, Tensor out = \
    None) | (Tensor input, int dim = -1, bool descending = False)
    Tensor.argsort (*, bool stable, int dim = -1, bool descending = False) | (int dim = -1, bool \
    descending = False)
    torch.baddbmm (Tensor input, Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1, \
    Tensor out = None) | (Tensor input, Tensor batch1, Tensor batch2, torch.dtype out_dtype, *, \
    Number beta = 1, Number alpha = 1, Tensor out = None)
    torch.bernoulli (Tensor input, *, torch.Generator generator = None, Tensor out = None) | (Tensor \
    input, float p, *, torch.Generator generator = None)
    Tensor.bernoulli (*, torch.Generator generator = None) | (float p, *, torch.Generator generator = \
    None)
    Tensor.bernoulli_ (Tensor p, *, torch.Generator generator = None) | (float p = 0.5, *, \
    torch.Generator generator = None)
    torch.bitwise_and (Tensor input, Tensor other, *, Tensor out = None) | (Number self, Tensor \
    other) | (Tensor input, Number other, *, Tensor out = None)
    Tensor.bitwise_and (Tensor other) | (Number other)
    Tensor.bitwise_and_ (Tensor other) | (Number other)
    torch.bitwise_left_shift (Tensor input, Tensor other, *, Tensor out = None) | (Number self, \
    Tensor other) | (Tensor input, Number other, *, Tensor out = None)
    Tensor.bitwise_left_shift (Tensor other) | (Number other)
    Tensor.bitwise_left_shift_ (Tensor other) | (Number other)
    torch.bitwise_or (Tensor input, Tensor other, *, Tensor out = None) | (Number self, Tensor other) \
    | (Tensor input, Number other, *, Tensor out = None)
    Tensor.bitwise_or (Tensor other) | (Number other)
    Tensor.bitwise_or_ (Tensor other) | (Number other)
    torch.bitwise_right_shift (Tensor input, Tensor other, *, Tensor out = None) | (Number self, \
    Tensor other) | (Tensor input, Number other, *, Tensor out = None)
    Tensor.bitwise_right_shift (Tensor other) | (Number other)
    Tensor.bitwise_right_shift_ (Tensor other) | (Number other)
    torch.bitwise_xor (Tensor input, Tensor other, *, Tensor out = None) | (Number self, Tensor \
    other) | (Tensor input, Number other, *, Tensor out = None)
    Tensor.bitwise_xor (Tensor other) | (Number other)
    Tensor.bitwise_xor_ (Tensor other) | (Number other)
    torch.bmm (Tensor input, Tensor mat2, *, Tensor out = None) | (Tensor input, Tensor mat2, \
    torch.dtype out_dtype, *, Tensor out = None)
    torch.bucketize (Tensor input, Tensor boundaries, *, bool out_int32 = False, bool right = False, \
    Tensor out = None) | (Number self, Tensor boundaries, *, bool out_int32 = False, bool right = \
    False)
    torch.clamp (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None) | (Tensor \
    input, Number min = None, Number max = None, *, Tensor out = None)
    Tensor.clamp (Tensor min = None, Tensor max = None) | (Number min = None, Number max = None)
    torch.clamp_ (Tensor input, Tensor min = None, Tensor max = None) | (Tensor input, Number min = \
    None, Number max = None)
    Tensor.clamp_ (Tensor min = None, Tensor max = None) | (Number min = None, Number max = None)
    torch.clamp_max (Tensor input, Tensor max, *, Tensor out = None) | (Tensor input, Number max, *, \
    Tensor out = None)
    Tensor.clamp_max (Tensor max) | (Number max)
    torch.clamp_max_ (Tensor input, Tensor max) | (Tensor input, Number max)
    Tensor.clamp_max_ (Tensor max) | (Number max)
    torch.clamp_min (Tensor input, Tensor min, *, Tensor out = None) | (Tensor input, Number min, *, \
    Tensor out = None)
    Tensor.clamp_min (Tensor min) | (Number min)
    torch.clamp_min_ (Tensor input, Tensor min) | (Tensor input, Number min)
    Tensor.clamp_min_ (Tensor min) | (Number min)
    torch.clip (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None) | (Tensor \
    input, Number min = None, Number max = None, *, Tensor out = None)
    Tensor.clip (Tensor min = None, Tensor max = None) | (Number min = None, Number max = None)
    torch.clip_ (Tensor input, Tensor min = None, Tensor max = None) | (Tensor input, Number min = \
    None, Number max = None)
    Tensor.clip_ (Tensor min = None, Tensor max = None) | (Number min = None, Number max = None)
    torch.conv1d (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of \
    ints padding = 0, tuple of ints dilation = 1, int groups = 1) | (Tensor input, Tensor weight, \
    Tensor bias = None, tuple of ints stride = 1, str padding = "valid", tuple of ints dilation = 1, \
    int groups = 1)
    torch.conv2d (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of \
    ints padding = 0, tuple of ints dilation = 1, int groups = 1) | (Tensor input, Tensor weight, \
    Tensor bias = None, tuple of ints stride = 1, str padding = "valid", tuple of ints dilation = 1, \
    int groups = 1)
    torch.conv3d (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of \
    ints padding = 0, tuple of ints dilation = 1, int groups = 1) | (Tensor input, Tensor weight, \
    Tensor bias = None, tuple of ints stride = 1, str padding = "valid", tuple of ints dilation = 1, \
    int groups = 1)
    torch.copysign (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, \
    *, Tensor out = None)
    Tensor.copysign (Tensor other) | (Number other)
    Tensor.copysign_ (Tensor other) | (Number other)
    torch.count_nonzero (Tensor input, int dim = None) | (Tensor input, tuple of ints dim)
    Tensor.count_nonzero (int dim = None) | (tuple of ints dim)
    torch.ctc_loss (Tensor log_probs, Tensor targets, tuple of ints input_lengths, tuple of ints \
    target_lengths, int blank = 0, int reduction = at::Reduction::Mean, bool zero_infinity = False) | \
    (Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank = 0, \
    int reduction = at::Reduction::Mean, bool zero_infinity = False)
    torch.cumulative_trapezoid (Tensor y, Tensor x, *, int dim = -1) | (Tensor y, *, Number dx = 1, \
    int dim = -1)
    torch.div (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Tensor other, *, \
    str rounding_mode, Tensor out = None) | (Tensor input, Number other, *, str rounding_mode)
    Tensor.div (Tensor other) | (Tensor other, *, str rounding_mode) | (Number other, *, str \
    rounding_mode)
    Tensor.div_ (Tensor other) | (Tensor other, *, str rounding_mode) | (Number other, *, str \
    rounding_mode)
    torch.divide (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Tensor other, *, \
    str rounding_mode, Tensor out = None) | (Tensor input, Number other) | (Tensor input, Number \
    other, *, str rounding_mode)
    Tensor.divide (Tensor other) | (Tensor other, *, str rounding_mode) | (Number other) | (Number \
    other, *, str rounding_mode)
    torch.dsplit (Tensor input, int sections) | (Tensor input, tuple of ints indices)
    Tensor.dsplit (int sections) | (tuple of ints indices)
    torch.embedding_bag (Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int \
    mode, bool sparse, Tensor per_sample_weights, bool include_last_offset, int padding_idx) | \
    (Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq = False, int mode = 0, \
    bool sparse = False, Tensor per_sample_weights = None, bool include_last_offset = False)
    torch.eq (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, *, \
    Tensor out = None)
    Tensor.eq (Tensor other) | (Number other)
    Tensor.eq_ (Tensor other) | (Number other)
    torch.eye (int n, *, Tensor out = None, torch.dtype dtype = None…) | (int n, int m, *, Tensor out \
    = None, torch.dtype dtype = None…)
    torch.fill_ (Tensor input, Tensor value) | (Tensor input, Number value)
    Tensor.fill_ (Tensor value) | (Number value)
    torch.float_power (Tensor input, Tensor exponent, *, Tensor out = None) | (Number self, Tensor \
    exponent, *, Tensor out = None) | (Tensor input, Number exponent, *, Tensor out = None)
    Tensor.float_power (Tensor exponent) | (Number exponent)
    torch.floor_divide (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number \
    other)
    Tensor.floor_divide (Tensor other) | (Number other)
    Tensor.floor_divide_ (Tensor other) | (Number other)
    torch.fmod (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, *, \
    Tensor out = None)
    Tensor.fmod (Tensor other) | (Number other)
    Tensor.fmod_ (Tensor other) | (Number other)
    torch.ge (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, *, \
    Tensor out = None)
    Tensor.ge (Tensor other) | (Number other)
    Tensor.ge_ (Tensor other) | (Number other)
    torch.greater (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, \
    *, Tensor out = None)
    Tensor.greater (Tensor other) | (Number other)
    torch.gt (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, *, \
    Tensor out = None)
    Tensor.gt (Tensor other) | (Number other)
    Tensor.gt_ (Tensor other) | (Number other)
    torch.hsplit (Tensor input, int sections) | (Tensor input, tuple of ints indices)
    Tensor.hsplit (int sections) | (tuple of ints indices)
    torch.index_fill (Tensor input, int dim, Tensor index, Tensor value) | (Tensor input, int dim, \
    Tensor index, Number value)
    Tensor.index_fill (int dim, Tensor index, Tensor value) | (int dim, Tensor index, Number value)
    Tensor.index_fill_ (int dim, Tensor index, Tensor value) | (int dim, Tensor index, Number value)
    torch.isin (Tensor elements, Tensor test_elements, *, bool assume_unique = False, bool invert = \
    False, Tensor out = None) | (Number element, Tensor test_elements, *, bool assume_unique = False, \
    bool invert = False, Tensor out = None) | (Tensor elements, Number test_element, *, bool \
    assume_unique = False, bool invert = False, Tensor out = None)
    torch.le (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, *, \
    Tensor out = None)
    Tensor.le (Tensor other) | (Number other)
    Tensor.le_ (Tensor other) | (Number other)
    torch.lerp (Tensor input, Tensor end, Tensor weight, *, Tensor out = None) | (Tensor input, \
    Tensor end, Number weight, *, Tensor out = None)
    Tensor.lerp (Tensor end, Tensor weight) | (Tensor end, Number weight)
    Tensor.lerp_ (Tensor end, Tensor weight) | (Tensor end, Number weight)
    torch.linspace (Tensor start, Tensor end, int steps, *, Tensor out = None, torch.dtype dtype = \
    None…) | (Number start, Tensor end, int steps, *, Tensor out = None, torch.dtype dtype = None…) | \
    (Tensor start, Number end, int steps, *, Tensor out = None, torch.dtype dtype = None…) | (Number \
    start, Number end, int steps, *, Tensor out = None, torch.dtype dtype = None…)
    torch.logspace (Tensor start, Tensor end, int steps, float base = 10.0, *, Tensor out = None, \
    torch.dtype dtype = None…) | (Number start, Tensor end, int steps, float base = 10.0, *, Tensor \
    out = None, torch.dtype dtype = None…) | (Tensor start, Number end, int steps, float base = 10.0, \
    *, Tensor out = None, torch.dtype dtype = None…) | (Number start, Number end, int steps, float \
    base = 10.0, *, Tensor out = None, torch.dtype dtype = None…)
    torch.lt (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, *, \
    Tensor out = None)
    Tensor.lt (Tensor other) | (Number other)
    Tensor.lt_ (Tensor other) | (Number other)
    torch.masked_fill (Tensor input, Tensor mask, Tensor value) | (Tensor input, Tensor mask, Number \
    value)
    Tensor.masked_fill (Tensor mask, Tensor value) | (Tensor mask, Number value)
    Tensor.masked_fill_ (Tensor mask, Tensor value) | (Tensor mask, Number value)
    torch.max (Tensor input, *, Tensor out = None) | (Tensor input, Tensor other, *, Tensor out = \
    None) | (Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)
    Tensor.max () | (Tensor other) | (int dim, bool keepdim = False)
    torch.mean (Tensor input, *, torch.dtype dtype = None, Tensor out = None) | (Tensor input, tuple \
    of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)
    Tensor.mean (*, torch.dtype dtype = None) | (tuple of ints dim, bool keepdim = False, *, \
    torch.dtype dtype = None)
    torch.median (Tensor input) | (Tensor input, int dim, bool keepdim = False, *, tuple of Tensors \
    out = None)
    Tensor.median () | (int dim, bool keepdim = False)
    torch.min (Tensor input, *, Tensor out = None) | (Tensor input, Tensor other, *, Tensor out = \
    None) | (Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)
    Tensor.min () | (Tensor other) | (int dim, bool keepdim = False)
    torch.mm (Tensor input, Tensor mat2, *, Tensor out = None) | (Tensor input, Tensor mat2, \
    torch.dtype out_dtype, *, Tensor out = None)
    torch.movedim (Tensor input, int source, int destination) | (Tensor input, tuple of ints source, \
    tuple of ints destination)
    Tensor.movedim (int source, int destination) | (tuple of ints source, tuple of ints destination)
    torch.multiply (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other)
    Tensor.multiply (Tensor other) | (Number other)
    torch.nanmedian (Tensor input) | (Tensor input, int dim, bool keepdim = False, *, tuple of \
    Tensors out = None)
    Tensor.nanmedian () | (int dim, bool keepdim = False)
    torch.nanquantile (Tensor input, Tensor q, int dim = None, bool keepdim = False, *, str \
    interpolation = "linear", Tensor out = None) | (Tensor input, float q, int dim = None, bool \
    keepdim = False, *, str interpolation = "linear", Tensor out = None)
    Tensor.nanquantile (Tensor q, int dim = None, bool keepdim = False, *, str interpolation = \
    "linear") | (float q, int dim = None, bool keepdim = False, *, str interpolation = "linear")
    torch.narrow (Tensor input, int dim, Tensor start, int length) | (Tensor input, int dim, int \
    start, int length)
    Tensor.narrow (int dim, Tensor start, int length) | (int dim, int start, int length)
    torch.ne (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number other, *, \
    Tensor out = None)
    Tensor.ne (Tensor other) | (Number other)
    Tensor.ne_ (Tensor other) | (Number other)
    Tensor.nonzero () | (*, bool as_tuple)
    torch.normal (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None) | \
    (Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None) | (float \
    mean, Tensor std, *, torch.Generator generator = None, Tensor out = None) | (float mean, float \
    std, tuple of ints size, *, torch.Generator generator = None, Tensor out = None, torch.dtype \
    dtype = None…)
    torch.pow (Tensor input, Tensor exponent, *, Tensor out = None) | (Number self, Tensor exponent, \
    *, Tensor out = None) | (Tensor input, Number exponent, *, Tensor out = None)
    Tensor.pow (Tensor exponent) | (Number exponent)
    Tensor.pow_ (Tensor exponent) | (Number exponent)
    torch.prod (Tensor input, *, torch.dtype dtype = None) | (Tensor input, int dim, bool keepdim = \
    False, *, torch.dtype dtype = None, Tensor out = None)
    Tensor.prod (*, torch.dtype dtype = None) | (int dim, bool keepdim = False, *, torch.dtype dtype \
    = None)
    torch.quantile (Tensor input, Tensor q, int dim = None, bool keepdim = False, *, str \
    interpolation = "linear", Tensor out = None) | (Tensor input, float q, int dim = None, bool \
    keepdim = False, *, str interpolation = "linear", Tensor out = None)
    Tensor.quantile (Tensor q, int dim = None, bool keepdim = False, *, str interpolation = "linear") \
    | (float q, int dim = None, bool keepdim = False, *, str interpolation = "linear")
    torch.rand (tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype \
    dtype = None…) | (tuple of ints size, *, Tensor out = None, torch.dtype dtype = None…)
    torch.rand_like (Tensor input, *, torch.Generator generator, torch.memory_format memory_format = \
    None, torch.dtype dtype = None…) | (Tensor input, *, torch.memory_format memory_format = None, \
    torch.dtype dtype = None…)
    torch.randint (int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, \
    torch.dtype dtype = None…) | (int high, tuple of ints size, *, Tensor out = None, torch.dtype \
    dtype = None…) | (int low, int high, tuple of ints size, *, torch.Generator generator, Tensor out \
    = None, torch.dtype dtype = None…) | (int low, int high, tuple of ints size, *, Tensor out = \
    None, torch.dtype dtype = None…)
    torch.randint_like (Tensor input, int low, int high, *, torch.Generator generator, \
    torch.memory_format memory_format = None, torch.dtype dtype = None…) | (Tensor input, int low, \
    int high, *, torch.memory_format memory_format = None, torch.dtype dtype = None…) | (Tensor \
    input, Tensor high, *, torch.Generator generator, torch.memory_format memory_format = None, \
    torch.dtype dtype = None…) | (Tensor input, Tensor high, *, torch.memory_format memory_format = \
    None, torch.dtype dtype = None…) | (Tensor input, int high, *, torch.Generator generator, \
    torch.memory_format memory_format = None, torch.dtype dtype = None…) | (Tensor input, int high, \
    *, torch.memory_format memory_format = None, torch.dtype dtype = None…)
    torch.randn (tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype \
    dtype = None…) | (tuple of ints size, *, Tensor out = None, torch.dtype dtype = None…)
    torch.randn_like (Tensor input, *, torch.Generator generator, torch.memory_format memory_format = \
    None, torch.dtype dtype = None…) | (Tensor input, *, torch.memory_format memory_format = None, \
    torch.dtype dtype = None…)
    Tensor.random_ (*, torch.Generator generator = None) | (int from, int to, *, torch.Generator \
    generator = None) | (int to, *, torch.Generator generator = None)
    torch.randperm (int n, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = \
    None…) | (int n, *, Tensor out = None, torch.dtype dtype = None…)
    torch.remainder (Tensor input, Tensor other, *, Tensor out = None) | (Number self, Tensor other) \
    | (Tensor input, Number other, *, Tensor out = None)
    Tensor.remainder (Tensor other) | (Number other)
    Tensor.remainder_ (Tensor other) | (Number other)
    torch.repeat_interleave (Tensor input, Tensor repeats, int dim = None, *, int output_size = None) \
    | (Tensor repeats, *, int output_size = None) | (Tensor input, int repeats, int dim = None, *, \
    int output_size = None)
    Tensor.repeat_interleave (Tensor repeats, int dim = None, *, int output_size = None) | (int \
    repeats, int dim = None, *, int output_size = None)
    torch.result_type (Tensor tensor, Tensor other) | (Number scalar, Tensor tensor) | (Tensor \
    tensor, Number other) | (Number scalar1, Number scalar2)
    torch.round (Tensor input, *, Tensor out = None) | (Tensor input, *, int decimals, Tensor out = \
    None)
    Tensor.round () | (*, int decimals)
    torch.round_ (Tensor input) | (Tensor input, *, int decimals)
    Tensor.round_ () | (*, int decimals)
    torch.rsub (Tensor input, Tensor other, *, Number alpha = 1) | (Tensor input, Number other, \
    Number alpha = 1)
    torch.scatter (Tensor input, int dim, Tensor index, Tensor src, *, Tensor out = None) | (Tensor \
    input, int dim, Tensor index, Tensor src, *, str reduce, Tensor out = None) | (Tensor input, int \
    dim, Tensor index, Number value, *, Tensor out = None) | (Tensor input, int dim, Tensor index, \
    Number value, *, str reduce, Tensor out = None)
    Tensor.scatter (int dim, Tensor index, Tensor src) | (int dim, Tensor index, Tensor src, *, str \
    reduce) | (int dim, Tensor index, Number value) | (int dim, Tensor index, Number value, *, str \
    reduce)
    Tensor.scatter_ (int dim, Tensor index, Tensor src) | (int dim, Tensor index, Tensor src, *, str \
    reduce) | (int dim, Tensor index, Number value) | (int dim, Tensor index, Number value, *, str \
    reduce)
    torch.searchsorted (Tensor sorted_sequence, Tensor input, *, bool out_int32 = False, bool right = \
    False, str side = None, Tensor sorter = None, Tensor out = None) | (Tensor sorted_sequence, \
    Number self, *, bool out_int32 = False, bool right = False, str side = None, Tensor sorter = \
    None, Tensor out = None)
    torch.sort (Tensor input, *, bool stable, int dim = -1, bool descending = False, tuple of Tensors \
    out = None) | (Tensor input, int dim = -1, bool descending = False, *, tuple of Tensors out = \
    None)
    Tensor.sort (*, bool stable, int dim = -1, bool descending = False) | (int dim = -1, bool \
    descending = False)
    torch.squeeze (Tensor input) | (Tensor input, int dim) | (Tensor input, tuple of ints dim)
    Tensor.squeeze () | (int dim) | (tuple of ints dim)
    Tensor.squeeze_ () | (int dim) | (tuple of ints dim)
    torch.std (Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False, *, Tensor \
    out = None) | (Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim \
    = False, Tensor out = None) | (Tensor input, bool unbiased = True)
    Tensor.std (tuple of ints dim, bool unbiased = True, bool keepdim = False) | (tuple of ints dim = \
    None, *, Number correction = None, bool keepdim = False) | (bool unbiased = True)
    torch.std_mean (Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False) | \
    (Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim = False) | \
    (Tensor input, bool unbiased = True)
    torch.sum (Tensor input, *, torch.dtype dtype = None) | (Tensor input, tuple of ints dim, bool \
    keepdim = False, *, torch.dtype dtype = None, Tensor out = None)
    Tensor.sum (*, torch.dtype dtype = None) | (tuple of ints dim, bool keepdim = False, *, \
    torch.dtype dtype = None)
    torch.tensor_split (Tensor input, tuple of ints indices, int dim = 0) | (Tensor input, Tensor \
    tensor_indices_or_sections, int dim = 0) | (Tensor input, int sections, int dim = 0)
    Tensor.tensor_split (tuple of ints indices, int dim = 0) | (Tensor tensor_indices_or_sections, \
    int dim = 0) | (int sections, int dim = 0)
    Tensor.to (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool \
    copy = False, *, torch.memory_format memory_format = None) | (torch.dtype dtype, bool \
    non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None) | (Tensor \
    tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)
    torch.trapezoid (Tensor y, Tensor x, *, int dim = -1) | (Tensor y, *, Number dx = 1, int dim = -1)
    torch.true_divide (Tensor input, Tensor other, *, Tensor out = None) | (Tensor input, Number \
    other)
    Tensor.true_divide (Tensor other) | (Number other)
    torch.var (Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False, *, Tensor \
    out = None) | (Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim \
    = False, Tensor out = None) | (Tensor input, bool unbiased = True)
    Tensor.var (tuple of ints dim, bool unbiased = True, bool keepdim = False) | (tuple of ints dim = \
    None, *, Number correction = None, bool keepdim = False) | (bool unbiased = True)
    torch.var_mean (Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False) | \
    (Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim = False) | \
    (Tensor input, bool unbiased = True)
    Tensor.view (torch.dtype dtype) | (tuple of ints size)
    torch.vsplit (Tensor input, int sections) | (Tensor input, tuple of ints indices)
    Tensor.vsplit (int sections) | (tuple of ints indices)
    torch.where (Tensor condition) | (Tensor condition, Tensor input, Tensor other, *, Tensor out = \
    None) | (Tensor condition, Number self, Tensor other) | (Tensor condition, Tensor input, Number \
    other) | (Tensor condition, Number self, Number other)
    Tensor.where (Tensor condition, Tensor other) | (Tensor condition, Number other)
    torch.xlogy (Tensor input, Tensor other, *, Tensor out = None) | (Number self, Tensor other, *, \
    Tensor out = None) | (Tensor input, Number other, *, Tensor out = None)
    Tensor.xlogy (Tensor other) | (Number other)
    torch.xlogy_ (Tensor input, Tensor other) | (Tensor input, Number other)
    Tensor.xlogy_ (Tensor other) | (Number other)
    """
}
