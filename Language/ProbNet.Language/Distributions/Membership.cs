using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Whether values lie in a support, as tensor expressions. NaN counts as inside, so that it stays NaN.</summary>
internal static class Membership
{
    /// <summary>
    /// Which values are outside, one truth value for each event, or null if none can be. <paramref name="argument"/> gives the arguments
    /// that a support of a distribution depends on, by name.
    /// </summary>
    public static Tensor? Outside(Support support, Tensor x, Func<string, Tensor>? argument = null) => support switch
    {
        Support.Real or Support.RealVector => null,
        Support.Positive => Or(LessEqual(x, Like(x, 0)), IsInfinity(x)),
        Support.NonNegative => Or(Less(x, Like(x, 0)), IsInfinity(x)),
        Support.UnitInterval => Or(LessEqual(x, Like(x, 0)), LessEqual(Like(x, 1), x)),
        Support.Probability or Support.Binary => Or(Less(x, Like(x, 0)), Less(Like(x, 1), x)),
        Support.Category labels => Or(Less(x, Like(x, 0)), LessEqual(Like(x, argument!(labels.Parameter).Shape[^1] + labels.More), x)),
        Support.Interval(var low, var high) => Or(Less(x, low.At(x, argument)), Less(high.At(x, argument), x)),
        Support.Above(var low) => Or(LessEqual(x, low.At(x, argument)), IsInfinity(x)),
        Support.AtLeast(var low) => Or(Less(x, low.At(x, argument)), IsInfinity(x)),
        Support.AtMost(var high) => Or(Less(high.At(x, argument), x), IsInfinity(-x)),
        Support.Count when x.DType.IsFloat() => Or(Less(x, Like(x, 0)), Or(IsInfinity(x), Less(Floor(x), x))),
        Support.Count => Less(x, Like(x, 0)),
        Support.CountUpTo(var most) => Or(Less(x, Like(x, 0)), Less(argument!(most), Convert(x, argument(most).DType))),
        Support.CountsSummingTo(var total) => Or(Any(Less(x, Like(x, 0)), 1), Differ(Convert(Sum(x, -1), argument!(total).DType), argument(total))),
        Support.OneHot => Or(Any(Not(Or(Equal(x, Like(x, 0)), Equal(x, Like(x, 1)))), 1), Not(Equal(Sum(x, -1), Like(x, 1)))),
        Support.Simplex => Or(Any(Less(x, Like(x, 0)), 1), Less(Like(x, SumTolerance(x.DType)), Abs(Sum(x, -1) - 1))),
        Support.LowerCholesky => Or(Any(LessEqual(Composite.Diagonal(x), Like(Composite.Diagonal(x), 0)), 1), AnyAboveDiagonal(x)),
        Support.CorrelationCholesky => Or(
            Or(Any(LessEqual(Composite.Diagonal(x), Like(Composite.Diagonal(x), 0)), 1), AnyAboveDiagonal(x)),
            Any(Less(Like(x, SumTolerance(x.DType)), Abs(Sum(Square(x), -1) - 1)), 1)),
        Support.Ordered when x.Shape[^1] == 1 => null,
        Support.Ordered => Any(Less(SliceAxis(x, -1, 1, x.Shape[^1]), SliceAxis(x, -1, 0, x.Shape[^1] - 1)), 1),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The value where it is inside, elsewhere some value that is.</summary>
    public static Tensor Replace(Support support, Tensor outside, Tensor x, Func<string, Tensor>? argument = null) => support switch
    {
        Support.UnitInterval => Select(outside, Like(x, 0.5), x),
        Support.Positive or Support.NonNegative => Select(outside, Like(x, 1), x),
        Support.Interval(var low, var high) => Select(outside, low.At(x, argument) * 0.5 + high.At(x, argument) * 0.5, x),
        Support.Above(var low) => Select(outside, Higher(low.At(x, argument)), x),
        Support.AtLeast(var low) => Select(outside, Higher(low.At(x, argument)), x),
        Support.AtMost(var high) => Select(outside, -Higher(-high.At(x, argument)), x),
        Support.OneHot => Select(ExpandDims(outside, -1), Convert(Equal(Iota(x.Shape, -1), Constant(DType.I64, 0)), x.DType), x),
        Support.Simplex => Select(ExpandDims(outside, -1), Like(x, 1.0 / x.Shape[^1]), x),
        Support.LowerCholesky or Support.CorrelationCholesky => Select(ExpandDims(ExpandDims(outside, -1), -1), Convert(OnDiagonal(x), x.DType), x),
        Support.CountsSummingTo(var total) => Select(ExpandDims(outside, -1), AllInFirst(x, argument!(total)), x),
        Support.Ordered => Select(ExpandDims(outside, -1), Like(x, 0), x),
        _ => Select(outside, Like(x, 0), x),
    };

    /// <summary>Where any argument is illegal, of the batch shape; null if it is known while building that none is.</summary>
    public static Tensor? AnyOutside(EqArray<Parameter> parameters, EqArray<Tensor> arguments)
    {
        Tensor? any = null;
        Tensor Named(string name) => arguments[Enumerable.Range(0, parameters.Count).First(i => parameters[i].Name == name)];
        for (var i = 0; i < parameters.Count; i++)
        {
            var support = parameters[i].Support;
            if (IsKnownInside(support, arguments[i], Named) || Outside(support, arguments[i], Named) is not { } outside) continue;
            // An event of a parameter may hold several members of its support: a scale for each component, a simplex for each state.
            outside = AnyLast(outside, outside.Rank - (arguments[i].Rank - parameters[i].EventRank));
            any = any is null ? outside : Or(any, outside);
        }
        return any;
    }

    // Literal arguments, the common case of priors, are judged here so that the graph need not test them for each component.
    private static bool IsKnownInside(Support support, Tensor x, Func<string, Tensor> argument)
    {
        if (Literal(x) is not { } literal) return false;
        return support switch
        {
            Support.Above(var low) => Literal(low.At(x, argument)) is { } below && literal.ToDoubles().Min() > below.ToDoubles().Max() && literal.ToDoubles().All(double.IsFinite),
            Support.Positive => literal.ToDoubles().All(v => v > 0 && double.IsFinite(v)),
            Support.NonNegative => literal.ToDoubles().All(v => v >= 0 && double.IsFinite(v)),
            Support.UnitInterval => literal.ToDoubles().All(v => v is > 0 and < 1),
            Support.Probability => literal.ToDoubles().All(v => v is >= 0 and <= 1),
            Support.Count => literal.ToDoubles().All(v => v >= 0 && double.IsFinite(v) && v == Math.Floor(v)),
            _ => false,
        };
    }

    private static HostTensor? Literal(Tensor x)
    {
        while (x.Op is OpCode.Broadcast or OpCode.Reshape) x = x.Inputs[0];
        return (x.Attributes as Attributes.Literal)?.Value;
    }

    // Some number above, however large the limit.
    private static Tensor Higher(Tensor low) => low + Abs(low) + 1;

    private static Tensor AllInFirst(Tensor counts, Tensor total) =>
        Select(Equal(Iota(counts.Shape, -1), Constant(DType.I64, 0)), ExpandDims(Convert(total, counts.DType), -1), Like(counts, 0));

    private static Tensor OnDiagonal(Tensor x) => Equal(Iota(x.Shape, -1), Iota(x.Shape, -2));

    private static Tensor Differ(Tensor x, Tensor y) => Or(Less(x, y), Less(y, x));

    private static Tensor IsInfinity(Tensor x) => Equal(x, Like(x, double.PositiveInfinity));

    /// <summary>Whether any holds along the last <paramref name="axes"/> axes, which are removed.</summary>
    public static Tensor AnyLast(Tensor truth, int axes) => axes == 0 ? truth : Any(truth, axes);

    private static Tensor Any(Tensor truth, int axes) => Less(Constant(DType.I64, 0), SumLast(Convert(truth, DType.I64), axes));

    private static Tensor AnyAboveDiagonal(Tensor x) =>
        Any(And(Less(Iota(x.Shape, -2), Iota(x.Shape, -1)), Less(Like(x, 0), Abs(x))), 2);

    // A probability vector computed by a softmax or read from text sums to 1 only up to rounding.
    private static double SumTolerance(DType type) => type == DType.F32 ? 1e-4 : 1e-8;
}
