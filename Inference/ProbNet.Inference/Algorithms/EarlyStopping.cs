using ProbNet.Graph;

namespace ProbNet.Inference.Algorithms;

/// <summary>Keeps the parameters of the epoch with the lowest criterion, and says when it has not improved for too long.</summary>
/// <param name="patience">Epochs without improvement that are waited for.</param>
internal sealed class EarlyStopping(int patience)
{
    /// <summary>The criterion of the best epoch.</summary>
    public double Lowest { get; private set; } = double.PositiveInfinity;

    /// <summary>The best epoch so far and its parameters, or null before the first.</summary>
    public (int Epoch, EqArray<HostTensor> Parameters)? Best { get; private set; }

    /// <summary>Takes an epoch's criterion; lower is better, NaN never is. Whether it is the best so far.</summary>
    public bool Offer(int epoch, double criterion, Func<EqArray<HostTensor>> parameters)
    {
        if (Best is not null && !(criterion < Lowest)) return false;
        (Lowest, Best) = (double.IsNaN(criterion) ? double.PositiveInfinity : criterion, (epoch, parameters()));
        return true;
    }

    /// <summary>Goes back to an earlier state.</summary>
    public void Restore(double lowest, int epoch, EqArray<HostTensor> parameters) => (Lowest, Best) = (lowest, (epoch, parameters));

    /// <summary>Whether the best epoch lies too far back.</summary>
    public bool IsOver(int epoch) => Best is { } best && epoch - best.Epoch >= patience;
}
