extension WrittenModules {
  /// `torch.nn.utils.prune`: a weight becomes the product of what it was, a parameter still, and a mask, a buffer.
  /// A hook before every `forward` computes it anew.
  static let pruning = #"""
    import numbers as _numbers
    from abc import ABC as _ABC, abstractmethod as _abstractmethod
    from collections.abc import Iterable as _Iterable
    import torch as _torch

    def _check_amount(amount):
        if not isinstance(amount, _numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        whole = isinstance(amount, _numbers.Integral)
        if (whole and amount < 0) or (not whole and not 0.0 <= float(amount) <= 1.0):
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")

    def _count(amount, size):
        if isinstance(amount, _numbers.Integral):
            if amount > size:
                raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
            return amount
        return round(amount * size)

    def _check_structured(t, dim):
        if len(t.shape) <= 1:
            raise ValueError("Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                             f"{t.shape} with {len(t.shape)} dims")
        if dim >= t.dim():
            raise IndexError(f"Invalid index {dim} for tensor of size {t.shape}")

    def _channels(t, dim, kept):
        mask = _torch.zeros_like(t)
        place = [slice(None)] * t.dim()
        place[dim] = kept
        mask[tuple(place)] = 1
        return mask

    def _method(module, name):
        for key, hook in module._forward_pre_hooks.items():
            if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
                return key, hook
        return None, None

    class BasePruningMethod(_ABC):
        _tensor_name: str
        def __call__(self, module, inputs):
            setattr(module, self._tensor_name, self.apply_mask(module))
        @_abstractmethod
        def compute_mask(self, t, default_mask):
            pass
        def apply_mask(self, module):
            if self._tensor_name is None:
                raise AssertionError(f"Module {module} has to be pruned")
            original = getattr(module, self._tensor_name + "_orig")
            return getattr(module, self._tensor_name + "_mask").to(dtype=original.dtype) * original
        @classmethod
        def apply(cls, module, name, *args, importance_scores=None, **kwargs):
            key, old = _method(module, name)
            method = cls(*args, **kwargs)
            method._tensor_name = name
            original = getattr(module, name)
            if importance_scores is not None:
                if importance_scores.shape != original.shape:
                    raise AssertionError("importance_scores should have the same shape as parameter "
                                         f"{name} of {module}")
            else:
                importance_scores = original
            if old is None:
                delattr(module, name)
                module.register_parameter(name + "_orig", original)
                mask = _torch.ones_like(original)
            else:
                del module._forward_pre_hooks[key]
                container = PruningContainer(old)
                container.add_pruning_method(method)
                method = container
                mask = getattr(module, name + "_mask").detach().clone()
            try:
                mask = method.compute_mask(importance_scores, default_mask=mask)
                module.register_buffer(name + "_mask", mask)
                setattr(module, name, method.apply_mask(module))
                module.register_forward_pre_hook(method)
            except Exception as problem:
                if old is None:
                    original = getattr(module, name + "_orig")
                    delattr(module, name + "_orig")
                    module.register_parameter(name, original)
                raise problem
            return method
        def prune(self, t, default_mask=None, importance_scores=None):
            if importance_scores is not None:
                if importance_scores.shape != t.shape:
                    raise AssertionError("importance_scores should have the same shape as tensor t")
            else:
                importance_scores = t
            if default_mask is None: default_mask = _torch.ones_like(t)
            return t * self.compute_mask(importance_scores, default_mask=default_mask)
        def remove(self, module):
            if self._tensor_name is None:
                raise AssertionError(f"Module {module} has to be pruned before pruning can be removed")
            weight = self.apply_mask(module)
            name = self._tensor_name
            if hasattr(module, name): delattr(module, name)
            original = getattr(module, name + "_orig")
            original.data = weight.data
            delattr(module, name + "_orig")
            delattr(module, name + "_mask")
            setattr(module, name, original)

    class PruningContainer(BasePruningMethod):
        def __init__(self, *args):
            self._pruning_methods = ()
            if not isinstance(args, _Iterable) or len(args) == 1:
                self._tensor_name = args[0]._tensor_name
                self.add_pruning_method(args[0])
            elif len(args) == 0:
                self._tensor_name = None
            else:
                self._tensor_name = args[0]._tensor_name
                for method in args: self.add_pruning_method(method)
        def add_pruning_method(self, method):
            if not isinstance(method, BasePruningMethod) and method is not None:
                raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
            if method is not None and self._tensor_name != method._tensor_name:
                raise ValueError("Can only add pruning methods acting on the parameter named "
                                 f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'")
            self._pruning_methods += (method,)
        def __len__(self): return len(self._pruning_methods)
        def __iter__(self): return iter(self._pruning_methods)
        def __getitem__(self, idx): return self._pruning_methods[idx]
        def compute_mask(self, t, default_mask):
            method = self._pruning_methods[-1]
            mask = default_mask.to(dtype=t.dtype)
            if method.PRUNING_TYPE == "unstructured":
                place = mask == 1
            elif method.PRUNING_TYPE == "structured":
                if not hasattr(method, "dim"):
                    raise AttributeError("Pruning methods of PRUNING_TYPE \"structured\" need to have the attribute "
                                         "`dim` defined.")
                dim = method.dim if method.dim >= 0 else t.dim() + method.dim
                kept = mask.sum(dim=[d for d in range(t.dim()) if d != dim]) != 0
                place = tuple(kept if d == dim else slice(None) for d in range(t.dim()))
            elif method.PRUNING_TYPE == "global":
                place = tuple([slice(None)] * t.dim())
            else:
                raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
            part = method.compute_mask(t[place], default_mask=mask[place])
            new = mask.clone()
            new[place] = part.to(dtype=new.dtype)
            return new

    class Identity(BasePruningMethod):
        PRUNING_TYPE = "unstructured"
        def compute_mask(self, t, default_mask):
            return default_mask
        @classmethod
        def apply(cls, module, name):
            return super().apply(module, name)

    class RandomUnstructured(BasePruningMethod):
        PRUNING_TYPE = "unstructured"
        def __init__(self, amount):
            _check_amount(amount)
            self.amount = amount
        def compute_mask(self, t, default_mask):
            n = _count(self.amount, t.nelement())
            mask = default_mask.clone()
            if n != 0:
                chosen = _torch.topk(_torch.rand_like(t).view(-1), k=n)
                mask.view(-1)[chosen.indices] = 0
            return mask
        @classmethod
        def apply(cls, module, name, amount):
            return super().apply(module, name, amount=amount)

    class L1Unstructured(BasePruningMethod):
        PRUNING_TYPE = "unstructured"
        def __init__(self, amount):
            _check_amount(amount)
            self.amount = amount
        def compute_mask(self, t, default_mask):
            n = _count(self.amount, t.nelement())
            mask = default_mask.clone()
            if n != 0:
                chosen = _torch.topk(_torch.abs(t).view(-1), k=n, largest=False)
                mask.view(-1)[chosen.indices] = 0
            return mask
        @classmethod
        def apply(cls, module, name, amount, importance_scores=None):
            return super().apply(module, name, amount=amount, importance_scores=importance_scores)

    class RandomStructured(BasePruningMethod):
        PRUNING_TYPE = "structured"
        def __init__(self, amount, dim=-1):
            _check_amount(amount)
            self.amount = amount
            self.dim = dim
        def compute_mask(self, t, default_mask):
            _check_structured(t, self.dim)
            size = t.shape[self.dim]
            n = _count(self.amount, size)
            if n == 0: return default_mask
            draws = _torch.rand(size)
            mask = _channels(t, self.dim, draws > _torch.kthvalue(draws, k=n).values)
            return mask * default_mask.to(mask.dtype)
        @classmethod
        def apply(cls, module, name, amount, dim=-1):
            return super().apply(module, name, amount=amount, dim=dim)

    class LnStructured(BasePruningMethod):
        PRUNING_TYPE = "structured"
        def __init__(self, amount, n, dim=-1):
            _check_amount(amount)
            self.amount = amount
            self.n = n
            self.dim = dim
        def compute_mask(self, t, default_mask):
            _check_structured(t, self.dim)
            size = t.shape[self.dim]
            n = _count(self.amount, size)
            if n == 0: return default_mask
            at = self.dim if self.dim >= 0 else t.dim() + self.dim
            norm = _torch.norm(t, p=self.n, dim=[d for d in range(t.dim()) if d != at])
            mask = _channels(t, self.dim, _torch.topk(norm, k=size - n, largest=True).indices)
            return mask * default_mask.to(mask.dtype)
        @classmethod
        def apply(cls, module, name, amount, n, dim, importance_scores=None):
            return super().apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)

    class CustomFromMask(BasePruningMethod):
        PRUNING_TYPE = "global"
        def __init__(self, mask):
            self.mask = mask
        def compute_mask(self, t, default_mask):
            if default_mask.shape != self.mask.shape: raise AssertionError()
            return default_mask * self.mask.to(dtype=default_mask.dtype)
        @classmethod
        def apply(cls, module, name, mask):
            return super().apply(module, name, mask=mask)

    def identity(module, name):
        Identity.apply(module, name)
        return module
    def random_unstructured(module, name, amount):
        RandomUnstructured.apply(module, name, amount)
        return module
    def l1_unstructured(module, name, amount, importance_scores=None):
        L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
        return module
    def random_structured(module, name, amount, dim):
        RandomStructured.apply(module, name, amount, dim)
        return module
    def ln_structured(module, name, amount, n, dim, importance_scores=None):
        LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
        return module
    def custom_from_mask(module, name, mask):
        CustomFromMask.apply(module, name, mask)
        return module

    def global_unstructured(parameters, pruning_method, importance_scores=None, **kwargs):
        if not isinstance(parameters, _Iterable):
            raise TypeError("global_unstructured(): parameters is not an Iterable")
        importance_scores = importance_scores if importance_scores is not None else {}
        if not isinstance(importance_scores, dict):
            raise TypeError("global_unstructured(): importance_scores must be of type dict")
        parameters = list(parameters)
        flat = _torch.nn.utils.parameters_to_vector
        scores = flat([importance_scores.get((m, n), getattr(m, n)) for m, n in parameters])
        mask = flat([getattr(m, n + "_mask", _torch.ones_like(getattr(m, n))) for m, n in parameters])
        container = PruningContainer()
        container._tensor_name = "temp"
        method = pruning_method(**kwargs)
        method._tensor_name = "temp"
        container.add_pruning_method(method)
        if method.PRUNING_TYPE != "unstructured":
            raise TypeError("Only \"unstructured\" PRUNING_TYPE supported for the `pruning_method`. Found method "
                            f"{pruning_method} of type {method.PRUNING_TYPE}")
        mask = container.compute_mask(scores, mask)
        at = 0
        for m, n in parameters:
            t = getattr(m, n)
            custom_from_mask(m, n, mask=mask[at : at + t.numel()].view_as(t))
            at += t.numel()

    def remove(module, name):
        key, method = _method(module, name)
        if method is None:
            raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
        method.remove(module)
        del module._forward_pre_hooks[key]
        return module

    def is_pruned(module):
        return any(isinstance(hook, BasePruningMethod)
                   for _, m in module.named_modules() for hook in m._forward_pre_hooks.values())
    """#
}
