using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Processes in time: functions whose last argument is the number of steps, which <c>steps</c> gives.</summary>
internal static class ProcessBuiltins
{
    private const string Steps = "steps";

    public static readonly EqArray<Builtin> All =
    [
        new(Steps, ["shape", "process"], "list -> process -> dist", "a process over this number of steps, e.g. gaussianRandomWalk 0.1 |> steps [t]", Give),
        new("hiddenMarkov", ["start", "move", "emission", Steps], "real[k] -> real[k, k] -> (int<k>[k] -> dist[k] | dist[t, k]) -> process",
            "observations from a chain of hidden states, which are summed out; emission is applied once, to the vector of all states", HiddenMarkovModel),
        new("gaussianRandomWalk", ["scale", Steps], "real -> process", "running sums of independent normal steps of the given standard deviation, starting from 0", Walk),
        new("gaussianRandomWalkFrom", ["start", "startScale", "scale", Steps], "real -> real -> real -> process", "a Gaussian random walk whose first value is normal with mean start and standard deviation startScale", WalkFrom),
        new("autoregressive", ["coefficient", "scale", Steps], "real -> real -> process", "each value is normal about coefficient times the one before, 0 before the first", Autoregress),
    ];

    private static Value Give(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call) => arguments[1].Value switch
    {
        Value.Function { Missing: 1 } process when process.Parameters[^1] == Steps => evaluator.Apply(process, [arguments[0]], call, arguments[1].Span),
        Value.Function process when process.Parameters[^1] == Steps && process.Missing > 1 =>
            evaluator.Trace.Report.Fail(CheckerCodes.MissingArguments, arguments[1].Span, $"steps gives a process its length, but {process.Describe()}", $"it still needs {string.Join(", ", process.Parameters[process.Given.Count..^1])}"),
        _ => evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, arguments[1].Span, $"steps gives a process its length, but this is {arguments[1].Value.Describe()}",
            arguments[1].Value is Value.Distribution ? "repeat a distribution independently with iid" : "write it as: gaussianRandomWalk 0.1 |> steps [t]"),
    };

    private static Value HiddenMarkovModel(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        var report = evaluator.Trace.Report;
        if (CompositeParts.Real(evaluator, arguments[0], new("start", new Support.Simplex(), 1), "hiddenMarkov") is not { } start
            || CompositeParts.Real(evaluator, arguments[1], new("move", new Support.Simplex(), 2), "hiddenMarkov") is not { } move
            || Length(evaluator, arguments[3]) is not { } t) return Value.Unknown.It;
        var k = start.Axes[^1];
        if (!move.Axes[^1].Equals(k) || !move.Axes[^2].Equals(k))
        {
            return report.Fail(CheckerCodes.EventShape, arguments[1].Span, $"there are {k} states, so 'move' must be {k} by {k}, one row for each state to move from, but it is {move.Describe()}",
                move.Axes[^1].Equals(k) ? "draw one row for each state: dirichlet (ones [k]) |> iid [k]" : null,
                [new DiagnosticNote($"the states are counted here: 'start' is {start.Describe()}", arguments[0].Span), .. Shapes.Provenance(k)]);
        }
        if (Emissions(evaluator, arguments[2], k, t, call) is not { } emissions) return Value.Unknown.It;
        if (CompositeParts.Batch(evaluator, call, "hiddenMarkov", (start.Axes[..^1], arguments[0].Span), (move.Axes[..^2], arguments[1].Span), (OuterBatch(emissions), arguments[2].Span)) is not { } batch) return Value.Unknown.It;
        Instance? instance = null;
        if (emissions.Instance is { } each)
        {
            var shape = Trace.ShapeOf(OuterBatch(emissions).AddRange([t, k]));
            instance = HiddenMarkov.Of(start.Node!, move.Node!, CompositeParts.Align(each, shape));
        }
        return CompositeParts.Made(emissions, new HiddenMarkov(emissions.Family), batch, [t, .. emissions.Event], instance, call);
    }

    // The batch axes of the emissions in front of those of steps and states.
    private static EqArray<Axis> OuterBatch(DistributionType emissions) => emissions.Batch.Count < 2 ? [] : emissions.Batch[..^2];

    private static DistributionType? Emissions(Evaluator evaluator, Argument emission, Axis k, Axis t, SourceSpan call)
    {
        const string example = "hiddenMarkov start move (fun state -> normal level.[state] noise)";
        var report = evaluator.Trace.Report;
        if (emission.Value is not Value.Function)
        {
            report.Fail(CheckerCodes.WrongKind, emission.Span, $"the emission of hiddenMarkov is a function of the state, but this is {emission.Value.Describe()}", $"write it as: {example}");
            return null;
        }
        var states = evaluator.Trace.Emit(ElementType.Int, [k], emission.Span, () => Iota([checked((int)k.Size.Constant!.Value)], 0), k.Size);
        var made = evaluator.Apply(emission, call, states);
        if (CompositeParts.Distribution(evaluator, made, emission.Span, "the emission of hiddenMarkov", example) is not { } type) return null;
        if (type.Batch.IsEmpty || !type.Batch[^1].Equals(k))
        {
            report.Fail(CheckerCodes.CompositeParts, emission.Span, $"the emission gives {new Value.Distribution(type).Describe()} for the vector of the {k} states; its last batch axis should have one entry for each state",
                "let its parameters depend on the state, e.g. level.[state]", [.. Shapes.Provenance(k)]);
            return null;
        }
        if (type.Batch.Count >= 2 && !type.Batch[^2].Equals(t) && !type.Batch[^2].IsOne)
        {
            report.Fail(CheckerCodes.CompositeParts, emission.Span, $"the emission gives {new Value.Distribution(type).Describe()}; the axis before the states is the one of steps, of size {t}, but it has size {type.Batch[^2]}",
                "an emission has batch axes [k], or [t, k] where it differs between steps; more axes stand in front", [.. Shapes.Provenance(type.Batch[^2]), .. Shapes.Provenance(t)]);
            return null;
        }
        if (Components.CommonSupport([type.Family]) is not null) return type;
        report.Fail(CheckerCodes.CompositeParts, emission.Span, $"the values that {type.Family.Name} can take depend on its parameters, so the states may have no common support", "choose a distribution over all reals, positive numbers, labels or counts");
        return null;
    }

    private static Value Walk(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (CompositeParts.Real(evaluator, arguments[0], new("scale", new Support.Positive()), "gaussianRandomWalk") is not { } scale || Length(evaluator, arguments[1]) is not { } t) return Value.Unknown.It;
        return Vector(evaluator, GaussianRandomWalk.Family, scale.Axes, t, call, () => GaussianRandomWalk.Of(Constant(evaluator.Trace.Precision, 0), Along(scale, Trace.ShapeOf([t])[0])));
    }

    private static Value WalkFrom(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        const string name = "gaussianRandomWalkFrom";
        if (CompositeParts.Real(evaluator, arguments[0], new("start", new Support.Real()), name) is not { } start
            || CompositeParts.Real(evaluator, arguments[1], new("startScale", new Support.Positive()), name) is not { } first
            || CompositeParts.Real(evaluator, arguments[2], new("scale", new Support.Positive()), name) is not { } scale
            || Length(evaluator, arguments[3]) is not { } t
            || CompositeParts.Batch(evaluator, call, name, (start.Axes, arguments[0].Span), (first.Axes, arguments[1].Span), (scale.Axes, arguments[2].Span)) is not { } batch) return Value.Unknown.It;
        return Vector(evaluator, GaussianRandomWalk.Family, batch, t, call, () =>
        {
            var (length, shape) = (Trace.ShapeOf([t])[0], Trace.ShapeOf(batch));
            var own = Aligned(first, shape);
            return GaussianRandomWalk.Of(start.Node!, length == 1 ? own : Concat([own, BroadcastTo(Aligned(scale, shape), shape.Concat([length - 1]))], -1));
        });
    }

    private static Value Autoregress(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (CompositeParts.Real(evaluator, arguments[0], new("coefficient", new Support.Real()), "autoregressive") is not { } coefficient
            || CompositeParts.Real(evaluator, arguments[1], new("scale", new Support.Positive()), "autoregressive") is not { } scale
            || Length(evaluator, arguments[2]) is not { } t
            || CompositeParts.Batch(evaluator, call, "autoregressive", (coefficient.Axes, arguments[0].Span), (scale.Axes, arguments[1].Span)) is not { } batch) return Value.Unknown.It;
        return Vector(evaluator, Autoregressive.Family, batch, t, call, () => Autoregressive.Of(coefficient.Node!, Along(scale, Trace.ShapeOf([t])[0])));
    }

    private static Value Vector(Evaluator evaluator, Distribution family, EqArray<Axis> batch, Axis t, SourceSpan call, Func<Instance> build) =>
        new Value.Distribution(new DistributionType(family, batch, [t], ElementType.Real, null, evaluator.Trace.BuildsGraph ? build() : null, call));

    // The same value at each of the steps, on a new last axis.
    private static Tensor Along(Value.TensorOf x, int steps) => BroadcastTo(ExpandDims(x.Node!, -1), x.Node!.Shape.Concat([steps]));

    // Broadcast to the batch, with a new last axis of size 1.
    private static Tensor Aligned(Value.TensorOf x, Shape batch) => ExpandDims(BroadcastTo(x.Node!, batch), -1);

    private static Axis? Length(Evaluator evaluator, Argument argument)
    {
        if (Coerce.Axes(evaluator, argument.Value, argument.Span, "the number of steps") is not { } axes) return null;
        if (axes.Count == 1) return axes[0];
        evaluator.Trace.Report.Fail(CheckerCodes.ListLength, argument.Span, $"a process has one number of steps, but {axes.Count} sizes are given", "repeat it independently with iid: … |> steps [t] |> iid [n]");
        return null;
    }
}
