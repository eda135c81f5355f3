using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Learned point values and where they start, and free terms of the log-density.</summary>
internal static class LearnedBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("param", ["name", "shape", "start"], "string -> list -> (list -> real[shape]) -> real[shape]", "a value that is learned as a point, under the name given; start is a function of the shape (zeros, glorot), a tensor or a distribution", Param),
        new("glorot", ["shape"], "list -> dist", "starting values for the weights of a linear map: normal with variance 2 / (inputs + outputs)", Glorot),
        new("factor", ["term"], "real[…] -> prob<unit>", "adds a term to the log-density, in nats", Factor),
    ];

    private static Value Param(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        var report = evaluator.Trace.Report;
        if (arguments[0].Value is not Value.Text { Value_: var name })
            return report.Fail(CheckerCodes.WrongKind, arguments[0].Span, $"a parameter is known by a name, but this is {arguments[0].Value.Describe()}", "write it as: param \"w\" [d; 10] glorot");
        if (Coerce.Axes(evaluator, arguments[1].Value, arguments[1].Span, "the shape of param") is not { } axes) return Value.Unknown.It;
        var start = arguments[2].Value is Value.Function ? evaluator.Apply(arguments[2], call, arguments[1].Value) : arguments[2].Value;
        if (start is Value.Distribution { Type: var type })
        {
            if (type.Element == ElementType.Real && type.Axes == axes) return evaluator.Trace.Parameter(name, axes, type.Instance is { } drawn ? new ParameterStart.Drawn(drawn) : null, call);
            return report.Fail(CheckerCodes.ArgumentShape, arguments[2].Span, $"the parameter '{name}' is real{TypeText.Shape(axes)}, but it starts from {arguments[2].Value.Describe()}", "give a distribution of its shape, or a function of the shape such as glorot");
        }
        if (Coerce.Real(evaluator, start, arguments[2].Span) is not { } value) return Value.Unknown.It;
        if (Shapes.Broadcast(value.Axes, axes) is not { } common || common != axes)
            return report.Fail(CheckerCodes.ArgumentShape, arguments[2].Span, $"the parameter '{name}' is real{TypeText.Shape(axes)}, but it starts from {value.Describe()}", "give a tensor of its shape, or a function of the shape such as zeros");
        return evaluator.Trace.Parameter(name, axes, value.Node is { } node ? new ParameterStart.Fixed(BroadcastTo(node, Trace.ShapeOf(axes))) : null, call);
    }

    // Source: Glorot, Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), eq. 12; kernels of convolutions
    // [window…, inputs, outputs] count each position of the window.
    private static Value Glorot(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Axes(evaluator, arguments[0].Value, arguments[0].Span, "the shape of glorot") is not { } axes) return Value.Unknown.It;
        Instance? instance = null;
        if (evaluator.Trace.BuildsGraph)
        {
            var shape = Trace.ShapeOf(axes);
            var window = shape.Rank < 2 ? 1 : shape[..^2].Size;
            var (inputs, outputs) = shape.Rank switch { 0 => (1, 1), 1 => (1, shape[0]), _ => (window * shape[^2], window * shape[^1]) };
            instance = Normal.Of(Constant(evaluator.Trace.Precision, 0), Constant(evaluator.Trace.Precision, Math.Sqrt(2.0 / (inputs + outputs)))).Iid(shape);
        }
        return new Value.Distribution(new DistributionType(Normal.Family, axes, [], ElementType.Real, null, instance, call));
    }

    private static Value Factor(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call) =>
        Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is not { } term ? Value.Unknown.It : new Value.Random("a factor", prefix =>
        {
            evaluator.Trace.Factor(prefix, term, call);
            return Value.Unit.It;
        });
}
