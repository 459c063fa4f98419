import MiniPython

extension WrittenModules {
  /// `torch.nn.utils.prune`: a weight becomes the product of what it was, a parameter still, and a mask, a buffer.
  /// A hook before every `forward` computes it anew.
  ///
  /// A method says with `compute_mask` what stays; everything else is the same for all. The module is changed only once
  /// the mask is there, so that a refusal leaves it as it was.
  /// Source: https://docs.pytorch.org/docs/2.13/nn.html#utilities
  static let pruning = WrittenModule(
    name: "torch.nn.utils.prune",
    source: #"""
      import numbers as _numbers
      from abc import ABC as _ABC, abstractmethod as _abstractmethod
      from collections.abc import Iterable as _Iterable
      import torch as _torch

      def _method(module, name):
          # The hook that prunes this tensor, and its number.
          for key, hook in module._forward_pre_hooks.items():
              if isinstance(hook, BasePruningMethod) and hook._tensor_name == name: return key, hook
          return None, None

      def _scores(given, t, message):
          if given is not None and given.shape != t.shape:
              raise AssertionError(f"{message}, got {given.shape} vs {t.shape}")
          return t if given is None else given

      def _narrowed(method, t, mask):
          # The mask after one more method, which sees only what the mask has left.
          kind = method.PRUNING_TYPE
          everything = [slice(None)] * t.dim()
          if kind == "unstructured": place = mask == 1
          elif kind == "global": place = tuple(everything)
          elif kind == "structured":
              if not hasattr(method, "dim"):
                  raise AttributeError("Pruning methods of PRUNING_TYPE \"structured\" need to have the attribute "
                                       "`dim` defined.")
              at = method.dim % t.dim()
              everything[at] = mask.transpose(0, at).reshape(mask.shape[at], -1).sum(1) != 0
              place = tuple(everything)
          else: raise ValueError(f"Unrecognized PRUNING_TYPE {kind}")
          narrowed = mask.clone()
          narrowed[place] = method.compute_mask(t[place], default_mask=mask[place]).to(dtype=mask.dtype)
          return narrowed

      class BasePruningMethod(_ABC):
          _tensor_name: str
          def __call__(self, module, inputs): setattr(module, self._tensor_name, self.apply_mask(module))
          @_abstractmethod
          def compute_mask(self, t, default_mask): pass
          def apply_mask(self, module):
              if self._tensor_name is None: raise AssertionError(f"Module {module} has to be pruned")
              whole, mask = (getattr(module, self._tensor_name + end) for end in ("_orig", "_mask"))
              return mask.to(dtype=whole.dtype) * whole
          @classmethod
          def apply(cls, module, name, *args, importance_scores=None, **kwargs):
              key, earlier = _method(module, name)
              method = cls(*args, **kwargs)
              method._tensor_name = name
              t = getattr(module, name)
              scores = _scores(importance_scores, t,
                               f"importance_scores should have the same shape as parameter {name} of {module}")
              if earlier is None:
                  mask = method.compute_mask(scores, default_mask=_torch.ones_like(t))
                  delattr(module, name)
                  module.register_parameter(name + "_orig", t)
              else:
                  method = PruningContainer(earlier, method)
                  mask = method.compute_mask(scores, default_mask=getattr(module, name + "_mask").detach())
                  del module._forward_pre_hooks[key]
              module.register_buffer(name + "_mask", mask)
              method(module, None)
              module.register_forward_pre_hook(method)
              return method
          def prune(self, t, default_mask=None, importance_scores=None):
              scores = _scores(importance_scores, t, "importance_scores should have the same shape as tensor t")
              return t * self.compute_mask(scores, _torch.ones_like(t) if default_mask is None else default_mask)
          def remove(self, module):
              name = self._tensor_name
              if name is None: raise AssertionError(f"Module {module} has to be pruned before pruning can be removed")
              whole = getattr(module, name + "_orig")
              whole.data = self.apply_mask(module).data
              for end in ("", "_orig", "_mask"): delattr(module, name + end)
              setattr(module, name, whole)

      class PruningContainer(BasePruningMethod):
          def __init__(self, *args):
              self._pruning_methods = ()
              self._tensor_name = args[0]._tensor_name if args else None
              for method in args: self.add_pruning_method(method)
          def add_pruning_method(self, method):
              if method is not None:
                  if not isinstance(method, BasePruningMethod):
                      raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
                  if self._tensor_name != method._tensor_name:
                      raise ValueError(
                          "Can only add pruning methods acting on the parameter named "
                          f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'")
              self._pruning_methods += (method,)
          def __len__(self): return len(self._pruning_methods)
          def __iter__(self): return iter(self._pruning_methods)
          def __getitem__(self, idx): return self._pruning_methods[idx]
          def compute_mask(self, t, default_mask):
              # What the earlier ones took is in the mask.
              return _narrowed(self._pruning_methods[-1], t, default_mask.to(dtype=t.dtype))

      class Identity(BasePruningMethod):
          PRUNING_TYPE = "unstructured"
          def compute_mask(self, t, default_mask): return default_mask

      class CustomFromMask(BasePruningMethod):
          PRUNING_TYPE = "global"
          def __init__(self, mask): self.mask = mask
          def compute_mask(self, t, default_mask):
              if default_mask.shape != self.mask.shape: raise AssertionError()
              return default_mask * self.mask.to(dtype=default_mask.dtype)

      class _ByAmount(BasePruningMethod):
          # So many, or such a part.
          def __init__(self, amount):
              if not isinstance(amount, _numbers.Real):
                  raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
              if amount < 0 or not isinstance(amount, _numbers.Integral) and not amount <= 1:
                  raise ValueError(
                      f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")
              self.amount = amount
          def _count(self, size):
              if not isinstance(self.amount, _numbers.Integral): return round(self.amount * size)
              if self.amount > size:
                  raise ValueError(
                      f"amount={self.amount} should be smaller than the number of parameters to prune={size}")
              return self.amount

      class _Unstructured(_ByAmount):
          # `_chosen` says which `n` elements go.
          PRUNING_TYPE = "unstructured"
          def compute_mask(self, t, default_mask):
              n = self._count(t.nelement())
              mask = default_mask.clone()
              if n: mask.view(-1)[self._chosen(t, n)] = 0
              return mask

      class RandomUnstructured(_Unstructured):
          def _chosen(self, t, n): return _torch.rand_like(t).view(-1).topk(n).indices

      class L1Unstructured(_Unstructured):
          def _chosen(self, t, n): return t.abs().view(-1).topk(n, largest=False).indices

      class _Structured(_ByAmount):
          # `_kept` says which slices along a dimension stay when `n` of them go.
          PRUNING_TYPE = "structured"
          def __init__(self, amount, dim=-1):
              super().__init__(amount)
              self.dim = dim
          def compute_mask(self, t, default_mask):
              if t.dim() <= 1:
                  raise ValueError(
                      "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                      f"{t.shape} with {t.dim()} dims")
              if self.dim >= t.dim(): raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
              n = self._count(t.shape[self.dim])
              if n == 0: return default_mask
              mask = _torch.zeros_like(t)
              mask.transpose(0, self.dim)[self._kept(t, n)] = 1
              return mask * default_mask.to(mask.dtype)

      class RandomStructured(_Structured):
          def _kept(self, t, n):
              draws = _torch.rand(t.shape[self.dim])
              return draws > draws.kthvalue(n).values

      class LnStructured(_Structured):
          def __init__(self, amount, n, dim=-1):
              super().__init__(amount, dim)
              self.n = n
          def _kept(self, t, n):
              at = self.dim % t.dim()
              norms = _torch.norm(t, p=self.n, dim=[d for d in range(t.dim()) if d != at])
              return norms.topk(len(norms) - n).indices

      def identity(module, name):
          Identity.apply(module, name)
          return module
      def random_unstructured(module, name, amount):
          RandomUnstructured.apply(module, name, amount)
          return module
      def l1_unstructured(module, name, amount, importance_scores=None):
          L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
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
          if not isinstance(importance_scores, (dict, type(None))):
              raise TypeError("global_unstructured(): importance_scores must be of type dict")
          parameters, given = list(parameters), importance_scores or {}
          method = pruning_method(**kwargs)
          if method.PRUNING_TYPE != "unstructured":
              raise TypeError("Only \"unstructured\" PRUNING_TYPE supported for the `pruning_method`. Found method "
                              f"{pruning_method} of type {method.PRUNING_TYPE}")
          # All tensors as one, then its mask in their pieces.
          flat = _torch.nn.utils.parameters_to_vector
          tensors = [getattr(m, n) for m, n in parameters]
          mask = flat([getattr(m, n + "_mask", _torch.ones_like(t)) for (m, n), t in zip(parameters, tensors)])
          mask = _narrowed(method, flat([given.get(p, t) for p, t in zip(parameters, tensors)]), mask)
          for (m, n), t, part in zip(parameters, tensors, mask.split([t.numel() for t in tensors])):
              custom_from_mask(m, n, mask=part.view_as(t))

      def remove(module, name):
          key, method = _method(module, name)
          if method is None:
              raise ValueError(
                  f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
          method.remove(module)
          del module._forward_pre_hooks[key]
          return module

      def is_pruned(module):
          return any(isinstance(hook, BasePruningMethod)
                     for _, m in module.named_modules() for hook in m._forward_pre_hooks.values())
      """#)
}
