using ProbNet.Graph;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The moments of the points that a run collects, elementwise, in double precision: the mean m_n, the sum of squared differences from it, and the last deviations x_n - m_n, each from the mean with its
/// own point included. With d = x_n - m_(n-1): m_n = m_(n-1) + d / n, S_n = S_(n-1) + d (x_n - m_n), and the variance is S_n / n, which is the mean of squares minus the square of the mean without their
/// cancellation.
/// </summary>
/// <remarks>
/// Source: Welford, Note on a method for calculating corrected sums of squares and products, Technometrics 4 (1962); the deviations as in Maddox et al., NeurIPS 2019, algorithm 1, where the running mean
/// is updated before the column is appended, so that the column of the first point is 0.
/// </remarks>
internal sealed class RunningMoments : ISnapshots
{
    private readonly Collection _collection;
    private readonly EqArray<Shape> _shapes;
    private readonly DType _precision;
    private readonly int _rank;
    private readonly double[][] _means, _squares;
    private readonly List<HostTensor[]> _deviations = [];

    /// <summary>No points yet.</summary>
    /// <param name="collection">When points are collected.</param>
    /// <param name="shapes">The shapes of the parameters.</param>
    /// <param name="precision">The type in which deviations are held.</param>
    /// <param name="rank">The most deviations held.</param>
    /// <param name="withSquares">Whether squares are held; without them there is no variance.</param>
    public RunningMoments(Collection collection, EqArray<Shape> shapes, DType precision, int rank, bool withSquares = true)
    {
        (_collection, _shapes, _precision, _rank) = (collection, shapes, precision, rank);
        _means = [.. shapes.Select(s => new double[s.Size])];
        _squares = [.. shapes.Select(s => new double[withSquares ? s.Size : 0])];
    }

    /// <summary>The number of points collected.</summary>
    public int Count { get; private set; }

    /// <summary>The number of deviations held.</summary>
    public int Held => _deviations.Count;

    /// <summary>Bytes that all will take when everything is collected, and a copy of the parameters on its way in.</summary>
    public static long Bytes(long elements, DType precision, int held, bool withSquares) => elements * (withSquares ? 16 : 8) + elements * precision.Size() * (held + 1L) + elements * 8;

    /// <inheritdoc/>
    public bool Wants(int epoch) => _collection.Has(epoch);

    /// <inheritdoc/>
    public void Take(int epoch, EqArray<HostTensor> parameters)
    {
        Count++;
        var deviations = new HostTensor[_rank > 0 ? _shapes.Count : 0];
        for (var p = 0; p < _shapes.Count; p++)
        {
            var (values, mean, squares) = (parameters[p].ToDoubles(), _means[p], _squares[p]);
            for (var i = 0; i < values.Length; i++)
            {
                var before = values[i] - mean[i];
                mean[i] += before / Count;
                var after = values[i] - mean[i];
                if (squares.Length > 0) squares[i] += before * after;
                values[i] = after;
            }
            if (_rank > 0) deviations[p] = HostTensor.FromDoubles(_precision, _shapes[p], values);
        }
        if (_rank == 0) return;
        if (_deviations.Count == _rank) _deviations.RemoveAt(0);
        _deviations.Add(deviations);
    }

    /// <summary>The mean of a parameter.</summary>
    public HostTensor Mean(int parameter) => HostTensor.FromDoubles(_precision, _shapes[parameter], _means[parameter]);

    /// <summary>The variance of a parameter, elementwise, the number of points being the divisor; never below 0.</summary>
    public HostTensor Variance(int parameter) => HostTensor.FromDoubles(_precision, _shapes[parameter], Array.ConvertAll(_squares[parameter], s => Math.Max(s / Count, 0)));

    /// <summary>The deviations of a parameter held, oldest first, on a new axis before all but the first <paramref name="leading"/>.</summary>
    public HostTensor Deviations(int parameter, int leading = 0)
    {
        var shape = _shapes[parameter];
        var result = HostTensor.Zeros(_precision, shape[..leading].Concat(shape[leading..].Prepend(Held)));
        var (outer, inner) = (shape[..leading].Size, shape[leading..].Size);
        for (var k = 0; k < Held; k++)
        {
            for (var m = 0; m < outer; m++) Array.Copy(_deviations[k][parameter].Data, m * inner, result.Data, (m * Held + k) * inner, inner);
        }
        return result;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, HostTensor> Save()
    {
        var state = new Dictionary<string, HostTensor> { ["count"] = HostTensor.Scalar(Count) };
        for (var p = 0; p < _shapes.Count; p++)
        {
            state[$"mean.{p}"] = HostTensor.Of([_means[p].Length], [.. _means[p]]);
            state[$"squares.{p}"] = HostTensor.Of([_squares[p].Length], [.. _squares[p]]);
            for (var k = 0; k < Held; k++) state[$"deviation.{p}.{k}"] = _deviations[k][p];
        }
        return state;
    }

    /// <inheritdoc/>
    public void Restore(IReadOnlyDictionary<string, HostTensor> state)
    {
        Count = (int)state["count"][0];
        _deviations.Clear();
        for (var p = 0; p < _shapes.Count; p++)
        {
            state[$"mean.{p}"].Span<double>().CopyTo(_means[p]);
            state[$"squares.{p}"].Span<double>().CopyTo(_squares[p]);
            for (var k = 0; state.TryGetValue($"deviation.{p}.{k}", out var deviation); k++)
            {
                if (k == _deviations.Count) _deviations.Add(new HostTensor[_shapes.Count]);
                _deviations[k][p] = deviation;
            }
        }
    }
}
