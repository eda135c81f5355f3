using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The emission rules: one row for each primitive but inputs, which the script is handed.</summary>
internal static class EmitTable
{
    private static readonly Dictionary<OpCode, EmitRule> Rows = new EmitRule[][]
    {
        LeafRules.Rows, UnaryRules.Rows, BinaryRules.Rows, LogicRules.Rows, MovementRules.Rows, IndexingRules.Rows, ReductionRules.Rows, LinearAlgebraRules.Rows,
        WindowRules.Rows, RandomRules.Rows, ControlRules.Rows,
    }.SelectMany(rows => rows).ToDictionary(r => r.Op);

    /// <summary>All rows.</summary>
    public static IReadOnlyCollection<EmitRule> All => Rows.Values;

    /// <summary>The row of a primitive.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static EmitRule Rule(OpCode op) => Rows.TryGetValue(op, out var row) ? row : throw new NotSupportedException($"the torch backend has no rule for {op}");
}
