import MiniPython

extension WrittenModules {
  /// `nn.AdaptiveLogSoftmaxWithLoss`: frequent classes in one layer, rare ones in clusters behind narrower layers.
  ///
  /// Source: Grave, Joulin, Cissé, Grangier, Jégou: Efficient softmax approximation for GPUs (2017).
  static let adaptiveSoftmax = WrittenModule(
    name: "torch.nn.modules.adaptive",
    source: #"""
      from collections import namedtuple as _namedtuple
      import torch
      from torch import nn
      import torch.nn.functional as F

      _ASMoutput = _namedtuple("_ASMoutput", ["output", "loss"])

      class AdaptiveLogSoftmaxWithLoss(nn.Module):
          def __init__(self, in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None):
              super().__init__()
              ends = list(cutoffs)
              if not ends: raise ValueError("cutoffs should be a sequence of length larger than 0")
              if ends != sorted(set(ends)) or ends[0] <= 0 or ends[-1] > n_classes - 1 or any(int(c) != c for c in ends):
                  raise ValueError("cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1")
              self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, ends + [n_classes]
              self.div_value, self.head_bias = div_value, head_bias
              self.shortlist_size, self.n_clusters = ends[0], len(ends)
              self.head_size = self.shortlist_size + self.n_clusters
              self.head = nn.Linear(in_features, self.head_size, bias=head_bias, dtype=dtype)
              self.tail = nn.ModuleList()
              for k in range(self.n_clusters):
                  width = int(in_features // div_value ** (k + 1))
                  self.tail.append(nn.Sequential(
                      nn.Linear(in_features, width, bias=False, dtype=dtype),
                      nn.Linear(width, self.cutoffs[k + 1] - self.cutoffs[k], bias=False, dtype=dtype)))

          def reset_parameters(self):
              self.head.reset_parameters()
              for cluster in self.tail:
                  for layer in cluster: layer.reset_parameters()

          def _check(self, x, target):
              if target.dim() > 1: raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
              if target.dim() == 1 and x.size(0) != target.size(0):
                  raise RuntimeError("Input and target should have the same size in the batch dimension.")
              if x.dim() != target.dim() + 1:
                  raise RuntimeError(f"{target.dim()}D target tensor expects {target.dim() + 1}D input tensors, but found inputs with size {x.size()}")

          def forward(self, input_, target_):
              self._check(input_, target_)
              single = target_.dim() == 0
              x, target = (input_.unsqueeze(0), target_.unsqueeze(0)) if single else (input_, target_)
              count, used = target.size(0), 0
              output, places = x.new_zeros(count), target.new_empty(count)
              starts = [0] + self.cutoffs
              for k, (low, high) in enumerate(zip(starts, starts[1:])):
                  mask = (target >= low) & (target < high)
                  rows = mask.nonzero().squeeze()
                  if rows.numel() == 0: continue
                  if k == 0: places.index_copy_(0, rows, target[mask])
                  else:
                      own = target[mask] - low
                      scores = self.tail[k - 1](x.index_select(0, rows))
                      places.index_fill_(0, rows, self.shortlist_size + k - 1)
                      output.index_copy_(0, rows, F.log_softmax(scores, dim=1).gather(1, own.unsqueeze(1)).squeeze(1))
                  used += rows.numel()
              if used != count:
                  raise RuntimeError(f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()}, {target.max().item()}] were found. ")
              output += F.log_softmax(self.head(x), dim=1).gather(1, places.unsqueeze(1)).squeeze()
              loss = (-output).mean()
              return _ASMoutput(output.squeeze(0) if single else output, loss)

          def _whole(self, x, head):
              out = x.new_empty((head.size(0), self.n_classes))
              first = F.log_softmax(head, dim=1)
              out[:, :self.shortlist_size] = first[:, :self.shortlist_size]
              for k, (low, high) in enumerate(zip(self.cutoffs, self.cutoffs[1:])):
                  out[:, low:high] = F.log_softmax(self.tail[k](x), dim=1) + first[:, self.shortlist_size + k].unsqueeze(1)
              return out

          def log_prob(self, input): return self._whole(input, self.head(input))

          def predict(self, input):
              head = self.head(input)
              output = head.argmax(dim=1)
              rare = output >= self.shortlist_size
              if not rare.any(): return output
              if rare.all(): return self._whole(input, head).argmax(dim=1)
              output[rare] = self._whole(input[rare], head[rare]).argmax(dim=1)
              return output
      """#)

  /// Layers that are written in the language, by name.
  static func layer(_ name: String, _ cache: RunState, _ i: Interpreter) throws -> Value? {
    let layers = [
      "AdaptiveLogSoftmaxWithLoss": adaptiveSoftmax, "DataParallel": dataParallelism,
    ]
    return try layers[name].flatMap { try make($0.name, cache, i) }.flatMap { try i.attribute($0, name) }
  }
}
