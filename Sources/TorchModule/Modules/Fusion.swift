import MiniPython

extension WrittenModules {
  /// `torch.nn.utils.fusion`: a normalization that no longer learns, as a part of the layer before it.
  static let fusion = WrittenModule(
    name: "torch.nn.utils.fusion",
    source: #"""
      import copy as _copy
      import torch
      from torch import nn as _nn

      def _scales(rm, rv, eps, w, b):
          w = torch.ones_like(rm) if w is None else w
          return w * torch.rsqrt(rv + eps), torch.zeros_like(rm) if b is None else b
      def _fused(weight, bias, rm, rv, eps, w, b, shape):
          bias = torch.zeros_like(rm) if bias is None else bias
          scale, shift = _scales(rm, rv, eps, w, b)
          return (_nn.Parameter((weight * scale.reshape(shape)).to(weight.dtype), weight.requires_grad),
                  _nn.Parameter(((bias - rm) * scale + shift).to(weight.dtype), bias.requires_grad))
      def fuse_conv_bn_weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False):
          shape = [1, -1] + [1] * (conv_w.dim() - 2) if transpose else [-1, 1] + [1] * (conv_w.dim() - 2)
          return _fused(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape)
      def fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b):
          return _fused(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])
      def _checked(layer, bn):
          if layer.training or bn.training: raise AssertionError("Fusion only for eval!")
          return _copy.deepcopy(layer)
      def fuse_conv_bn_eval(conv, bn, transpose=False):
          made = _checked(conv, bn)
          made.weight, made.bias = fuse_conv_bn_weights(made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose)
          return made
      def fuse_linear_bn_eval(linear, bn):
          made = _checked(linear, bn)
          made.weight, made.bias = fuse_linear_bn_weights(made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
          return made
      """#)
}
