using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>What constructions from other families ask of them.</summary>
internal static class Components
{
    /// <summary>
    /// The support of a mixture of these families, or null if they have none in common that does not depend on their arguments. Families of counts
    /// mix whatever their upper ends; positive and nonnegative ones do.
    /// </summary>
    public static Support? CommonSupport(EqArray<Distribution> families)
    {
        var supports = families.Map(f => f.Support).Distinct().ToArray();
        if (supports.All(s => s is Support.Count or Support.CountUpTo)) return new Support.Count();
        if (supports.All(s => s is Support.Positive or Support.NonNegative)) return supports.Length == 1 ? supports[0] : new Support.NonNegative();
        return supports is [var only] && IsFixed(only) ? only : null;
    }

    /// <summary>Whether membership can be told without the distribution's arguments, their sizes apart.</summary>
    public static bool IsFixed(Support support) =>
        support is Support.Real or Support.Positive or Support.NonNegative or Support.UnitInterval or Support.Probability or Support.Binary or Support.Category
            or Support.Count or Support.OneHot or Support.RealVector or Support.LowerCholesky or Support.CorrelationCholesky or Support.Ordered or Support.Simplex;

    /// <summary>
    /// Whether a family's draws can be differentiated through its distribution function: real scalars, a closed form, no atoms.
    /// </summary>
    public static bool HasSmoothCdf(Distribution family) => IsContinuousScalar(family) && Probed(family, family.Cdf);

    /// <summary>Whether both the distribution function and its inverse have a closed form.</summary>
    public static bool HasCdfAndQuantile(Distribution family) => IsContinuousScalar(family) && Probed(family, family.Cdf) && Probed(family, family.Quantile);

    /// <summary>The part of <paramref name="argument"/> […, k, event…] of the component that <paramref name="label"/> […] names: […, event…].</summary>
    public static Tensor Take(Tensor argument, Tensor label)
    {
        var axis = label.Rank;
        var ones = Shape.Create([.. Enumerable.Repeat(1, argument.Rank - axis)]);
        var chosen = Equal(BroadcastTo(Reshape(label, label.Shape.Concat(ones)), argument.Shape), Iota(argument.Shape, axis));
        return Sum(Select(chosen, argument, Like(argument, 0)), axis);
    }

    /// <summary>The arguments of each family, from those of all in order.</summary>
    public static EqArray<Tensor>[] Split(EqArray<Distribution> families, EqArray<Tensor> arguments)
    {
        var start = 0;
        return [.. families.Select(f => arguments[start..(start += f.Parameters.Count)])];
    }

    private static bool IsContinuousScalar(Distribution family) =>
        family.EventRank == 0 && !family.Support.IsDiscrete && family.ValueType(DType.F64) == DType.F64;

    // Formulas that do not exist are null whatever the arguments.
    private static bool Probed(Distribution family, Func<Tensor, EqArray<Tensor>, Tensor?> formula)
    {
        var arguments = family.Parameters.Map(p => Full(DType.F64, Shape.Create([.. Enumerable.Repeat(2, p.EventRank)]), 0.5));
        return formula(Constant(DType.F64, 0.5), arguments) is not null;
    }
}
