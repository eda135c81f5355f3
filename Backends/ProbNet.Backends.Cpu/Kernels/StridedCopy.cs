using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ProbNet.Backends.Cpu;

/// <summary>A copy between two strided layouts of the same shape; strides in elements, axes of the target in row-major order.</summary>
internal sealed unsafe class StridedCopy
{
    private const int ShortBytes = 256;

    private readonly int[] _dims, _from, _to;
    private readonly int _size;

    // Whether source elements are adjacent along the last axis but one, and the target's along the last.
    private readonly bool _turns;

    public StridedCopy(int[] dims, int[] from, int[] to, int elementSize)
    {
        // Axes of size 1 go; neighbours join where both sides step through them evenly.
        List<int> d = [], f = [], t = [];
        for (var axis = dims.Length - 1; axis >= 0; axis--)
        {
            if (dims[axis] == 1) continue;
            if (d.Count > 0 && from[axis] == f[0] * d[0] && to[axis] == t[0] * d[0])
            {
                d[0] *= dims[axis];
            }
            else
            {
                d.Insert(0, dims[axis]);
                f.Insert(0, from[axis]);
                t.Insert(0, to[axis]);
            }
        }
        if (d.Count == 0) (d, f, t) = ([1], [1], [1]);
        (_dims, _from, _to, _size) = ([.. d], [.. f], [.. t], elementSize);
        IsEmpty = dims.Contains(0);
        var turn = _dims.Length >= 2 && _to[^1] == 1 && _from[^1] != 1 ? Array.FindIndex(_from, 0, _from.Length - 1, s => s == 1) : -1;
        if (turn < 0) return;
        _turns = true;
        foreach (var array in new[] { _dims, _from, _to })
        {
            var moved = array[turn];
            Array.Copy(array, turn + 1, array, turn, array.Length - turn - 2);
            array[^2] = moved;
        }
    }

    private bool IsEmpty { get; }

    public void Run(byte* source, byte* target)
    {
        if (IsEmpty) return;
        switch (_size)
        {
            case 1: Run((byte*)source, (byte*)target, 0); break;
            case 4: Run((uint*)source, (uint*)target, 0); break;
            default: Run((ulong*)source, (ulong*)target, 0); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(T* source, T* target, int axis) where T : unmanaged
    {
        var last = _dims.Length - 1;
        if (axis == last)
        {
            Line(source, _from[last], target, _to[last], _dims[last]);
        }
        else if (axis == last - 1 && _from[last] == 1 && _to[last] == 1 && _dims[last] * sizeof(T) <= ShortBytes)
        {
            nint from = _from[axis], to = _to[axis], bytes = _dims[last] * sizeof(T);
            for (nint i = _dims[axis]; i > 0; i--, source += from, target += to) Short((byte*)source, (byte*)target, bytes);
        }
        else if (_turns && axis == last - 1)
        {
            Transposition.Copy(source, _from[axis], _from[last], target, _to[axis], _dims[axis], _dims[last]);
        }
        else
        {
            for (nint i = 0; i < _dims[axis]; i++) Run(source + i * _from[axis], target + i * _to[axis], axis + 1);
        }
    }

    /// <summary>Copies a few bytes, where calling a general copy would cost more than the copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Short(byte* from, byte* to, nint bytes)
    {
        nint at = 0;
        for (; at <= bytes - 32; at += 32) Vector256.Load(from + at).Store(to + at);
        if (at <= bytes - 16)
        {
            Vector128.Load(from + at).Store(to + at);
            at += 16;
        }
        for (; at <= bytes - 4; at += 4) *(uint*)(to + at) = *(uint*)(from + at);
        for (; at < bytes; at++) to[at] = from[at];
    }

    private static void Line<T>(T* source, nint from, T* target, nint to, int n) where T : unmanaged
    {
        if (from == 1 && to == 1)
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)(n * (nint)sizeof(T)));
        }
        else if (from == 0 && to == 1)
        {
            new Span<T>(target, n).Fill(*source);
        }
        else
        {
            for (nint i = 0; i < n; i++) target[i * to] = source[i * from];
        }
    }
}
