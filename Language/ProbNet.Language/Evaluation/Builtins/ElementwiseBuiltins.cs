using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Functions applied to each element.</summary>
internal static class ElementwiseBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        One("exp", "e^x", TensorMath.Exp),
        One("expm1", "e^x - 1, accurate near 0", TensorMath.Expm1),
        One("log", "natural logarithm", TensorMath.Log),
        One("log1p", "log(1 + x), accurate near 0", TensorMath.Log1p),
        One("sqrt", "square root", TensorMath.Sqrt),
        One("square", "x * x", TensorMath.Square),
        One("abs", "absolute value", TensorMath.Abs),
        One("sign", "-1, 0 or 1", TensorMath.Sign),
        One("floor", "the largest integer not above x", TensorMath.Floor),
        One("sin", "sine", TensorMath.Sin),
        One("cos", "cosine", TensorMath.Cos),
        One("tanh", "hyperbolic tangent", TensorMath.Tanh),
        One("sigmoid", "1 / (1 + e^-x)", TensorMath.Sigmoid, new Distributions.Support.UnitInterval()),
        One("softplus", "log(1 + e^x)", TensorMath.Softplus),
        One("erf", "error function", TensorMath.Erf),
        One("lgamma", "log of the gamma function", TensorMath.Lgamma),
        One("digamma", "derivative of lgamma", TensorMath.Digamma),
        Two("maximum", "the larger of two", TensorMath.Max),
        Two("minimum", "the smaller of two", TensorMath.Min),
    ];

    private static Builtin One(string name, string doc, Func<Tensor, Tensor> build, Distributions.Support? range = null) => new(name, ["x"], "real[…] -> real[…]", doc, (evaluator, arguments, call) =>
        Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is { } x
            ? evaluator.Trace.Emit(ElementType.Real, x.Axes, call, () => build(x.Node!)) with { Source = range is null ? null : ValueSource.Computed(name, range, 0, call) }
            : Value.Unknown.It);

    private static Builtin Two(string name, string doc, Func<Tensor, Tensor, Tensor> build) => new(name, ["x", "y"], "real[…] -> real[…] -> real[…]", doc, (evaluator, arguments, call) =>
        Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is { } x && Coerce.Real(evaluator, arguments[1].Value, arguments[1].Span) is { } y
            ? Operators.Elementwise(evaluator, call, $"'{name}'", x, arguments[0].Span, y, arguments[1].Span, null, build)
            : Value.Unknown.It);
}
