using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// How a region reads its operands: values it computes itself from their tiles; adjacent elements in place; one element for a whole tile as a scalar;
/// anything else through a scratch tile that a load operation fills.
/// </summary>
/// <param name="program">The program that load operations are added to.</param>
/// <param name="context">Addresses.</param>
/// <param name="values">The values the region has computed so far.</param>
internal sealed unsafe class RegionOperands(RegionProgram program, PlanContext context, IReadOnlyDictionary<Def, Value> values)
{
    private readonly List<(View View, Value Value)> _loads = [];

    /// <summary>The operand as a tile.</summary>
    public Value ReadTile(View view, Def user)
    {
        var value = Read(view, user);
        return value.IsScalar && program.Shape.Space > 1 ? Spread(value) : value;
    }

    /// <summary>A scalar repeated over the tile.</summary>
    public Value Spread(Value scalar)
    {
        // A value that changes from row to row must be spread in every tile.
        var moves = scalar.Pointer is { } p && p.RowStep != 0;
        var tile = new Value { ElementSize = scalar.ElementSize, IsSetup = !moves };
        (moves ? program.Body : program.Setup).Add(new(TileTable.Fill(scalar.ElementSize), tile, [scalar], 0, 0));
        return tile;
    }

    /// <summary>The operand as a tile or a scalar.</summary>
    public Value Read(View view, Def user)
    {
        if (Levels.Fuses(view, user) && values.TryGetValue(view.Def, out var computed)) return computed;
        foreach (var (known, value) in _loads)
        {
            if (known.Same(view)) return value;
        }
        var loaded = Load(view);
        _loads.Add((view, loaded));
        return loaded;
    }

    private Value Load(View view)
    {
        int size = view.Def.Type.Size();
        var start = context.Address(view);
        var memory = context.Owner(view.Def);
        if (program.Shape.Space <= 1) return Pointer(default);
        if (view.IsScalar) return new Value { ElementSize = size, IsScalar = true, Pointer = new Cursor { Base = start }, Memory = memory };
        if (view.AsRows(program.Shape.Columns) is not { } step)
        {
            var walk = context.Code.Take<Walk>(1);
            var (dims, strides) = view.Merged();
            if (dims.Count > Walk.MaxRank) throw new NotSupportedException($"the cpu backend reads operands of at most {Walk.MaxRank} axes in steps");
            walk->Rank = dims.Count;
            for (var i = 0; i < dims.Count; i++) (walk->Dims[i], walk->Strides[i]) = (dims[i], strides[i]);
            return Gathered(TileTable.Strided(size), Pointer(default), (nint)walk, 0, false);
        }
        var moving = new Cursor { RowStep = (nint)step.Row * size, ColumnStep = (nint)step.Column * size };
        if (step.Column == 1 && (program.Shape.IsStretched || step.Row == program.Shape.Columns)) return Pointer(moving);
        if (program.Shape.IsStretched && step.Column == 0) return new Value { ElementSize = size, IsScalar = true, Pointer = moving with { Base = start }, Memory = memory };
        if (!program.Shape.IsStretched && step.Column == 1 && step.Row == 0) return Gathered(TileTable.RepeatRow(size), Pointer(default), 0, 0, true);
        return Gathered(TileTable.Rows(size), Pointer(moving), step.Row, step.Column, false);

        Value Pointer(Cursor cursor) => new() { ElementSize = size, Pointer = cursor with { Base = start }, Memory = memory };

        Value Gathered(delegate*<Instr*, Frame*, void> kernel, Value source, nint p, nint q, bool once)
        {
            var tile = new Value { ElementSize = size, IsSetup = once };
            (once ? program.Setup : program.Body).Add(new(kernel, tile, [source], p, q));
            return tile;
        }
    }
}
