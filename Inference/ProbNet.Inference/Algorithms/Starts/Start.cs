using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>Where the locations of a guide start. One file each, one line in <see cref="StartRegistry"/>. Scales start as their family has them.</summary>
public abstract record Start : Component
{
    /// <summary>The places, or how the search for them ended.</summary>
    /// <param name="request">The fit.</param>
    /// <param name="training">How it will be trained.</param>
    internal abstract Found Find(FitRequest request, TrainingOptions training);

    /// <summary>What a search ends with. A closed hierarchy.</summary>
    internal abstract record Found
    {
        private Found() { }

        /// <summary>Site name → a value in unconstrained space, and names of learned values → theirs; null for the guide's own start.</summary>
        public sealed record At(IReadOnlyDictionary<string, HostTensor>? Places) : Found;

        /// <summary>The search was refused, failed or was stopped.</summary>
        public sealed record Not(FitOutcome Outcome) : Found;
    }
}
