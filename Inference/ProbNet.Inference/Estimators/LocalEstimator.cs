using ProbNet.Graph;
using ProbNet.Inference.Guides;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// Local reparameterisation: the product x @ w is drawn for each row by itself, with noise of its own; with independent normal weights it is normal, so it is drawn directly:
/// x @ loc + sqrt(x^2 @ scale^2) * eps. The covariance between rows is zero, so the gradient's variance falls as 1 / batch.
/// </summary>
/// <remarks>
/// Source: Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015, sec. 2.2, eq. 6.
/// Other guides have a law of their own for each row (<see cref="FactorStructure.ByRow"/>).
/// <para>
/// Where p vectors x_i1 … x_ip of row i meet the same weights, as the windows of an image meet one kernel and the positions of a sequence one matrix, their products are
/// jointly normal with covariance x_is diag(scale^2) x_it. Drawing each from its own marginal, x_is @ loc + sqrt(x_is^2 @ scale^2) * eps_is, which layer libraries do, sets that
/// covariance to 0: every number has the right law and the row has not, so that the expectation of the row's log-likelihood, where it joins the positions (pooling, a dense
/// layer, several observed positions under one nonlinear link), and its gradient are wrong, not merely noisy. Here the weights themselves are drawn for each row,
/// W_i = loc + scale * eps_i with eps_i independent over the rows, and y_is = x_is @ W_i: each row has the law of a shared draw, rows are independent given the parameters, and
/// the gradient's variance falls as 1 / batch as before. It costs one normal for each row and weight, and a batched product in place of one.
/// </para>
/// </remarks>
public sealed record LocalEstimator : Estimator
{
    /// <inheritdoc/>
    public override string Name => "local";

    /// <inheritdoc/>
    public override string Doc => "draws the products of rows and weights instead of the weights, with noise of its own for each row";

    /// <inheritdoc/>
    public override string Source => "Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015";

    /// <inheritdoc/>
    public override string? Refuses(LinearUse use, FactorStructure structure) => structure.RefusesRows(use);

    /// <inheritdoc/>
    public override string Manner(LinearUse use, FactorStructure structure) =>
        structure.DrawsEach(use) && use.VectorsPerRow > 1 ? $"the weights are drawn for each row, since {use.VectorsPerRow} vectors of a row meet the same ones" : "";

    /// <inheritdoc/>
    public override Tensor Compute(LinearProduct product, FactorStructure structure, RandomSource random) => structure.ByRow(product, random);
}
