using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>How a primitive is written in TorchScript with what libtorch itself has: the row of <see cref="EmitTable"/>.</summary>
/// <param name="Op">The primitive.</param>
/// <param name="Write">
/// From the node, the expressions of its operands, and the script being written: an expression of the result. Operands are names or short expressions, each a tensor of exactly the
/// operand's shape and type, with any strides; the result must have the node's shape and type, and may share memory with an operand. Longer rules write lines of
/// their own through the script, or call a function of <see cref="Prelude"/>.
/// </param>
internal sealed record EmitRule(OpCode Op, Func<Tensor, string[], ScriptWriter, string> Write);
