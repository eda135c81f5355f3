namespace ProbNet.Inference.Algorithms;

/// <summary>
/// When the state of a fit is handed out, and to whom. Whatever the interval, it is handed out when a phase of the fit ends and when the fit is stopped by
/// <see cref="FitRequest.Cancel"/>.
/// </summary>
/// <param name="Save">
/// Takes the state of one phase. Its tensors are read from the running fit: they are valid until this returns; <see cref="PhaseState.Held"/> copies them.
/// </param>
public sealed record CheckpointPlan(Action<PhaseState> Save)
{
    /// <summary>Epochs between states; null for none by epochs.</summary>
    public int? Epochs { get; init; }

    /// <summary>Time between states; null for none by time. Which steps they fall on differs from run to run, and the result does not depend on it.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Whether states are handed out on the way.</summary>
    public bool IsPeriodic => Epochs is not null || Time is not null;
}
