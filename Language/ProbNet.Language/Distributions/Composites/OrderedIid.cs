using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The ascending order of n independent draws from one real distribution: p(x) = n! prod_i q(x_i) for x_1 ≤ … ≤ x_n, where q is the family's density.
/// </summary>
/// <remarks>
/// Values [n]. Drawn by sorting n draws with a network of minima and maxima, so it is pathwise where the family is. No closed-form moments. Source:
/// David, Nagaraja, Order Statistics (2003), eq. 2.2.1; the network: Batcher, Sorting Networks and Their Applications (1968).
/// </remarks>
/// <param name="family">A family of real scalars.</param>
/// <param name="count">n, the number of draws.</param>
public sealed class OrderedIid(Distribution family, int count) : CompositeFamily
{
    /// <summary>
    /// n draws in ascending order, n the size of the last batch axis of <paramref name="draws"/>, along which its arguments must be equal: it comes from
    /// <see cref="Instance.Iid"/>.
    /// </summary>
    public static Instance Of(Instance draws) => new(
        new OrderedIid(draws.Family, draws.Batch[^1]), draws.Arguments.Map(a => Index(a, draws.Batch.Rank - 1, 0)), draws.Batch[..^1]);

    /// <inheritdoc/>
    public override string Construction => "ordered";

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner { get; } = [family];

    /// <inheritdoc/>
    protected override string Variant { get; } = count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters => family.Parameters;

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Ordered();

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => [count];

    /// <inheritdoc/>
    public override bool IsPathwise => family.IsPathwise;

    // The densities of the draws judge them.
    /// <inheritdoc/>
    public override bool GuardsArguments => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var logs = Repeated(value.Shape[..^1], arguments).LogDensity(value);
        return Sum(logs, -1) + SpecialFunctions.Lgamma(count + 1);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var batch = arguments[0].Shape[..^family.Parameters[0].EventRank];
        return SortingNetwork.Ascending(family.Sample(random, Repeated(batch, arguments).Arguments));
    }

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions => base.Exemptions.Add(
        new("Integrates_to_one", "the logarithm of a gap has a tail like e^x, too long for the grid in unconstrained coordinates; integrated over the plane elsewhere"));

    // n independent copies: the axis of draws stands after the batch axes and before the arguments' event axes.
    private Instance Repeated(Shape batch, EqArray<Tensor> arguments)
    {
        var all = batch.Concat([count]);
        return new Instance(family, arguments.Map(a => BroadcastTo(ExpandDims(a, batch.Rank), all.Concat(a.Shape[batch.Rank..]))), all);
    }
}
