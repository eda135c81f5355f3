using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Multiplicative noise that belongs to the inputs of a linear map, and possibly to its outputs: W = diag(r) M diag(s). A row's product is ((x ∘ r) M) ∘ s, so that noise of its own costs
/// each row a few numbers and no weights.
/// </summary>
/// <param name="Loc">M, of the site's shape.</param>
/// <param name="Inputs">r.</param>
/// <param name="Outputs">s; null for ones.</param>
internal sealed record UnitNoise(Tensor Loc, UnitFactors Inputs, UnitFactors? Outputs = null) : FactorStructure
{
    /// <inheritdoc/>
    public override Shape Shape => Loc.Shape;

    /// <summary>One draw of the value.</summary>
    public Tensor Draw(RandomSource random) => Value(random, []);

    /// <inheritdoc/>
    public override Tensor DrawEach(int rows, RandomSource random) => Value(random, [rows]);

    /// <summary>
    /// Rows that meet weights of their own already, and uses whose units are not those that the factor was built for, leave nothing but to draw the value.
    /// </summary>
    public override bool DrawsEach(LinearUse use) =>
        (use.FirstOwnAxis <= use.RowAxis && use.RowAxis < use.Product.Rank - 2) || Differs(use, Inputs, outputs: false) || (Outputs is not null && Differs(use, Outputs, outputs: true));

    /// <summary>((x ∘ r_i) M) ∘ s_i with factors of its own for each row i.</summary>
    public override Tensor ByRow(LinearProduct product, RandomSource random)
    {
        if (DrawsEach(product.Use)) return base.ByRow(product, random);
        var rows = product.Scaled(product.InputFactors(Inputs.Units.InOrder(Inputs.Draw(InputSource(random), [product.Rows]))));
        var result = product.Multiply(rows, product.WeightChange(Loc));
        if (Outputs is not null) result *= product.OutputFactors(Outputs.Units.InOrder(Outputs.Draw(OutputSource(random), [product.Rows])));
        return product.HasOffset ? result + product.Multiply(product.Input, product.Weight(ZerosLike(Loc))) : result;
    }

    private Tensor Value(RandomSource random, Shape lead)
    {
        var value = Loc * Inputs.Units.Spread(Inputs.Draw(InputSource(random), lead));
        return Outputs is null ? value : value * Outputs.Units.Spread(Outputs.Draw(OutputSource(random), lead));
    }

    private bool Differs(LinearUse use, UnitFactors own, bool outputs) => own.Units != WeightUnits.Of(use.Product, use.WeightSide, use.OwnPath, Shape, use.Windows, outputs);

    /// <summary>Where the inputs' noise comes from.</summary>
    public static RandomSource InputSource(RandomSource random) => random.Named("inputs");

    /// <summary>Where the outputs' noise comes from.</summary>
    public static RandomSource OutputSource(RandomSource random) => random.Named("outputs");
}

/// <summary>A random factor for each unit of a weight.</summary>
/// <param name="Units">The units.</param>
/// <param name="Draw">Independent draws, [lead…, units], given a source and the leading shape.</param>
internal sealed record UnitFactors(WeightUnits Units, Func<RandomSource, Shape, Tensor> Draw);
