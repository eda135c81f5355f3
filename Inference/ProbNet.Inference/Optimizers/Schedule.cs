using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Optimizers;

/// <summary>A factor on the step size that changes over a run, as an expression of the step counter. One file a schedule, one line in <see cref="ScheduleRegistry"/>.</summary>
public abstract record Schedule : Component
{
    /// <summary>The factor at a step, F64 [].</summary>
    /// <param name="step">Steps taken before this one, F64 [].</param>
    /// <param name="run">The length of the run.</param>
    public abstract Tensor Factor(Tensor step, RunLength run);
}

/// <summary>How long a run is.</summary>
/// <param name="Steps">The number of steps planned.</param>
/// <param name="StepsPerEpoch">The number of steps in an epoch.</param>
public sealed record RunLength(int Steps, int StepsPerEpoch);
