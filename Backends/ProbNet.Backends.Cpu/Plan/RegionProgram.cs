using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>A value of a region's program: a tile in scratch memory, or a pointer into a buffer.</summary>
internal sealed class Value
{
    public required int ElementSize { get; init; }

    /// <summary>Whether one element serves the whole tile.</summary>
    public bool IsScalar { get; init; }

    /// <summary>For a pointer: where it starts and how it moves with row, column and chunk, in bytes.</summary>
    public Cursor? Pointer { get; init; }

    /// <summary>For a tile of a stored definition: where its elements go.</summary>
    public Cursor? Store { get; init; }

    /// <summary>The definition whose memory a pointer reads, or a stored tile writes.</summary>
    public Def? Memory { get; init; }

    /// <summary>Whether the setup, and not the program, computes it; then it lives throughout.</summary>
    public bool IsSetup { get; init; }

    /// <summary>The last instruction that reads it.</summary>
    public int LastUse { get; set; } = -1;

    /// <summary>The register, once assigned.</summary>
    public int Register { get; set; } = -1;

    /// <summary>The scratch slot, or -1.</summary>
    public int Slot { get; set; } = -1;
}

/// <summary>An instruction before registers are assigned.</summary>
internal sealed unsafe class Operation(delegate*<Instr*, Frame*, void> kernel, Value? result, Value[] operands, nint p, nint q)
{
    public delegate*<Instr*, Frame*, void> Kernel { get; } = kernel;

    /// <summary>What it computes; null for a reduction, whose second operand is what it adds to.</summary>
    public Value? Result { get; } = result;

    /// <summary>Up to three. Of a reduction: the tile, where it adds or writes, and a row's running total.</summary>
    public Value[] Operands { get; } = operands;

    public nint P { get; } = p;

    public nint Q { get; } = q;
}

/// <summary>A region's space seen as rows × columns, and how it is cut into tiles.</summary>
/// <param name="Space">Elements.</param>
/// <param name="Columns">Columns; all elements where there is one row.</param>
internal readonly record struct RegionShape(int Space, int Columns)
{
    // Rows at least this long are worked on in stretches; shorter ones several at a time.
    private const int LongRow = 512;

    public int Rows => Columns == 0 ? 0 : Space / Columns;

    /// <summary>Whether a tile is a stretch of one row rather than several whole rows.</summary>
    public bool IsStretched => Rows == 1 || Columns >= LongRow;

    /// <summary>The row length under which most strided operands and reductions of the step are simple.</summary>
    public static RegionShape Choose(Step step)
    {
        var votes = new Dictionary<int, int>();
        foreach (var def in step.Defs)
        {
            if (def.Kind == DefKind.Reduce && def.Fold.Form != FoldForm.All && def.Fold.Columns < step.Space) Vote(def.Fold.Columns, 8);
            foreach (var operand in def.Operands)
            {
                if (Levels.ReadsByAddress(def, operand)) continue;
                var (dims, _) = operand.Merged();
                if (dims.Count > 1) Vote(dims[^1], 1);
            }
        }
        var best = step.Space;
        foreach (var (columns, count) in votes)
        {
            if (best == step.Space || count > votes[best] || (count == votes[best] && columns > best)) best = columns;
        }
        return new(step.Space, best);

        void Vote(int columns, int weight) => votes[columns] = votes.GetValueOrDefault(columns) + weight;
    }
}

/// <summary>A region as operations on values.</summary>
internal sealed class RegionProgram(RegionShape shape)
{
    public RegionShape Shape { get; } = shape;

    /// <summary>What is done once, before the tiles.</summary>
    public List<Operation> Setup { get; } = [];

    /// <summary>What is done for each tile.</summary>
    public List<Operation> Body { get; } = [];

    /// <summary>A truth value that decides for the whole region, or null: where it is false, <see cref="Otherwise"/> is done instead of <see cref="Body"/>.</summary>
    public Value? Guard { get; set; }

    /// <summary>What is copied where.</summary>
    public List<(Value From, Value To)> Otherwise { get; } = [];

    /// <summary>The values reductions add to.</summary>
    public List<(Value Value, Accumulator Accumulator)> Accumulators { get; } = [];

    /// <summary>Running totals of rows that are worked on in stretches.</summary>
    public List<Value> Running { get; } = [];
}
