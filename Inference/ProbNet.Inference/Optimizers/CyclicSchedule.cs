using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// The run cut into C cycles of ceil(T / C) steps, in each of which half a cosine goes from 1 down to the floor f: f + (1 - f) (1 + cos(pi t' / L)) / 2, with t' steps taken of the L of a cycle.
/// </summary>
/// <remarks>Source: Huang, Li, Pleiss, Liu, Hopcroft, Weinberger, Snapshot ensembles: train 1, get M for free, ICLR 2017, eq. 2, whose t counts steps from 1.</remarks>
public sealed record CyclicSchedule : Schedule
{
    /// <summary>C.</summary>
    public int Cycles { get; init; } = 5;

    /// <summary>f, the factor at the end of a cycle.</summary>
    public double Floor { get; init; }

    /// <inheritdoc/>
    public override string Name => "cyclic";

    /// <inheritdoc/>
    public override string Doc => "half a cosine down to a floor, again and again";

    /// <inheritdoc/>
    public override string Source => "Huang et al., Snapshot ensembles, ICLR 2017, eq. 2";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<CyclicSchedule>("cycles", "cycles in the run", 1, s => s.Cycles, (s, v) => s with { Cycles = v }),
        Option.Number<CyclicSchedule>("floor", "factor at the end of a cycle", new(0, 1, true, true), s => s.Floor, (s, v) => s with { Floor = v }),
    ];

    /// <inheritdoc/>
    public override Tensor Factor(Tensor step, RunLength run)
    {
        var length = Math.Max(1, (run.Steps + Cycles - 1) / Cycles);
        var place = step - TensorMath.Floor(step / length) * length;
        return (Cos(place * (Math.PI / length)) + 1) * ((1 - Floor) / 2) + Floor;
    }
}
