using System.Runtime.CompilerServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// Sums and maxima over axes that lie before adjacent elements which stay: the mean of pooling windows, or over the time of a sequence. Each run of adjacent results is folded
/// from runs of the operand in place, one vector at a time, with no copy that would bring the folded axes to the end.
/// </summary>
internal sealed unsafe class InnerRunKernel<V, T> : Kernel where V : struct, IVec<V, T> where T : unmanaged
{
    private readonly T* _x, _y;
    private readonly int[] _starts;
    private readonly nint[] _folded;
    private readonly int _run;
    private readonly bool _isMax;
    private readonly string _text;

    public InnerRunKernel(Def def, PlanContext context)
    {
        var x = def.Operands[0];
        _x = (T*)context.Address(x);
        _y = (T*)context.Address(def);
        // The operand's axes: those kept, in the result's order, then those folded.
        var kept = def.Dims.Length;
        _run = x.Dims[kept - 1];
        _starts = ConvolutionKernel<V, T>.Starts(x.Dims[..(kept - 1)], x.Strides[..(kept - 1)]);
        _folded = [.. ConvolutionKernel<V, T>.Starts(x.Dims[kept..], x.Strides[kept..]).Select(s => (nint)s)];
        _isMax = def.Op == OpCode.ReduceMax;
        _text = $"{(_isMax ? "maxima" : "sums")} {_starts.Length} x {_folded.Length} runs of {_run} -> {def}";
    }

    /// <summary>Runs of results.</summary>
    public int Runs => _starts.Length;

    public override string Describe() => _text;

    public override void Run(int chunk, int worker)
    {
        int from = (int)((long)_starts.Length * chunk / Chunks), to = (int)((long)_starts.Length * (chunk + 1) / Chunks);
        if (_isMax) Fold<Two>(from, to);
        else Fold<One>(from, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fold<TMax>(int from, int to) where TMax : struct, INumber
    {
        nint run = _run, count = _folded.Length;
        fixed (nint* folded = _folded)
        {
            for (var i = from; i < to; i++)
            {
                T* x = _x + _starts[i], y = _y + i * run;
                for (nint c = 0; c < run; c += V.Count)
                {
                    var sum = V.Load(x + folded[0] + c);
                    for (nint k = 1; k < count; k++)
                    {
                        var next = V.Load(x + folded[k] + c);
                        sum = TMax.N > 1 ? V.Max(sum, next) : sum + next;
                    }
                    if (run - c >= V.Count) sum.Store(y + c);
                    else sum.StorePart(y + c, (int)(run - c));
                }
            }
        }
    }
}
