using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>What a predictive graph computes for one observed site, for one draw.</summary>
/// <param name="Site">The site.</param>
/// <param name="RowShape">The shape of one row's value without any class axis.</param>
/// <param name="Classes">The number of classes, or 0 for numbers.</param>
/// <param name="HasMoments">Whether the moments are closed forms.</param>
/// <param name="Outputs">Classes: probabilities [rows, …, k]. Numbers: mean, variance and a draw, [rows, …] each, in the model's precision.</param>
internal sealed record Outcome(Site Site, Shape RowShape, int Classes, bool HasMoments, EqArray<Tensor> Outputs)
{
    /// <summary>The number of elements of one row.</summary>
    public int ElementsPerRow => RowShape.Size;

    /// <summary>Whether the site's values are labels, so that its predictive is a table of probabilities.</summary>
    public static bool IsClass(Site site) => site.Distribution.Family.Support is Support.Binary or Support.Category or Support.OneHot;

    /// <summary>Whether one event of the site spans all data rows, so that its density belongs to no single row.</summary>
    public static bool SpansRows(Site site) => site.PerRow && site.Distribution.Batch.Rank == 0;

    public static Outcome Of(Site site, PosteriorScope scope, RandomSource random, RowView rows, DType precision)
    {
        var distribution = site.Distribution;
        var batch = distribution.Batch;
        var rowShape = site.PerRow && !SpansRows(site) ? batch[1..] : batch;
        // The same numbers as label by label, in one pass over the classes.
        if (distribution.Family is Categorical)
            return new(site, rowShape, distribution.Arguments[0].Shape[^1], true, [scope.Expect(Exp(Composite.LogSoftmax(distribution.Arguments[0])))]);
        if (Labels(distribution) is { IsEmpty: false } labels)
            return new(site, rowShape, labels.Count, true, [scope.Expect(Stack(labels.Select(l => Exp(distribution.LogDensity(l))), -1))]);

        var draw = Convert(scope.Draw(site, random.Named("outcome").Named(site.Name), rows), precision);
        var (mean, variance) = Moments(distribution, scope);
        EqArray<Tensor> outputs = mean is not null && variance is not null ? [mean, variance, draw] : [draw, ZerosLike(draw), draw];
        return new(site, site.PerRow ? draw.Shape[1..] : draw.Shape, 0, mean is not null && variance is not null, outputs);
    }

    // Given the other latent values, discrete ones are averaged over: they add to the variance of an outcome, as its own noise does.
    private static (Tensor? Mean, Tensor? Variance) Moments(Instance distribution, PosteriorScope scope)
    {
        var (mean, variance) = (distribution.Mean(), distribution.Variance());
        if (mean is null || variance is null) return (null, null);
        var centre = scope.Expect(mean);
        var hole = Input("centre", centre.DType, centre.Shape);
        var spread = scope.Varies(mean) ? variance + Square(mean - hole) : variance;
        return (centre, Substitution.Apply([scope.Expect(spread)], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [hole] = centre })[0]);
    }

    // Each label as a value of the distribution's shape; empty where values are numbers.
    internal static EqArray<Tensor> Labels(Instance distribution)
    {
        var family = distribution.Family;
        var type = family.ValueType(distribution.Arguments[0].DType);
        var shape = distribution.Shape;
        switch (family.Support)
        {
            case Support.Binary:
                return [Full(type, shape, 0), Full(type, shape, 1)];
            case Support.Category category:
                var index = Enumerable.Range(0, family.Parameters.Count).First(i => family.Parameters[i].Name == category.Parameter);
                return Enumerable.Range(0, distribution.Arguments[index].Shape[^1] + category.More).Select(k => Full(type, shape, k)).ToEqArray();
            case Support.OneHot:
                return Enumerable.Range(0, shape[^1]).Select(k => Convert(Equal(Iota(shape, -1), Full(DType.I64, shape, k)), type)).ToEqArray();
            default:
                return [];
        }
    }
}
