using ProbNet.Graph;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>How a fit ended. A closed hierarchy.</summary>
public abstract record FitOutcome
{
    private FitOutcome() { }

    /// <summary>Nothing was computed: the model, the data or the options do not fit the method.</summary>
    /// <param name="Diagnostics">Why, at least one.</param>
    public sealed record Refused(EqArray<Diagnostic> Diagnostics) : FitOutcome;

    /// <summary>A number stopped being one.</summary>
    /// <param name="Failure">Where and when.</param>
    /// <param name="LastGood">The fit up to the last step at which all was finite.</param>
    public sealed record Failed(NumericalFailure Failure, FitResult LastGood) : FitOutcome;

    /// <summary>It ran to its end, or was stopped.</summary>
    /// <param name="Result">What was reached.</param>
    public sealed record Fitted(FitResult Result) : FitOutcome;

    /// <summary>The result of a fit that ran to its end.</summary>
    /// <exception cref="DiagnosticException">The fit was refused.</exception>
    /// <exception cref="InvalidOperationException">It failed numerically.</exception>
    public FitResult Required => this switch
    {
        Fitted f => f.Result,
        Refused r => throw new DiagnosticException(r.Diagnostics),
        Failed f => throw new InvalidOperationException(f.Failure.ToString()),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>What a fit reached.</summary>
/// <param name="Posterior">The posterior.</param>
/// <param name="Sites">What was done with each latent site.</param>
/// <param name="History">One record an epoch (or, in long runs of short epochs, one every few epochs).</param>
/// <param name="Steps">The number of steps taken.</param>
/// <param name="Stop">Why it ended.</param>
/// <param name="BestEpoch">The epoch whose parameters are kept: the last one unless early stopping went back.</param>
/// <param name="Timing">How long it took.</param>
public sealed record FitResult(
    Posterior Posterior, EqArray<SitePlan> Sites, EqArray<EpochRecord> History, long Steps, StopReason Stop, int BestEpoch, FitTiming Timing)
{
    /// <summary>Warnings about the fit.</summary>
    public EqArray<Diagnostic> Warnings { get; init; } = [];

    /// <summary>What the method found beside the posterior, a sentence each.</summary>
    public EqArray<string> Notes { get; init; } = [];
}

/// <summary>Why a fit ended.</summary>
public enum StopReason
{
    /// <summary>All steps were taken.</summary>
    Completed,
    /// <summary>The criterion had not improved for as long as was asked.</summary>
    EarlyStop,
    /// <summary>The caller asked.</summary>
    Cancelled,
    /// <summary>A number stopped being finite.</summary>
    NumericalFailure,
}

/// <summary>Times of a fit.</summary>
/// <param name="Compile">Building, differentiating, optimising and compiling the step, and running it once, while the runtime compiles its kernels.</param>
/// <param name="Steps">The steps after the first alone, without validation.</param>
/// <param name="Total">Everything.</param>
/// <param name="StepsPerSecond">Steps after the first per second of step time; 0 if there was but one.</param>
public sealed record FitTiming(TimeSpan Compile, TimeSpan Steps, TimeSpan Total, double StepsPerSecond);

/// <summary>One record of a fit's history. Objective values are means over the steps since the last record, in nats for the whole data set.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Elbo">The evidence lower bound, expected log-likelihood minus KL: without temperature or warm-up.</param>
/// <param name="ExpectedLogLikelihood">Its first part.</param>
/// <param name="Kl">Its second part; for a point guide, minus the log prior density.</param>
public sealed record EpochRecord(int Epoch, long Step, double Elbo, double ExpectedLogLikelihood, double Kl)
{
    /// <summary>The negative mean log predictive density of the validation rows, in nats a row.</summary>
    public double? ValidationNll { get; init; }

    /// <summary>The accuracy on the validation rows, where a label is predicted.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The mean predictive entropy on the validation rows in nats, where a label is predicted.</summary>
    public double? PredictiveEntropy { get; init; }

    /// <summary>Whether the criterion of early stopping is the best so far.</summary>
    public bool IsBest { get; init; }
}

/// <summary>A number that stopped being finite.</summary>
/// <param name="Site">The site it belongs to, or null if it belongs to none.</param>
/// <param name="Location">File, line and column, or empty if not known.</param>
/// <param name="Operation">What was computed there.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">The step, from 0.</param>
/// <param name="Hint">What to try.</param>
public sealed record NumericalFailure(string? Site, string Location, string Operation, int Epoch, long Step, string Hint)
{
    /// <summary>The member in which it stopped, from 1; null where there are none, or where it was in none alone.</summary>
    public int? Member { get; init; }

    /// <summary>One sentence.</summary>
    public override string ToString() =>
        $"{Operation}{(Site is null ? "" : $" of site '{Site}'")}{(Location.Length == 0 ? "" : $" at {Location}")} is not finite in epoch {Epoch}, step {Step}{(Member is null ? "" : $", member {Member}")}";
}
