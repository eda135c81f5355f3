using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Objectives;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>What a method that trains points, or members side by side, has decided for a model: what moves, how, and what is gathered on the way.</summary>
/// <param name="Guide">The guide whose parameters are trained.</param>
/// <param name="Step">One step.</param>
/// <param name="Training">Length of the run, with the schedule that is used.</param>
internal sealed record TrainedPlan(GuidePlan Guide, StepGraph Step, TrainingOptions Training)
{
    /// <summary>What is left behind, where it is not <see cref="Guide"/> with the parameters of the end.</summary>
    public EqArray<GuideClause> Result { get; init; }

    /// <summary>Makes what gathers parameters on the way; null for methods that keep the end.</summary>
    public Func<ISnapshots>? Gathering { get; init; }

    /// <summary>Bytes that it comes to hold.</summary>
    public long GatheredBytes { get; init; }

    /// <summary>Warnings.</summary>
    public EqArray<Diagnostic> Warnings { get; init; } = [];
}
