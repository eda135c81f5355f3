using ProbNet.Graph;

namespace ProbNet.Inference.Posteriors;

/// <summary>Running means and squares of the draws of expressions: memory does not grow with the number of draws.</summary>
internal sealed class DrawMoments(int size)
{
    private readonly double[] _mean = new double[size], _squares = new double[size];
    private long _count;

    /// <summary>Takes the next draw. Source: Welford, Note on a method for calculating corrected sums of squares and products, Technometrics 4 (1962).</summary>
    public void Add(HostTensor values, int from)
    {
        _count++;
        for (var i = 0; i < _mean.Length; i++)
        {
            var x = values[from + i];
            var away = x - _mean[i];
            _mean[i] += away / _count;
            _squares[i] += away * (x - _mean[i]);
        }
    }

    /// <summary>The means.</summary>
    public double[] Mean => _mean;

    /// <summary>The standard deviations; over all that there is, or of a sample (S - 1 in the denominator).</summary>
    public double[] Deviation(bool isAll) => Array.ConvertAll(_squares, s => _count > 1 ? Math.Sqrt(Math.Max(0, s) / (isAll ? _count : _count - 1)) : 0);
}
