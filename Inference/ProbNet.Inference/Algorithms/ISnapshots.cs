using ProbNet.Graph;

namespace ProbNet.Inference.Algorithms;

/// <summary>What an algorithm gathers from a run of training beside its end: sums and copies of the parameters after some of its epochs. Mutable, owned by one fit.</summary>
internal interface ISnapshots
{
    /// <summary>Whether the parameters after an epoch are gathered.</summary>
    /// <param name="epoch">The number of epochs done, from 1.</param>
    bool Wants(int epoch);

    /// <summary>Gathers the parameters after an epoch that <see cref="Wants"/> names.</summary>
    /// <param name="epoch">The number of epochs done.</param>
    /// <param name="parameters">The parameters in the guide's order; copies that may be kept.</param>
    void Take(int epoch, EqArray<HostTensor> parameters);

    /// <summary>All that has been gathered, for a checkpoint: name → value. Restoring it into a new instance and going on gives the same bits as going on.</summary>
    IReadOnlyDictionary<string, HostTensor> Save();

    /// <summary>Goes back to what <see cref="Save"/> gave.</summary>
    void Restore(IReadOnlyDictionary<string, HostTensor> state);
}
