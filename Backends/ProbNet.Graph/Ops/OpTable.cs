namespace ProbNet.Graph;

/// <summary>The table of primitives: one row of rules for each <see cref="OpCode"/>.</summary>
public static class OpTable
{
    private static readonly OpRule[] Rows = Build();

    /// <summary>All rows, in the order of the enumeration.</summary>
    public static IReadOnlyList<OpRule> All => Rows;

    /// <summary>The row of <paramref name="op"/>.</summary>
    public static OpRule Rule(OpCode op) => Rows[(int)op];

    private static OpRule[] Build()
    {
        var rows = new OpRule?[Enum.GetValues<OpCode>().Length];
        OpRule[] listed =
        [
            .. LoopOps.Rows,
            .. Leaves.Rows, .. UnaryOps.Rows, .. BinaryOps.Rows, .. LogicOps.Rows, .. Movement.Rows, .. Indexing.Rows,
            .. Reductions.Rows, .. LinearAlgebra.Rows, .. WindowOps.Rows, .. RandomOps.Rows,
        ];
        foreach (var row in listed)
        {
            if (rows[(int)row.Op] is not null) throw new InvalidOperationException($"{row.Op} has two rows");
            rows[(int)row.Op] = row;
        }
        return [.. rows.Select((row, op) => row ?? throw new InvalidOperationException($"{(OpCode)op} has no row"))];
    }
}
