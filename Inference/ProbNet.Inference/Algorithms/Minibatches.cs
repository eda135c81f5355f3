using ProbNet.Graph;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The partition of the rows into batches, epoch by epoch: a random permutation that depends on (seed, epoch) only, cut into batches of B; a last batch
/// that is not full is filled up with its first row at weight 0. Mutable buffers, allocated once.
/// </summary>
internal sealed class Minibatches
{
    private const uint Stream = 0x62617463; // "batc", apart from all site streams, which are hashes of names within named sources

    private readonly int[] _order;
    private readonly float[] _single;
    private readonly int _size;
    private readonly long _seed;

    public Minibatches(int total, int size, long seed)
    {
        (_order, _size, _seed) = (new int[total], size, seed);
        Index = new long[size];
        Weight = new double[size];
        _single = new float[size];
    }

    /// <summary>The number of batches in an epoch.</summary>
    public int Count => (_order.Length + _size - 1) / _size;

    /// <summary>The rows of the current batch.</summary>
    public long[] Index { get; }

    /// <summary>Their weights.</summary>
    public double[] Weight { get; }

    /// <summary>Draws the permutation of an epoch (Fisher and Yates).</summary>
    public void Shuffle(int epoch)
    {
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        var words = default(Philox.Words);
        for (var i = _order.Length - 1; i > 0; i--)
        {
            var k = _order.Length - 1 - i;
            if (k % 4 == 0) words = Philox.At(_seed, epoch, 0, Stream, (uint)(k / 4));
            var j = (int)(((ulong)words[k % 4] * (ulong)(i + 1)) >> 32);
            (_order[i], _order[j]) = (_order[j], _order[i]);
        }
    }

    /// <summary>Fills <see cref="Index"/> and <see cref="Weight"/> with a batch of the epoch.</summary>
    public void Take(int batch)
    {
        var first = batch * _size;
        for (var i = 0; i < _size; i++)
        {
            var isReal = first + i < _order.Length;
            Index[i] = _order[isReal ? first + i : first];
            Weight[i] = isReal ? Count : 0;
        }
    }

    /// <summary>Sets an input of weights. Allocates nothing.</summary>
    public void WriteWeight(IExecutable executable, int input, DType precision)
    {
        if (precision == DType.F64)
        {
            executable.Write<double>(input, Weight);
            return;
        }
        for (var i = 0; i < _size; i++) _single[i] = (float)Weight[i];
        executable.Write<float>(input, _single);
    }
}
