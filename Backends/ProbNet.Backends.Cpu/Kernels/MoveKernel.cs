using ProbNet.Graph;

using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>Copies, concatenation and padding: strided pieces written into one buffer, which may be cleared first.</summary>
internal sealed unsafe class MoveKernel(string text) : Kernel
{
    private readonly List<(StridedCopy Copy, nint From, nint To)> _pieces = [];

    /// <summary>The target and its size in bytes, when it must be cleared.</summary>
    public (nint Start, nint Bytes) Cleared { get; init; }

    /// <summary>Adds a piece: the view's elements, placed from <paramref name="to"/> with the given strides.</summary>
    public void Add(View view, byte* from, byte* to, int[] strides) =>
        _pieces.Add((new StridedCopy(view.Dims, view.Strides, strides, ProbNet.Graph.DTypes.Size(view.Def.Type)), (nint)from, (nint)to));

    public override string Describe() => text;

    public override void Run(int chunk, int worker)
    {
        var (start, bytes) = Cleared;
        for (nint at = 0; at < bytes; at += 1 << 30) Unsafe.InitBlockUnaligned((byte*)start + at, 0, (uint)Math.Min(bytes - at, 1 << 30));
        foreach (var (copy, from, to) in _pieces) copy.Run((byte*)from, (byte*)to);
    }
}
