using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Rows of a table by index.</summary>
internal sealed unsafe class GatherKernel(Def def, PlanContext context) : Kernel
{
    private const nint Line = 64, Ahead = 16;

    private readonly byte* _table = context.Address(def.Operands[0]), _result = context.Address(def);
    private readonly long* _indices = (long*)context.Address(def.Operands[1]);
    private readonly int _rows = def.Operands[0].Dims[0], _count = def.Operands[1].Size;
    private readonly nint _step = def.Operands[0].Strides[0] * (nint)def.Type.Size();
    private readonly nint _rowBytes = Views.Product(def.Operands[0].Dims.AsSpan(1)) * (nint)def.Type.Size();

    public override string Describe() => $"gather {_count} rows of {_rowBytes} bytes -> {def}";

    public override void Run(int chunk, int worker)
    {
        for (nint i = 0; i < _count; i++)
        {
            var index = Indices.Check(OpCode.Gather, _indices[i], _rows);
            // The rows of a shuffled batch lie anywhere: the next one is asked for while this one is copied.
            if (_rowBytes >= Line && i + 1 < _count && Sse.IsSupported && (ulong)_indices[i + 1] < (ulong)_rows)
            {
                var next = _table + (nint)_indices[i + 1] * _step;
                for (nint at = 0; at < _rowBytes; at += Line) Sse.Prefetch1(next + at);
            }
            if (_rowBytes < Line && i + Ahead < _count && Sse.IsSupported && (ulong)_indices[i + Ahead] < (ulong)_rows) Sse.Prefetch0(_table + (nint)_indices[i + Ahead] * _step);
            if (_rowBytes == 4) ((uint*)_result)[i] = *(uint*)(_table + index * _step);
            else if (_rowBytes == 8) ((ulong*)_result)[i] = *(ulong*)(_table + index * _step);
            else Unsafe.CopyBlockUnaligned(_result + i * _rowBytes, _table + index * _step, (uint)_rowBytes);
        }
    }
}

/// <summary>Rows added to a zeroed table at given indices, one after the other.</summary>
internal sealed unsafe class ScatterKernel<T>(Def def, PlanContext context) : Kernel where T : unmanaged, System.Numerics.INumber<T>
{
    private readonly T* _updates = (T*)context.Address(def.Operands[1]), _result = (T*)context.Address(def);
    private readonly long* _indices = (long*)context.Address(def.Operands[0]);
    private readonly int _rows = def.Node!.Shape[0], _count = def.Operands[0].Size;
    private readonly int _row = def.Node!.Shape[1..].Size;

    public override string Describe() => $"scatter-add {_count} rows of {_row} -> {def}";

    public override void Run(int chunk, int worker)
    {
        new Span<T>(_result, def.Size).Clear();
        for (nint i = 0; i < _count; i++) Indices.Check(OpCode.ScatterAdd, _indices[i], _rows);
        for (nint i = 0; i < _count; i++)
        {
            T* to = _result + (nint)_indices[i] * _row, from = _updates + i * _row;
            for (nint j = 0; j < _row; j++) to[j] = unchecked(to[j] + from[j]);
        }
    }
}

/// <summary>The index of each row's first largest element; NaN counts as the largest.</summary>
internal sealed unsafe class ArgMaxKernel<T>(Def def, PlanContext context) : Kernel where T : unmanaged, System.Numerics.INumber<T>
{
    private readonly T* _x = (T*)context.Address(def.Operands[0]);
    private readonly long* _result = (long*)context.Address(def);
    private readonly int _columns = def.Operands[0].Dims[^1];

    public override string Describe() => $"argmax over {_columns} -> {def}";

    public override void Run(int chunk, int worker)
    {
        var row = _x;
        for (nint i = 0; i < def.Size; i++, row += _columns)
        {
            nint best = 0;
            for (nint j = 1; j < _columns; j++)
            {
                if (row[j] > row[best] || (T.IsNaN(row[j]) && !T.IsNaN(row[best]))) best = j;
            }
            _result[i] = best;
        }
    }
}

internal static class Indices
{
    public static nint Check(OpCode op, long index, int rows) =>
        (ulong)index < (ulong)rows ? (nint)index : throw new ArgumentOutOfRangeException(nameof(index), index, $"{op}: index {index} is outside an axis of size {rows}");
}
