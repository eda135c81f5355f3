using ProbNet.Graph;

namespace ProbNet.Inference.Memory;

/// <summary>Predicted memory of a fit: what the process holds before it, and what training, and then reporting on the fit, add. The two do not overlap.</summary>
/// <param name="Before">What the process holds when the fit begins.</param>
/// <param name="Training">What training adds.</param>
/// <param name="Report">What predictions of the data file after training add; empty if none are made.</param>
public sealed record MemoryForecast(MemoryBudget Before, EqArray<MemoryPart> Training, EqArray<MemoryPart> Report)
{
    /// <summary>The most bytes the process will hold.</summary>
    public long Peak => Math.Max(Before.Peak, Before.Used + Most);

    /// <summary>Whether the peak is within the limit; what has been held before is not the fit's concern.</summary>
    public bool Fits => Before.Used + Most <= Before.Limit;

    /// <summary>The parts of the phase that needs more, what the process holds before it first.</summary>
    public EqArray<MemoryPart> Largest =>
        [new("held before the fit", Before.Used), .. new[] { Training, Curvature, Report }.First(phase => phase.Sum(p => p.Bytes) == Most)];

    /// <summary>What is computed of the curvature between training and reporting adds; empty where none is.</summary>
    public EqArray<MemoryPart> Curvature { get; init; } = [];

    private long Most => new[] { Training, Curvature, Report }.Max(phase => phase.Sum(p => p.Bytes));

    /// <summary>One step's plan.</summary>
    public required PlanSummary Step { get; init; }

    /// <summary>The same for people, kernel by kernel.</summary>
    public string StepText => PlanText.Of(Step, Graph, Compile);

    /// <summary>What <see cref="Step"/> is the plan of.</summary>
    public required TensorGraph Graph { get; init; }

    /// <summary>How it was planned.</summary>
    public required CompileOptions Compile { get; init; }
}

/// <summary>A part of a forecast.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Bytes">Its size.</param>
public sealed record MemoryPart(string Name, long Bytes);

/// <summary>What is done with a fit when it has ended.</summary>
/// <param name="Draws">Posterior draws with which all rows are predicted.</param>
/// <param name="Rows">The rows predicted, of the training, validation and held-out sets together.</param>
public sealed record ReportPlan(int Draws, int Rows);
