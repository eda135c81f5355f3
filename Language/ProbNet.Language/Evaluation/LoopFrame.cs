using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>
/// What the evaluation of one step of a loop has met: draws, likelihood terms, factors and reported values. Each stands for all steps, with a leading axis of steps;
/// what it is computed from at all steps is filled in once the step has been evaluated.
/// </summary>
/// <param name="trace">The evaluation.</param>
/// <param name="steps">The axis of steps.</param>
/// <param name="hasState">Whether a step depends on the one before.</param>
internal sealed class LoopFrame(Trace trace, Axis steps, bool hasState)
{
    private readonly List<(int Index, StepSite Step)> _sites = [];
    private readonly List<(int Index, Tensor Step)> _factors = [], _reported = [];
    private readonly List<(Tensor Slice, Tensor Hole)> _holes = [];
    private readonly bool _isNested = trace.Loop is not null;

    /// <summary>Placeholders of the draws at one step, with their holes.</summary>
    public IReadOnlyList<(Tensor Slice, Tensor Hole)> Holes => _holes;

    /// <summary>The expressions of one step that are wanted for all steps.</summary>
    public IEnumerable<Tensor> Wanted => [.. _sites.SelectMany(s => Expressions(s.Step)), .. _factors.Select(f => f.Step), .. _reported.Select(r => r.Step)];

    /// <summary>Records a draw of each step and gives its value at one.</summary>
    public Value Draw(string name, DistributionType distribution, SourceSpan span)
    {
        if (Refused(span, "draws")) return Value.Unknown.It;
        var (slice, hole) = Hole(name, distribution, span);
        if (distribution.Instance is { } instance) _sites.Add((trace.Sites.Count, new(name, instance, slice!, SiteKind.Sample)));
        trace.Sites.Add(new(name, Stacked(distribution), hole, SiteKind.Sample, trace.Report.UserPlace(span)) { IsStepwise = hasState });
        return new Value.TensorOf(distribution.Element, distribution.Axes, slice, distribution.Bound);
    }

    /// <summary>Records auxiliary noise of each step and gives its value at one. Its parameters are constants.</summary>
    public Value Noise(string name, DistributionType distribution, SourceSpan span)
    {
        if (Refused(span, "draws")) return Value.Unknown.It;
        var (slice, hole) = Hole(name, distribution, span);
        var instance = distribution.Instance?.Iid([Length]);
        trace.Noises.Add(new(name, Stacked(distribution) with { Instance = instance }, hole, trace.Report.UserPlace(span)));
        return new Value.TensorOf(distribution.Element, distribution.Axes, slice, distribution.Bound);
    }

    /// <summary>Records a likelihood term of each step.</summary>
    public void Observe(string name, Value.TensorOf value, DistributionType distribution, SourceSpan span)
    {
        if (Refused(span, "observes")) return;
        if (distribution.Instance is { } instance) _sites.Add((trace.Sites.Count, new(name, instance, value.Node!, SiteKind.Observe)));
        trace.Sites.Add(new(name, Stacked(distribution), null, SiteKind.Observe, trace.Report.UserPlace(span)) { IsStepwise = hasState });
    }

    /// <summary>Records a term of the log-density of each step.</summary>
    public void Factor(string name, Value.TensorOf value, SourceSpan span)
    {
        if (Refused(span, "adds a factor")) return;
        if (value.Node is { } node) _factors.Add((trace.Factors.Count, node));
        trace.Factors.Add(new(name, Stacked(value), trace.Report.UserPlace(span)));
    }

    /// <summary>Records a reported value of each step.</summary>
    public void ReportValue(string name, Value.TensorOf value, SourceSpan span)
    {
        if (Refused(span, "reports a value")) return;
        if (value.Node is { } node) _reported.Add((trace.Reported.Count, node));
        trace.Reported.Add(new(name, Stacked(value), span));
    }

    /// <summary>Fills in what the entries are computed from.</summary>
    /// <param name="all">The values of <see cref="Wanted"/> at all steps, in order.</param>
    /// <param name="loop">The loop, where steps depend on one another.</param>
    public void Complete(IEnumerable<Tensor> all, OpenLoop? loop)
    {
        var values = new Queue<Tensor>(all);
        var recurrence = loop is null ? null : new Recurrence(loop, [.. _sites.Select(s => s.Step)], [.. _factors.Select(f => new StepFactor(trace.Factors[f.Index].Name, f.Step))]);
        foreach (var (index, step) in _sites)
        {
            var site = trace.Sites[index];
            var arguments = step.Distribution.Arguments.Map(_ => values.Dequeue());
            var instance = new Instance(step.Distribution.Family, arguments, step.Distribution.Batch.Prepend(Length));
            var value = step.Kind == SiteKind.Observe ? values.Dequeue() : site.Value;
            trace.Sites[index] = site with { Distribution = site.Distribution with { Instance = instance }, Value = value, Recurrence = recurrence };
        }
        foreach (var (index, _) in _factors) trace.Factors[index] = trace.Factors[index] with { Value = trace.Factors[index].Value with { Node = values.Dequeue() } };
        foreach (var (index, _) in _reported) trace.Reported[index] = trace.Reported[index] with { Value = trace.Reported[index].Value with { Node = values.Dequeue() } };
    }

    private int Length => checked((int)steps.Size.Constant!.Value);

    // The stand-in for the value at one step and the hole for all of them, when elaborating.
    private (Tensor? Slice, Tensor? Hole) Hole(string name, DistributionType distribution, SourceSpan span)
    {
        if (distribution.Instance is not { } instance) return (null, null);
        var origin = new Origin(name, trace.Report.UserPlace(span).Location);
        var type = instance.Family.ValueType(trace.Precision);
        var (slice, hole) = (Input(name, type, instance.Shape, origin), Input(name, type, instance.Shape.Prepend(Length), origin));
        _holes.Add((slice, hole));
        return (slice, hole);
    }

    private static IEnumerable<Tensor> Expressions(StepSite step) => step.Kind == SiteKind.Observe ? step.Distribution.Arguments.Append(step.Slice) : step.Distribution.Arguments;

    private DistributionType Stacked(DistributionType distribution) => distribution with { Batch = [steps, .. distribution.Batch], Instance = null };

    private Value.TensorOf Stacked(Value.TensorOf value) => new(value.Element, [steps, .. value.Axes], null, value.Bound);

    private bool Refused(SourceSpan span, string does)
    {
        if (!_isNested) return false;
        trace.Report.Fail(CheckerCodes.Unsupported, span, $"a loop inside a loop {does} here, which is not possible", "draw before the inner loop, with iid over its axis, and let the inner loop go over the drawn values");
        return true;
    }
}
